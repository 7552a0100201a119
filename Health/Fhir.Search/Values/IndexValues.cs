using Health.Fhir.Search.Definitions;

namespace Health.Fhir.Search.Values;

// What one resource says for its search parameters. Every bound is inclusive; an open end is the smallest or largest value of its type.
// A parameter is "missing" (https://hl7.org/fhir/R4/search.html#missing) when none of the lists has a value of it.

public interface IIndexRow
{
    SearchParameterInfo Parameter { get; }
}

/// <summary>A period of time in UTC ticks (100 ns since 0001-01-01), as wide as the precision written: <c>2013</c> is the whole year.</summary>
public readonly record struct DateRange(long Low, long High)
{
    public static readonly DateRange Always = new(DateTime.MinValue.Ticks, DateTime.MaxValue.Ticks);
}

/// <summary>A number; both ends are the same unless the resource holds a Range, or a Quantity with a comparator.</summary>
public readonly record struct NumberRange(double Low, double High);

public readonly record struct DateIndex(SearchParameterInfo Parameter, DateRange Range) : IIndexRow;

public readonly record struct NumberIndex(SearchParameterInfo Parameter, NumberRange Range)
    : IIndexRow;

/// <param name="System">Of the unit's code; null without one.</param>
/// <param name="Code">The unit's code; null without one.</param>
/// <param name="Unit">The unit in words.</param>
public readonly record struct QuantityIndex(
    SearchParameterInfo Parameter,
    NumberRange Range,
    string? System,
    string? Code,
    string? Unit
) : IIndexRow;

/// <param name="Text">As written, for <c>:exact</c>.</param>
/// <param name="Normalised">Lower case, no diacritics, đ as d, single spaces; see <see cref="SearchText.Normalise"/>.</param>
public readonly record struct StringIndex(
    SearchParameterInfo Parameter,
    string Text,
    string Normalised
) : IIndexRow;

/// <param name="System">Null when the element has none.</param>
/// <param name="Code">Null when there is only text.</param>
/// <param name="Text">For <c>:text</c>: a Coding's display, a CodeableConcept's text, an Identifier's type text.</param>
public readonly record struct TokenIndex(
    SearchParameterInfo Parameter,
    string? System,
    string? Code,
    string? Text
) : IIndexRow;

/// <summary>For <c>:of-type</c>: the value of an Identifier with one coding of its type.</summary>
public readonly record struct IdentifierTypeIndex(
    SearchParameterInfo Parameter,
    string? TypeSystem,
    string TypeCode,
    string Value
) : IIndexRow;

public enum ReferenceKind
{
    /// <summary><c>Patient/12</c>, <c>Patient/12/_history/3</c>, or the same under the server's own base: <c>TargetType</c>, <c>TargetId</c>, <c>Version</c>.</summary>
    Local,

    /// <summary>An absolute url elsewhere, or a <c>urn:</c>: <c>Url</c> (and <c>TargetType</c>, <c>TargetId</c> when it has that form).</summary>
    Absolute,

    /// <summary>The canonical url of a definition: <c>Url</c> without the part after <c>|</c>, which is <c>Version</c>.</summary>
    Canonical,

    /// <summary><c>#id</c> of a contained resource: <c>TargetId</c>, and its <c>TargetType</c>.</summary>
    Contained,

    /// <summary>No literal reference, only an identifier (and perhaps <c>TargetType</c>).</summary>
    Logical,
}

/// <param name="IdentifierSystem">Of <c>Reference.identifier</c>, whichever the kind, for <c>:identifier</c>.</param>
/// <param name="Link">Index into <c>IndexedResource.Links</c> of the text this came from; -1 without one.</param>
public readonly record struct ReferenceIndex(
    SearchParameterInfo Parameter,
    ReferenceKind Kind,
    string? TargetType,
    string? TargetId,
    string? Version,
    string? Url,
    string? IdentifierSystem,
    string? IdentifierValue,
    int Link
) : IIndexRow;

public readonly record struct UriIndex(SearchParameterInfo Parameter, string Uri) : IIndexRow;

/// <summary>Where something is on the earth: Location's <c>near</c>.</summary>
public readonly record struct PlaceIndex(SearchParameterInfo Parameter, SpherePoint Point)
    : IIndexRow;

/// <summary>One combination of the parts of a composite, all from the same element.</summary>
public readonly record struct CompositeIndex(SearchParameterInfo Parameter, PartValue[] Parts)
    : IIndexRow;

/// <summary>The value of one part of a composite; which fields hold something follows from the part's parameter type.</summary>
/// <param name="Number">Number and quantity.</param>
/// <param name="Date">Date.</param>
/// <param name="System">Token and quantity.</param>
/// <param name="Code">Token and quantity; the uri of a uri.</param>
/// <param name="Text">String as written; the display of a token; the unit of a quantity.</param>
/// <param name="Normalised">String.</param>
/// <param name="Reference">Reference.</param>
public readonly record struct PartValue(
    NumberRange Number,
    DateRange Date,
    string? System,
    string? Code,
    string? Text,
    string? Normalised,
    ReferenceIndex Reference
);
