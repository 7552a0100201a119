namespace Health.Fhir.Jobs.Bulk;

public enum ExportLevel
{
    System,
    Patient,
    Group,
}

/// <summary>An export as it was asked for, checked.</summary>
/// <param name="Types">All of them are types that the caller's scopes allow, in the order of the alphabet.</param>
/// <param name="Filters">Type → queries; a resource of the type is exported when one of them matches.</param>
/// <param name="Elements">As in <c>_elements</c>; null for whole resources.</param>
/// <param name="Patients">Ids, when the export is of certain people; null for everybody whom the caller may see.</param>
/// <param name="Time">Every version older than this is in the export: <c>transactionTime</c>.</param>
/// <param name="IsParquet">Else NDJSON.</param>
/// <param name="Notes">What was passed over under lenient handling, for the error file.</param>
public sealed record ExportInput(
    string BaseUrl,
    ExportLevel Level,
    string? Group,
    DateTimeOffset? Since,
    string[] Types,
    Dictionary<string, string[]> Filters,
    string? Elements,
    string[]? Patients,
    DateTimeOffset Time,
    bool IsParquet,
    string[] Notes
);
