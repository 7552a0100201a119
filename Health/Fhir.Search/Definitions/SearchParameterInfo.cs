using Hl7.Fhir.Model;

namespace Health.Fhir.Search.Definitions;

/// <summary>One search parameter as it holds for one resource type. One instance per type and code for the life of the model: compare by reference.</summary>
/// <param name="Ordinal">Dense number within the model, to index arrays by. Not stable from one release to the next: never store it.</param>
/// <param name="ResourceType">The type it belongs to; <c>Resource</c> for the parameters that all types share.</param>
/// <param name="Code">The name in a query, such as <c>birthdate</c> or <c>_tag</c>.</param>
/// <param name="Url">Canonical url of the SearchParameter.</param>
/// <param name="Expression">Its FHIRPath; only the arms of a union that begin at <see cref="ResourceType"/>.</param>
/// <param name="Targets">The types a reference may point to; empty: any (and for parameters that are no references).</param>
public sealed record SearchParameterInfo(
    int Ordinal,
    string ResourceType,
    string Code,
    string Url,
    SearchParamType Type,
    string Expression,
    IReadOnlyList<string> Targets
)
{
    /// <summary>The parts of a composite, in the order in which a query writes them between <c>$</c>.</summary>
    public IReadOnlyList<CompositePart> Parts { get; internal set; } = [];

    /// <summary>Under which its values are kept, when not by type and code: one of one's own that is defined anew is another one.</summary>
    public string? StoredAs { get; init; }

    /// <summary>False while the resources that were there before it are being indexed: a search by it would miss them.</summary>
    public bool IsReady { get; init; } = true;

    public bool Equals(SearchParameterInfo? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => Ordinal;

    public override string ToString() => StoredAs ?? $"{ResourceType}.{Code}";
}

/// <summary>A part of a composite parameter.</summary>
/// <param name="Parameter">Decides how the part is written and compared.</param>
/// <param name="Expression">FHIRPath from the composite's own element.</param>
public sealed record CompositePart(SearchParameterInfo Parameter, string Expression);
