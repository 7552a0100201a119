using System.Buffers;
using Health.Fhir.Search.Values;

namespace Health.Fhir.Search.Reading;

/// <summary>
/// One resource after the one pass: what is wrong with it, what its search parameters say, what it points to.
/// Pooled: dispose it when its rows and body are written, and keep no list of it.
/// </summary>
public sealed partial class IndexedResource : IDisposable
{
    /// <summary>Null when it could not be told.</summary>
    public string? ResourceType { get; internal set; }

    /// <summary>As in the body; null without one.</summary>
    public string? Id { get; internal set; }

    /// <summary><c>meta.versionId</c> as in the body.</summary>
    public string? VersionId { get; internal set; }

    /// <summary>Not valid when one of the issues is an error: then there are no values either.</summary>
    public bool IsValid => !Issues.Exists(issue => issue.IsError);

    public List<StructureIssue> Issues { get; } = [];

    public List<StringIndex> Strings { get; } = [];
    public List<TokenIndex> Tokens { get; } = [];
    public List<IdentifierTypeIndex> IdentifierTypes { get; } = [];
    public List<DateIndex> Dates { get; } = [];
    public List<NumberIndex> Numbers { get; } = [];
    public List<QuantityIndex> Quantities { get; } = [];
    public List<ReferenceIndex> References { get; } = [];
    public List<UriIndex> Uris { get; } = [];
    public List<CompositeIndex> Composites { get; } = [];

    /// <summary>Every <c>Reference.reference</c>, and every uri that is a <c>urn:uuid:</c> or <c>urn:oid:</c>, in the order of the body.</summary>
    public List<Link> Links { get; } = [];

    /// <summary>Ids of the Patients whose compartment this belongs to, the first is the one to cluster by; a Patient belongs to its own once it has an id.</summary>
    public List<string> PatientCompartments { get; } = [];
}

/// <summary>A text in the body that points to another resource.</summary>
/// <param name="Text">Unescaped: <c>Patient/12</c>, <c>urn:uuid:…</c>, <c>Patient?identifier=a|b</c>, <c>#p1</c>.</param>
/// <param name="Start">Byte position of the JSON string, quote included, in the body given to the reader.</param>
/// <param name="Length">In bytes, quotes included.</param>
/// <param name="IsReference">It is a <c>Reference.reference</c>; else a uri.</param>
public readonly record struct Link(string Text, int Start, int Length, bool IsReference);

/// <summary>Something wrong in the body.</summary>
/// <param name="Code">From https://hl7.org/fhir/R4/valueset-issue-type.html: <c>structure</c>, <c>required</c>, <c>value</c>, <c>code-invalid</c>, <c>too-costly</c>, <c>informational</c>.</param>
/// <param name="Text">In English, says what is allowed.</param>
/// <param name="Expression">FHIRPath of the element, such as <c>Patient.name[0].family</c>; empty when the text is not JSON at all.</param>
/// <param name="IsError">False for what a lenient reader mended and reports.</param>
public sealed record StructureIssue(string Code, string Text, string Expression, bool IsError);
