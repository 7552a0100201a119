using System.Linq.Expressions;
using System.Security.Cryptography;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AutoMapper;
using AutoMapper.QueryableExtensions;
using Education.LearningRecords;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;

namespace Education.OneRoster.Rest;

/// <summary>Answers for collections and for single things of every kind, and leaves the audit row.</summary>
public sealed class ReadOneRoster(
    LearningRecordsDb db,
    IMapper mapper,
    ICurrentCaller current,
    IAudit audit
)
{
    internal static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        Converters = { new UtcTimes() },
    };

    internal LearningRecordsDb Db => db;

    /// <summary>A page of a collection, with X-Total-Count and Link (RFC 8288).</summary>
    /// <param name="plural">As this endpoint calls them, such as <c>terms</c> for academic sessions.</param>
    public async Task<IResult> Many<TRow, TThing>(
        HttpContext http,
        OpenApiDocument service,
        Kind<TRow, TThing> kind,
        string plural,
        Expression<Func<TRow, bool>>? only,
        CancellationToken cancel
    )
        where TThing : Thing
    {
        var query = OneRosterQuery.Of(http.Request.Query);
        DemandFields(query.Fields, service, kind.Schema);
        var rows = kind.Rows(db);
        if (only is not null)
        {
            rows = rows.Where(only);
        }
        rows = kind.Fields.Filter(rows, query);
        var page = kind.Fields.Order(rows, query, kind.ByKey).Skip(query.Offset).Take(query.Limit);
        var (total, things) =
            rows is IAsyncEnumerable<TRow>
                ? (
                    await rows.CountAsync(cancel),
                    await Project<TRow, TThing>(page, AddressOf(http)).ToListAsync(cancel)
                )
                : (rows.Count(), page.Cast<TThing>().ToList());
        await Audit(http, kind, things, cancel);
        http.Response.Headers["X-Total-Count"] = total.ToString(
            System.Globalization.CultureInfo.InvariantCulture
        );
        if (Links(http, query, total) is { Length: > 0 } links)
        {
            http.Response.Headers.Link = links;
        }
        return Results.Json(
            new JsonObject
            {
                [plural] = new JsonArray([.. things.Select(thing => Select(thing, query.Fields))]),
            },
            Json
        );
    }

    /// <summary>One thing, with its ETag; 304 to whoever has it already.</summary>
    public async Task<IResult> One<TRow, TThing>(
        HttpContext http,
        OpenApiDocument service,
        Kind<TRow, TThing> kind,
        string single,
        string id,
        Expression<Func<TRow, bool>>? only,
        CancellationToken cancel
    )
        where TThing : Thing
    {
        var fields = OneRosterQuery.Of(http.Request.Query).Fields;
        DemandFields(fields, service, kind.Schema);
        var thing =
            await Find(http, kind, id, only, cancel) ?? throw OneRosterProblem.Unknown(single, id);
        await Audit(http, kind, [thing], cancel);
        var tag = TagOf(thing);
        http.Response.Headers.ETag = tag;
        return http.Request.Headers.IfNoneMatch.Contains(tag)
            ? Results.StatusCode(StatusCodes.Status304NotModified)
            : Results.Json(new JsonObject { [single] = Select(thing, fields) }, Json);
    }

    internal async Task<TThing?> Find<TRow, TThing>(
        HttpContext http,
        Kind<TRow, TThing> kind,
        string id,
        Expression<Func<TRow, bool>>? only,
        CancellationToken cancel
    )
        where TThing : Thing
    {
        if (kind.ById(id) is not { } byId)
        {
            return null;
        }
        var rows = kind.Rows(db).Where(byId);
        if (only is not null)
        {
            rows = rows.Where(only);
        }
        return rows is IAsyncEnumerable<TRow>
            ? await Project<TRow, TThing>(rows, AddressOf(http)).FirstOrDefaultAsync(cancel)
            : rows.Cast<TThing>().FirstOrDefault();
    }

    /// <exception cref="OneRosterProblem">What the path begins with is not there.</exception>
    internal async Task DemandParent<TRow, TThing>(
        Kind<TRow, TThing> kind,
        string id,
        CancellationToken cancel
    )
        where TThing : Thing
    {
        if (kind.ById(id) is not { } byId || !await kind.Rows(db).AnyAsync(byId, cancel))
        {
            throw OneRosterProblem.Unknown(kind.Single, id);
        }
    }

    /// <summary>Of what a thing says, so that the same words have the same tag.</summary>
    internal static string TagOf(Thing thing) =>
        $"\"{Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(thing, thing.GetType(), Json)))[..32]}\"";

    /// <exception cref="OneRosterProblem">412: the thing is not the one that the writer has seen.</exception>
    internal static void DemandMatch(HttpContext http, Thing? thing)
    {
        var seen = http.Request.Headers.IfMatch;
        if (
            seen.Count > 0
            && (thing is null || !(seen.Contains("*") || seen.Contains(TagOf(thing))))
        )
        {
            throw new OneRosterProblem(
                StatusCodes.Status412PreconditionFailed,
                "invaliddata",
                "It was changed since it was read; read it again."
            );
        }
    }

    internal static string AddressOf(HttpContext http) =>
        $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}";

    internal IQueryable<TThing> Project<TRow, TThing>(IQueryable<TRow> rows, string address) =>
        rows.ProjectTo<TThing>(mapper.ConfigurationProvider, new { address });

    private async Task Audit<TRow, TThing>(
        HttpContext http,
        Kind<TRow, TThing> kind,
        IReadOnlyList<TThing> things,
        CancellationToken cancel
    )
        where TThing : Thing =>
        await audit.Record(
            current.Caller,
            new(
                AuditAction.Read,
                $"OneRoster{http.Request.Path}{http.Request.QueryString}",
                kind.People is null
                    ? []
                    : [.. things.Select(kind.People).OfType<string>().Distinct()]
            ),
            cancel
        );

    private static void DemandFields(
        IReadOnlyList<string>? fields,
        OpenApiDocument service,
        string schema
    )
    {
        var known = service.PropertiesOf(schema);
        if (fields?.FirstOrDefault(field => !known.Contains(field)) is { } wrong)
        {
            throw OneRosterProblem.Selection(
                $"There is no field '{wrong}'; use {string.Join(", ", known)}."
            );
        }
    }

    private static JsonNode Select<TThing>(TThing thing, IReadOnlyList<string>? fields)
        where TThing : Thing
    {
        var whole = JsonSerializer.SerializeToNode(thing, Json)!.AsObject();
        if (fields is not null)
        {
            foreach (var name in whole.Select(property => property.Key).Except(fields).ToList())
            {
                whole.Remove(name);
            }
        }
        return whole;
    }

    private static string Links(HttpContext http, OneRosterQuery query, int total)
    {
        var last = total == 0 ? 0 : (total - 1) / query.Limit * query.Limit;
        var links = new List<string>();
        void Add(string relation, int offset)
        {
            var parameters = http
                .Request.Query.Where(parameter => parameter.Key is not ("limit" or "offset"))
                .Select(parameter => $"{parameter.Key}={Uri.EscapeDataString(parameter.Value!)}")
                .Append($"limit={query.Limit}")
                .Append($"offset={offset}");
            links.Add(
                $"<{AddressOf(http)}{http.Request.Path}?{string.Join('&', parameters)}>; rel=\"{relation}\""
            );
        }
        if (query.Offset + query.Limit < total)
        {
            Add("next", query.Offset + query.Limit);
        }
        if (query.Offset > 0)
        {
            Add("prev", Math.Max(0, query.Offset - query.Limit));
        }
        Add("first", 0);
        Add("last", last);
        return string.Join(", ", links);
    }

    /// <summary>OneRoster's date-times are in UTC, with milliseconds.</summary>
    private sealed class UtcTimes : JsonConverter<DateTimeOffset>
    {
        public override DateTimeOffset Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        ) => reader.GetDateTimeOffset();

        public override void Write(
            Utf8JsonWriter writer,
            DateTimeOffset value,
            JsonSerializerOptions options
        ) =>
            writer.WriteStringValue(
                value.UtcDateTime.ToString(
                    "yyyy-MM-ddTHH:mm:ss.fffZ",
                    System.Globalization.CultureInfo.InvariantCulture
                )
            );
    }
}
