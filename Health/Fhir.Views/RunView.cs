using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using System.Text.Json;
using Health.Fhir.Api;
using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Operations;
using Health.Fhir.Store;
using SharedKernel.Contracts;

namespace Health.Fhir.Views;

/// <summary>
/// <c>ViewDefinition/$viewdefinition-run</c> (earlier named <c>$run</c>): the rows of a view over the store, or over the resources
/// sent along, as NDJSON, CSV, JSON or Parquet, streamed.
/// https://sql-on-fhir.org/ig/latest/OperationDefinition-ViewDefinitionRun.html
/// </summary>
public sealed class RunView(GuardedStore store, ICurrentCaller current) : IInteraction<RunView>
{
    private static readonly FhirRoute OfType = new(
        "search-type",
        "GET",
        "{type}",
        Permission.ReadHealthRecords,
        's'
    );

    // The type that is read stands in the view, not in the address: its scope ('-') is asked for below.
    public static IReadOnlyList<FhirRoute> Routes { get; } =
    [
        .. ((string[])["run", "viewdefinition-run"]).SelectMany(name =>
            new Operation(name, Levels.Type, Permission.ReadHealthRecords, '-')
            {
                Description =
                    "The rows of a SQL on FHIR view over the store, or over the resources sent along, as NDJSON, CSV, JSON or Parquet.",
                Standard = "http://sql-on-fhir.org/OperationDefinition/$viewdefinition-run",
                Types = ["ViewDefinition"],
                HasOwnFormats = true,
                MayBeDeferred = false,
                In =
                [
                    // A resource that R4 does not know.
                    new("viewResource", "Resource", 1),
                    new("resource", "Resource", 0, "*"),
                    new("_format", "code"),
                    new("header", "boolean"),
                    new("_limit", "integer"),
                    new("patient", "Reference"),
                    new("_since", "instant"),
                ],
                Out = [new("return", "Binary", 1)],
            }.Routes
        ),
    ];

    public async Task<FhirAnswer> Run(FhirRequest request, CancellationToken cancel)
    {
        var asked = Asked.Read(request);
        var rows = Rows(asked, request, cancel).GetAsyncEnumerator(cancel);
        // What is wrong shows mostly at the first row, while it can still be said.
        var any = await rows.MoveNextAsync();
        return new FhirAnswer(200)
        {
            Raw = new RawContent(
                asked.ContentType,
                (target, cancel) => Send(asked, rows, any, target, cancel)
            ),
        };
    }

    /// <summary>The same without HTTP, as whoever the scope's caller is: every row of the view into a stream.</summary>
    /// <param name="format">ndjson, csv, json or parquet.</param>
    /// <returns>Rows written.</returns>
    public async Task<long> WriteTo(
        Stream target,
        ViewDefinition view,
        string format,
        CancellationToken cancel
    )
    {
        var contentType =
            RowWriter.ContentTypeOf(format)
            ?? throw new InvalidInput("format", $"{format}: use ndjson, csv, json or parquet.");
        await using var writer = await RowWriter.Of(contentType, target, view.Columns, true);
        long count = 0;
        await foreach (var body in store.Scan(view.Resource, "", cancel))
        {
            foreach (var row in view.Rows(body))
            {
                await writer.Write(row, cancel);
                count++;
            }
        }
        await writer.Finish(cancel);
        return count;
    }

    private static async Task Send(
        Asked asked,
        IAsyncEnumerator<object?[]> rows,
        bool any,
        Stream target,
        CancellationToken cancel
    )
    {
        await using var _ = rows;
        var isParquet = asked.ContentType == RowWriter.ContentTypeOf("parquet");
        // Parquet ends with a table of places: it is made beside and sent whole.
        await using var beside = isParquet
            ? new FileStream(
                Path.GetTempFileName(),
                FileMode.Create,
                FileAccess.ReadWrite,
                FileShare.None,
                64 * 1024,
                FileOptions.DeleteOnClose
            )
            : null;
        await using var writer = await RowWriter.Of(
            asked.ContentType,
            beside ?? target,
            asked.View.Columns,
            asked.Header
        );
        for (; any; any = await rows.MoveNextAsync())
        {
            await writer.Write(rows.Current, cancel);
        }
        await writer.Finish(cancel);
        if (beside is not null)
        {
            beside.Position = 0;
            await beside.CopyToAsync(target, cancel);
        }
    }

    private async IAsyncEnumerable<object?[]> Rows(
        Asked asked,
        FhirRequest request,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        var left = asked.Limit;
        await foreach (var body in Bodies(asked, request, cancel))
        {
            foreach (var row in asked.View.Rows(body))
            {
                if (left-- == 0)
                {
                    yield break;
                }
                yield return row;
            }
        }
    }

    private async IAsyncEnumerable<ReadOnlyMemory<byte>> Bodies(
        Asked asked,
        FhirRequest request,
        [EnumeratorCancellation] CancellationToken cancel
    )
    {
        if (asked.Resources is { } sent)
        {
            foreach (var resource in sent)
            {
                yield return resource;
            }
            yield break;
        }
        current.Become(SmartScopes.Narrow(request.Caller, OfType, asked.View.Resource));
        await foreach (var body in store.Scan(asked.View.Resource, asked.Query, cancel))
        {
            yield return body;
        }
    }

    /// <summary>What stands in the Parameters and the query.</summary>
    private sealed record Asked(ViewDefinition View, string ContentType)
    {
        private const string At = "Parameters.parameter";

        public bool Header { get; private set; } = true;
        public long Limit { get; private set; } = long.MaxValue;

        /// <summary>Sent along; null: the store's are meant.</summary>
        public List<byte[]>? Resources { get; private set; }

        /// <summary>Search that narrows the store's resources.</summary>
        public string Query { get; private set; } = "";

        public static Asked Read(FhirRequest request)
        {
            ResourceHead.Demand(request.Body, "Parameters");
            using var json = JsonDocument.Parse(request.Body);
            var given = ViewDefinition
                .Items(json.RootElement, "parameter", "Parameters")
                .Select(item =>
                    (Name: ViewDefinition.Demand(item.Item, "name", item.At), item.Item)
                )
                .ToList();
            var values = request
                .Parameters.Concat(request.Shape)
                .Concat(
                    given
                        .Where(one => Value(one.Item) is not null)
                        .Select(one => KeyValuePair.Create(one.Name, Value(one.Item)!))
                )
                .ToList();
            string? Named(string name) => values.LastOrDefault(one => one.Key == name).Value;

            var view = given.FirstOrDefault(one => one.Name == "viewResource").Item;
            if (
                view.ValueKind is not JsonValueKind.Object
                || !view.TryGetProperty("resource", out var definition)
            )
            {
                throw new FhirRefusal(
                    400,
                    "required",
                    "Send the view as the resource of a parameter viewResource; stored views (viewReference) are not kept here.",
                    At
                );
            }
            var format = Named("_format") ?? Accepted(request.Accept);
            var asked = new Asked(
                ViewDefinition.Parse(definition),
                RowWriter.ContentTypeOf(format)
                    ?? throw new FhirRefusal(
                        406,
                        "not-supported",
                        $"'{format}' is not made: ask for ndjson, csv, json or parquet.",
                        "_format"
                    )
            )
            {
                Header = Named("header") is not "false",
                Limit =
                    Named("_limit") is not { } limit ? long.MaxValue
                    : long.TryParse(
                        limit,
                        NumberStyles.None,
                        CultureInfo.InvariantCulture,
                        out var count
                    )
                        ? count
                    : throw new FhirRefusal(
                        400,
                        "value",
                        $"_limit={limit} is not a number.",
                        "_limit"
                    ),
            };
            var query = new List<string>();
            if (Named("patient") is { } patient)
            {
                query.Add("patient=" + Uri.EscapeDataString(patient));
            }
            if (Named("_since") is { } since)
            {
                query.Add("_lastUpdated=ge" + Uri.EscapeDataString(since));
            }
            asked.Query = string.Join('&', query);
            var sent = given
                .Where(one => one.Name == "resource" && one.Item.TryGetProperty("resource", out _))
                .Select(one =>
                    Encoding.UTF8.GetBytes(one.Item.GetProperty("resource").GetRawText())
                )
                .ToList();
            asked.Resources = sent.Count > 0 ? sent : null;
            var unknown = values
                .Select(one => one.Key)
                .Except(["_format", "_pretty", "header", "_limit", "patient", "_since"])
                .ToList();
            return unknown.Count == 0 || request.Prefer.Lenient
                ? asked
                : throw new FhirRefusal(
                    400,
                    "not-supported",
                    $"{string.Join(", ", unknown)}: not known here; allowed: viewResource, resource, _format, header, _limit, patient, _since.",
                    unknown[0]
                );
        }

        private static string Accepted(string? accept) =>
            (accept ?? "")
                .Split(',')
                .FirstOrDefault(one => RowWriter.ContentTypeOf(one) is not null)
            ?? (
                accept is null or ""
                || accept.Contains("*/*", StringComparison.Ordinal)
                || accept.Contains("fhir+json", StringComparison.Ordinal)
                    ? "ndjson"
                    : accept
            );

        private static string? Value(JsonElement parameter)
        {
            var value = parameter
                .EnumerateObject()
                .FirstOrDefault(one => one.Name.StartsWith("value", StringComparison.Ordinal))
                .Value;
            return value.ValueKind switch
            {
                JsonValueKind.String => value.GetString(),
                JsonValueKind.Undefined => null,
                JsonValueKind.Object when value.TryGetProperty("reference", out var reference) =>
                    reference.GetString(),
                _ => value.GetRawText(),
            };
        }
    }
}
