using System.Text.Json;
using Health.Fhir.Api;
using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Operations;
using SharedKernel.Contracts;

namespace Health.Fhir.Jobs.Bulk;

/// <param name="Type">Resource type of its lines; null: any.</param>
public sealed record ImportInput(string BaseUrl, IReadOnlyList<ImportFile> Files);

public sealed record ImportFile(string? Type, string Url);

/// <summary>
/// <c>$import</c> of NDJSON files, in the shape that the servers in the field share: Parameters with <c>inputFormat</c>,
/// <c>inputSource</c>, <c>storageDetail</c> and one <c>input</c> (<c>type</c>, <c>url</c>) a file.
/// https://github.com/smart-on-fhir/bulk-import/blob/master/import.md
/// </summary>
public sealed class StartImport(JobStore jobs, ImportSources sources, IAudit audit)
    : IInteraction<StartImport>
{
    public static IReadOnlyList<FhirRoute> Routes { get; } =
        new Operation("import", Levels.System, Permission.WriteHealthRecords, 'c')
        {
            Description =
                "Takes NDJSON files in from places that the operators allow: a job, whose address the 202 names.",
            AffectsState = true,
            MayBeDeferred = false,
            In =
            [
                new("inputFormat", "string"),
                new("inputSource", "uri"),
                new("storageDetail", "", 0, "*") { Parts = [new("type", "string")] },
                new("mode", "string"),
                new("input", "", 1, "*") { Parts = [new("type", "code"), new("url", "uri", 1)] },
            ],
        }.Routes;

    public async Task<FhirAnswer> Run(FhirRequest request, CancellationToken cancel)
    {
        request.DemandNoParameters();
        StartExport.DemandBulk(request.SignedIn);
        // It creates and it replaces: a scope for both.
        SmartScopes.Narrow(request.SignedIn, request.Route with { Scope = 'u' }, null);
        ResourceHead.Demand(request.Body, "Parameters");
        var files = Read(request.Body);
        foreach (var file in files)
        {
            sources.Demand(file.Url);
        }
        await audit.Record(
            request.Caller,
            new AuditEntry(
                AuditAction.Execute,
                "$import",
                [],
                Detail: $"{files.Count} files, the first {files[0].Url}"
            ),
            cancel
        );
        var job = await jobs.Add(
            RunImport.Kind,
            request.Caller,
            $"{request.BaseUrl}/$import",
            new ImportInput(request.BaseUrl, files),
            cancel
        );
        return ReadJob.Accepted(job, request.BaseUrl);
    }

    private static List<ImportFile> Read(ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(body);
        var files = new List<ImportFile>();
        foreach (var parameter in PartsOf(json.RootElement, "parameter"))
        {
            switch (Text(parameter, "name"))
            {
                case "inputFormat":
                    if (
                        ValueOf(parameter)
                        is not ("application/fhir+ndjson" or "application/ndjson" or "ndjson")
                    )
                    {
                        throw Wrong("inputFormat: only application/fhir+ndjson is taken.");
                    }
                    break;
                case "input":
                    var parts = PartsOf(parameter, "part")
                        .ToLookup(part => Text(part, "name"), ValueOf);
                    files.Add(
                        new(
                            parts["type"].FirstOrDefault() is { } type
                                ? ResourceTypes.IsKnown(type)
                                    ? type
                                    : throw Wrong($"input.type: {ResourceTypes.Unknown(type)}")
                                : null,
                            parts["url"].FirstOrDefault()
                                ?? throw Wrong("input.url: it is missing.")
                        )
                    );
                    break;
                // Where the files come from decides nothing here; their addresses do.
                case "inputSource" or "storageDetail" or "mode":
                    break;
                case var other:
                    throw Wrong($"The parameter '{other}' means nothing here.");
            }
        }
        return files.Count > 0 ? files : throw Wrong("input: name at least one file.");
    }

    private static IEnumerable<JsonElement> PartsOf(JsonElement parent, string name) =>
        parent.ValueKind is JsonValueKind.Object
        && parent.TryGetProperty(name, out var parts)
        && parts.ValueKind is JsonValueKind.Array
            ? parts.EnumerateArray()
            : [];

    private static string? Text(JsonElement parent, string name) =>
        parent.ValueKind is JsonValueKind.Object
        && parent.TryGetProperty(name, out var value)
        && value.ValueKind is JsonValueKind.String
            ? value.GetString()
            : null;

    private static string? ValueOf(JsonElement parameter) =>
        parameter.ValueKind is JsonValueKind.Object
        && parameter
            .EnumerateObject()
            .FirstOrDefault(one => one.Name.StartsWith("value", StringComparison.Ordinal))
            is { Value.ValueKind: JsonValueKind.String } value
            ? value.Value.GetString()
            : null;

    private static FhirRefusal Wrong(string what) =>
        new(400, "value", what, "Parameters.parameter");
}
