using Health.Fhir.Search.Definitions;

namespace Health.Fhir.Search.Queries;

/// <summary>A search, understood: https://hl7.org/fhir/R4/search.html. Made by <see cref="SearchParser"/>; never changes.</summary>
/// <param name="Types">The types searched: one, or several with <c>_type</c>; empty means all.</param>
/// <param name="Clauses">All must hold.</param>
/// <param name="Count">Null when not asked.</param>
/// <param name="Ignored">Under lenient handling: what was dropped and why. The answer must say so.</param>
/// <param name="Applied">The pairs that count, as given and in order, for the self link (result parameters included, <c>_page</c>-like ones of the caller not).</param>
public sealed record SearchRequest(
    IReadOnlyList<string> Types,
    IReadOnlyList<SearchClause> Clauses,
    IReadOnlyList<SortKey> Sort,
    int? Count,
    TotalMode Total,
    SummaryMode Summary,
    IReadOnlyList<string> Elements,
    IReadOnlyList<Include> Includes,
    ContainedMode Contained,
    IReadOnlyList<IgnoredParameter> Ignored,
    IReadOnlyList<KeyValuePair<string, string>> Applied
);

public enum SearchHandling
{
    Strict,
    Lenient,
}

public enum TotalMode
{
    None,
    Estimate,
    Accurate,
}

public enum SummaryMode
{
    False,
    True,
    Text,
    Data,
    Count,
}

/// <summary>Only <see cref="False"/> is answered; the others are refused.</summary>
public enum ContainedMode
{
    False,
    True,
    Both,
}

/// <param name="Parameter"><c>_id</c> and <c>_lastUpdated</c> are parameters of <c>Resource</c>.</param>
public sealed record SortKey(SearchParameterInfo Parameter, bool Descending);

/// <summary><c>_include=Source:parameter:target</c>, <c>_revinclude</c>.</summary>
/// <param name="SourceType">The type that holds the reference; null for <c>*</c> alone.</param>
/// <param name="Parameter">Null: every reference parameter of the source.</param>
/// <param name="TargetType">Null: any.</param>
public sealed record Include(
    bool Reverse,
    bool Iterate,
    string? SourceType,
    SearchParameterInfo? Parameter,
    string? TargetType
);

/// <param name="Reason">In English: what is wrong and what is allowed.</param>
public sealed record IgnoredParameter(string Name, string Value, string Reason);

/// <summary>Bounds on what one request may ask.</summary>
public sealed record SearchLimits
{
    public int ChainDepth { get; init; } = 5;
    public int Includes { get; init; } = 20;
    public int ValuesPerParameter { get; init; } = 500;
    public int Parameters { get; init; } = 100;
    public int FilterDepth { get; init; } = 20;
}

/// <summary>A query that cannot be carried out.</summary>
/// <param name="errors">Each names the parameter as written and says what is allowed.</param>
public sealed class InvalidSearch(IReadOnlyList<IgnoredParameter> errors)
    : SharedKernel.Contracts.Refusal(
        string.Join("; ", errors.Select(error => $"{error.Name}: {error.Reason}"))
    )
{
    public IReadOnlyList<IgnoredParameter> Errors { get; } = errors;
}
