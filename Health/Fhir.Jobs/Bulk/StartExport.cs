using System.Globalization;
using System.Text.Json;
using Health.Fhir.Api;
using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Operations;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Queries;
using Health.Fhir.Store;
using SharedKernel.Contracts;

namespace Health.Fhir.Jobs.Bulk;

/// <summary>
/// Bulk Data Access 2, <c>$export</c> of everything, of all patients, or of a Group: checks what is asked and begins a job.
/// https://hl7.org/fhir/uv/bulkdata/STU2/export.html
/// </summary>
public sealed class StartExport(
    JobStore jobs,
    GuardedStore store,
    SearchParser parser,
    FhirModel model,
    IAccess access,
    IAudit audit,
    TimeProvider clock
) : IInteraction<StartExport>
{
    /// <summary>
    /// A write is stamped before it is committed. What was stamped longer ago than this is committed or never will be, so that
    /// the next export with <c>_since</c> misses nothing.
    /// </summary>
    private static readonly TimeSpan Settled = TimeSpan.FromSeconds(10);

    private static readonly string[] NdjsonNames =
    [
        "application/fhir+ndjson",
        "application/ndjson",
        "ndjson",
    ];

    /// <summary>The scope that a type of an export needs: it is searched and read.</summary>
    private static readonly FhirRoute[] OfType =
    [
        new("search-type", "GET", "{type}", Permission.ReadHealthRecords, 's'),
        new("read", "GET", "{type}/{id}", Permission.ReadHealthRecords, 'r'),
    ];

    // No scope here ('-') and no permission: what a caller may export, the list of types and DemandBulk tell.
    public static IReadOnlyList<FhirRoute> Routes { get; } =
    [
        .. new[]
        {
            Of("export", Levels.System, [], "Everything"),
            Of("patient-export", Levels.Type, ["Patient"], "The records of all patients"),
            Of("group-export", Levels.Instance, ["Group"], "The records of a Group's members"),
        }
            .SelectMany(operation => operation.Routes)
            .Select(route => route with { Permission = null }),
    ];

    private static Operation Of(string standard, Levels levels, string[] types, string what) =>
        new("export", levels, Permission.ReadHealthRecords, '-')
        {
            Description =
                $"{what}, as far as the caller may see it, as files of NDJSON or Parquet: a job, whose address the 202 names.",
            Standard = $"http://hl7.org/fhir/uv/bulkdata/OperationDefinition/{standard}",
            Types = types,
            MayBeDeferred = false,
            In =
            [
                new("_outputFormat", "string"),
                new("_since", "instant"),
                new("_type", "string", 0, "*"),
                new("_typeFilter", "string", 0, "*"),
                new("_elements", "string", 0, "*"),
                new("includeAssociatedData", "string", 0, "*"),
                // In the body of a POST only.
                .. levels is Levels.System
                    ? []
                    : (OperationParameter[])[new("patient", "Reference", 0, "*")],
            ],
        };

    /// <summary>The caller with only the scopes that let it read this type; null when none does.</summary>
    public static Caller? For(Caller caller, string type)
    {
        try
        {
            foreach (var route in OfType)
            {
                caller = SmartScopes.Narrow(caller, route, type);
            }
            return caller;
        }
        catch (FhirRefusal)
        {
            return null;
        }
    }

    public async Task<FhirAnswer> Run(FhirRequest request, CancellationToken cancel)
    {
        var asked = ExportParameters.Read(request);
        var level = request.Route.Pattern switch
        {
            "$export" => ExportLevel.System,
            "Patient/$export" => ExportLevel.Patient,
            _ => ExportLevel.Group,
        };
        var format = asked.OutputFormat?.Replace(' ', '+').ToLowerInvariant() ?? NdjsonNames[0];
        var isParquet = format is "parquet" or ParquetFiles.ContentType;
        if (!isParquet && !NdjsonNames.Contains(format))
        {
            throw Wrong(
                "_outputFormat",
                $"'{asked.OutputFormat}' is not made: ask for {NdjsonNames[0]} or {ParquetFiles.ContentType}."
            );
        }
        var notes = new List<string>();
        var types = Types(request, level, asked, notes);
        var visible = Visible.To(
            For(request.SignedIn, types[0])!,
            Permission.ReadHealthRecords,
            access
        );
        if (visible.Patients is null)
        {
            DemandBulk(request.SignedIn);
        }
        var input = new ExportInput(
            request.BaseUrl,
            level,
            request.Id,
            asked.Since,
            types,
            Filters(request, asked, types),
            asked.Elements,
            await Patients(request, level, asked, visible, notes, cancel),
            clock.GetUtcNow() - Settled,
            isParquet,
            [.. notes]
        );
        var url = $"{request.BaseUrl}/{request.Path}{asked.Query}";
        await audit.Record(
            request.SignedIn,
            new AuditEntry(
                AuditAction.Execute,
                $"{request.Path}{asked.Query}",
                input.Patients is { Length: <= 100 } few ? few : [],
                Detail: "bulk export"
            ),
            cancel
        );
        var job = await jobs.Add(RunExport.Kind, request.SignedIn, url, input, cancel);
        return ReadJob.Accepted(job, request.BaseUrl);
    }

    /// <summary>Everybody's data at once leaves only to a program registered for it, or to the administrator.</summary>
    internal static void DemandBulk(Caller caller)
    {
        var registered =
            caller.Scopes?.Any(scope =>
                scope.StartsWith("system/", StringComparison.Ordinal) || scope == "records/*"
            )
            ?? (caller.Roles.Contains(Role.Administrator) || caller.Roles.Contains(Role.System));
        if (!registered)
        {
            throw new FhirRefusal(
                403,
                "forbidden",
                "Everybody's data at once needs a token with system/ scopes (SMART Backend Services), or an administrator."
            );
        }
    }

    private string[] Types(
        FhirRequest request,
        ExportLevel level,
        ExportParameters asked,
        List<string> notes
    )
    {
        bool IsOfLevel(string type) =>
            level is ExportLevel.System
            || type == "Patient"
            || model.CompartmentParameters("Patient", type).Count > 0;

        foreach (var type in asked.Types ?? [])
        {
            var wrong =
                !ResourceTypes.IsKnown(type) ? ResourceTypes.Unknown(type)
                : !IsOfLevel(type)
                    ? $"{type} is in no patient's record: export it at the system level."
                : null;
            if (wrong is not null && !request.Prefer.Lenient)
            {
                throw Wrong("_type", wrong);
            }
            if (wrong is not null)
            {
                notes.Add(wrong);
            }
        }
        var wanted = (asked.Types ?? ResourceTypes.All)
            .Distinct()
            .Where(type => ResourceTypes.IsKnown(type) && IsOfLevel(type))
            .Order(StringComparer.Ordinal)
            .ToList();
        var allowed = wanted.Where(type => For(request.SignedIn, type) is not null).ToArray();
        if (asked.Types is not null && allowed.Length < wanted.Count)
        {
            throw new FhirRefusal(
                403,
                "forbidden",
                $"The token's scopes do not allow {string.Join(", ", wanted.Except(allowed))}: it needs one such as system/{wanted.Except(allowed).First()}.rs."
            );
        }
        return allowed.Length > 0
            ? allowed
            : throw new FhirRefusal(
                403,
                "forbidden",
                "The token's scopes allow no type of this export: it needs one such as system/*.rs."
            );
    }

    /// <summary>Queries are read once here, so that a wrong one is refused before the work begins.</summary>
    private Dictionary<string, string[]> Filters(
        FhirRequest request,
        ExportParameters asked,
        string[] types
    )
    {
        var filters = new Dictionary<string, List<string>>();
        foreach (var filter in asked.TypeFilters)
        {
            var (type, query) = filter.Split('?', 2) switch
            {
                [var before, { Length: > 0 } after] => (before, after),
                _ => throw Wrong(
                    "_typeFilter",
                    $"'{filter}' is not a query such as Observation?category=laboratory."
                ),
            };
            if (!types.Contains(type))
            {
                throw Wrong(
                    "_typeFilter",
                    $"'{type}' is not among the types that are exported: {string.Join(", ", types.Take(10))} …"
                );
            }
            parser.Parse(
                type,
                FhirHttp.Decode(query),
                SearchHandling.Strict,
                [request.BaseUrl + "/"]
            );
            (filters.TryGetValue(type, out var list) ? list : filters[type] = []).Add(query);
        }
        return filters.ToDictionary(one => one.Key, one => one.Value.ToArray());
    }

    private async Task<string[]?> Patients(
        FhirRequest request,
        ExportLevel level,
        ExportParameters asked,
        Visible visible,
        List<string> notes,
        CancellationToken cancel
    )
    {
        if (asked.Patients is not null && level is ExportLevel.System)
        {
            throw Wrong("patient", "Only an export of patients or of a Group can name some.");
        }
        IEnumerable<string>? patients = asked.Patients;
        if (level is ExportLevel.Group)
        {
            var group = await store.Read("Group", request.Id!, cancel) is { Deleted: false } found
                ? found
                : throw new FhirRefusal(
                    404,
                    "not-found",
                    $"There is no Group/{request.Id}, or you may not see it."
                );
            var members = MembersOf(group.Body, notes).ToList();
            patients = patients?.Intersect(members) ?? members;
        }
        if (visible.Patients is { } own)
        {
            patients = patients?.Intersect(own) ?? own;
        }
        return patients?.Distinct().Order(StringComparer.Ordinal).ToArray();
    }

    private static IEnumerable<string> MembersOf(ReadOnlyMemory<byte> group, List<string> notes)
    {
        using var json = JsonDocument.Parse(group);
        if (!json.RootElement.TryGetProperty("member", out var members))
        {
            yield break;
        }
        foreach (var member in members.EnumerateArray())
        {
            var inactive =
                member.TryGetProperty("inactive", out var flag)
                && flag.ValueKind is JsonValueKind.True;
            var reference =
                member.TryGetProperty("entity", out var entity)
                && entity.TryGetProperty("reference", out var text)
                    ? text.GetString()
                    : null;
            if (!inactive && reference?.Split('/') is ["Patient", var id])
            {
                yield return id;
            }
            else if (!inactive)
            {
                notes.Add(
                    $"The member {reference ?? "without a reference"} is no Patient of this server and was passed over."
                );
            }
        }
    }

    private static FhirRefusal Wrong(string parameter, string what) =>
        new(400, "value", $"{parameter}: {what}", parameter);
}
