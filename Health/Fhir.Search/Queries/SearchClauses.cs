using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Values;

namespace Health.Fhir.Search.Queries;

/// <summary>A condition on a resource. The top of a request is a list of which all must hold.</summary>
public abstract record SearchClause;

/// <summary>A parameter has one of several values.</summary>
/// <param name="Modifier">Null without one; <c>:not</c>, <c>:missing</c> and a type after a reference are not here: see <see cref="NotClause"/>, <see cref="MissingClause"/>, <see cref="ReferenceTest.TargetTypes"/>.</param>
public sealed record ValueClause(
    SearchParameterInfo Parameter,
    SearchModifier Modifier,
    IReadOnlyList<SearchTest> AnyOf
) : SearchClause;

public enum SearchModifier
{
    None,
    Exact,
    Contains,
    Text,
    In,
    NotIn,
    Above,
    Below,
    OfType,
    Identifier,

    /// <summary>Of a string, only in <c>_filter</c>: the whole of it, with or without diacritics.</summary>
    Whole,

    /// <summary>Of a string, only in <c>_filter</c>.</summary>
    EndsWith,
}

/// <summary>The resource has no value for the parameter (or has one, when <paramref name="Missing"/> is false).</summary>
public sealed record MissingClause(SearchParameterInfo Parameter, bool Missing) : SearchClause;

/// <summary>No value of the resource passes: <c>:not</c>. A resource without any value matches.</summary>
public sealed record NotClause(SearchClause Clause) : SearchClause;

public sealed record AndClause(IReadOnlyList<SearchClause> All) : SearchClause;

public sealed record OrClause(IReadOnlyList<SearchClause> Any) : SearchClause;

/// <summary><c>_id</c>.</summary>
public sealed record IdClause(IReadOnlyList<string> AnyOf) : SearchClause;

/// <summary><c>_lastUpdated</c>.</summary>
public sealed record LastUpdatedClause(IReadOnlyList<DateTest> AnyOf) : SearchClause;

/// <summary><c>_list</c>: is an entry of one of the Lists with these ids.</summary>
public sealed record ListClause(IReadOnlyList<string> AnyOf) : SearchClause;

/// <summary>A chain: the resource refers, by the parameter, to one that meets the condition for its type. https://hl7.org/fhir/R4/search.html#chaining</summary>
public sealed record ChainClause(SearchParameterInfo Reference, IReadOnlyList<ChainTarget> AnyOf)
    : SearchClause;

/// <param name="Clause">Its parameters are those of <paramref name="Type"/>.</param>
public sealed record ChainTarget(string Type, SearchClause Clause);

/// <summary><c>_has</c>: some resource of <paramref name="SourceType"/> refers to this one by <paramref name="Reference"/> and meets the condition. https://hl7.org/fhir/R4/search.html#has</summary>
public sealed record HasClause(
    string SourceType,
    SearchParameterInfo Reference,
    SearchClause Clause
) : SearchClause;

/// <summary>A compartment search: the resource belongs to the compartment by one of these reference parameters, or is the compartment's own resource.</summary>
public sealed record CompartmentClause(
    string CompartmentType,
    string Id,
    IReadOnlyList<SearchParameterInfo> ByAnyOf
) : SearchClause;

/// <summary>One of the comma-separated values, made ready to compare.</summary>
public abstract record SearchTest;

/// <summary>Bounds on a stored [Low, High]: each that is not null must hold, inclusively.</summary>
public readonly record struct Bounds<T>(T? LowFrom, T? LowTo, T? HighFrom, T? HighTo)
    where T : struct, IComparable<T>
{
    public bool Holds(T low, T high) =>
        !(LowFrom is { } a && low.CompareTo(a) < 0)
        && !(LowTo is { } b && low.CompareTo(b) > 0)
        && !(HighFrom is { } c && high.CompareTo(c) < 0)
        && !(HighTo is { } d && high.CompareTo(d) > 0);
}

/// <summary>Passes when one of the bounds holds for the stored ticks: prefix and precision are already in them.</summary>
/// <param name="Prefix">As written, for messages; <c>eq</c> when none.</param>
/// <param name="Value">The period that was asked for.</param>
public sealed record DateTest(string Prefix, DateRange Value, IReadOnlyList<Bounds<long>> AnyOf)
    : SearchTest;

/// <inheritdoc cref="DateTest"/>
public sealed record NumberTest(
    string Prefix,
    NumberRange Value,
    IReadOnlyList<Bounds<double>> AnyOf
) : SearchTest;

/// <param name="System">Null: any system. Empty: none.</param>
/// <param name="Code">Null: any unit. With <paramref name="System"/> null the unit's code or its words may match (<c>5.4||mg</c>).</param>
public sealed record QuantityTest(NumberTest Number, string? System, string? Code) : SearchTest;

/// <param name="Normalised">Compare as prefix of <see cref="StringIndex.Normalised"/> (anywhere with <c>:contains</c>); <c>:exact</c> compares <paramref name="Text"/> whole.</param>
public sealed record StringTest(string Text, string Normalised) : SearchTest;

/// <param name="System">Null: any system. Empty: the value has no system.</param>
/// <param name="Code">Null: any code in the system. With <c>:in</c> and the like: the url of the value set, or the code whose descendants count. With <c>:text</c>: the normalised beginning of the display.</param>
public sealed record TokenTest(string? System, string? Code) : SearchTest;

/// <summary><c>identifier:of-type=system|code|value</c>.</summary>
public sealed record IdentifierTypeTest(string? TypeSystem, string TypeCode, string Value)
    : SearchTest;

/// <param name="TargetTypes">The target is one of these types; empty when <paramref name="Url"/> decides.</param>
/// <param name="Id">Of a local resource.</param>
/// <param name="Version">Only when one was asked for.</param>
/// <param name="Url">An absolute or canonical url, compared whole (<c>:below</c>: as prefix); with <paramref name="Version"/> for <c>url|version</c>.</param>
public sealed record ReferenceTest(
    IReadOnlyList<string> TargetTypes,
    string? Id,
    string? Version,
    string? Url
) : SearchTest;

public sealed record UriTest(string Uri) : SearchTest;

/// <summary><c>near</c>: at most so far from a point, over the ground.</summary>
/// <param name="Point">Of the unit sphere.</param>
/// <param name="Chord">Straight distance between two points of the unit sphere that far apart.</param>
public sealed record NearTest(SpherePoint Point, double Chord) : SearchTest;

/// <summary>One test per part; all must pass on the same combination.</summary>
public sealed record CompositeTest(IReadOnlyList<SearchTest> Parts) : SearchTest;
