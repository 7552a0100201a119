using System.Collections.Concurrent;
using System.Text.Json;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Values;

namespace Health.Fhir.Search.Reading;

/// <summary>
/// One resource after the one pass: what is wrong with it, what its search parameters say, what it points to.
/// Pooled: dispose it when its rows and body are written, and keep no list of it.
/// </summary>
public sealed partial class IndexedResource : IDisposable
{
    private const int PoolSize = 512;
    private static readonly ConcurrentBag<IndexedResource> Pool = [];
    private static int pooled;

    private readonly BodyTape tape = new();
    private readonly Extraction extraction;
    private readonly List<string?> resolved = [];
    private readonly List<ReferenceText?> targets = [];
    private FhirModel model = null!;
    private ReaderOptions options = null!;
    private TypeRules? rules;
    private bool isReturned;

    private IndexedResource() => extraction = new Extraction(tape, this);

    /// <summary>Null when it could not be told.</summary>
    public string? ResourceType { get; internal set; }

    /// <summary>As in the body, or as assigned since; null without one.</summary>
    public string? Id { get; private set; }

    /// <summary><c>meta.versionId</c> as in the body.</summary>
    public string? VersionId { get; private set; }

    /// <summary>Not valid when one of the issues is an error: then there are no values either.</summary>
    public bool IsValid { get; private set; }

    /// <summary>Of the search parameters that its values were taken by (<see cref="FhirModel.Generation"/>).</summary>
    public long Generation { get; private set; }

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
    public List<PlaceIndex> Places { get; } = [];

    /// <summary>Every <c>Reference.reference</c>, and every uri that is a <c>urn:uuid:</c>, in the order of the body.</summary>
    public List<Link> Links { get; } = [];

    /// <summary>Ids of the Patients whose compartment this belongs to, the first is the one to cluster by; a Patient belongs to its own once it has an id.</summary>
    public List<string> PatientCompartments { get; } = [];

    internal static IndexedResource Rent()
    {
        if (!Pool.TryTake(out var known))
        {
            return new();
        }
        Interlocked.Decrement(ref pooled);
        known.isReturned = false;
        return known;
    }

    internal void Read(
        ref Utf8JsonReader reader,
        ReadOnlyMemory<byte> body,
        StructureCheck check,
        string within,
        FhirModel ofModel,
        ReaderOptions withOptions
    )
    {
        (model, options) = (ofModel, withOptions);
        tape.Begin(body);
        check.Run(ref reader, tape, this, within);
    }

    /// <summary>After the structure: takes the values out when it is sound.</summary>
    internal void Complete()
    {
        IsValid = ResourceType is not null && !Issues.Exists(issue => issue.IsError);
        if (!IsValid)
        {
            return;
        }
        // Before the rules: too old a number costs one more reading, too new a one would lose values.
        Generation = model.Generation;
        rules = model.RulesOf(ResourceType!);
        ref var root = ref tape[1];
        if (tape.Find(1, root.Type.Slot("id")) is > 0 and var id)
        {
            Id = tape.Text(tape[id]);
        }
        if (
            tape.Find(1, root.Type.Slot("meta")) is > 0 and var meta
            && tape.Find(meta, tape[meta].Type.Slot("versionId")) is > 0 and var version
        )
        {
            VersionId = tape.Text(tape[version]);
        }
        ForgetTargets();
        extraction.Run(model, options, rules.All);
        extraction.RunSpecial(model, options.FullText);
        FindCompartments();
    }

    /// <summary>
    /// Takes the values out anew when other search parameters hold than when they were taken; ids assigned and links resolved since
    /// are as in the body again.
    /// </summary>
    public void Refresh()
    {
        if (IsValid && Generation != model.Generation)
        {
            Id = null;
            ClearValues();
            Complete();
        }
    }

    /// <summary>Gives the resource its id, as the server chose it.</summary>
    public void AssignId(string id)
    {
        Id = id;
        if (rules is { IsPatient: true })
        {
            FindCompartments();
        }
    }

    /// <summary>
    /// Gives links new texts before the body is written; the index values and compartments that came from them follow.
    /// </summary>
    /// <param name="resolve">From <see cref="Link.Text"/> to the new text (<c>Patient/12</c>), or null to leave it.</param>
    public void ResolveLinks(Func<string, string?> resolve)
    {
        resolved.Clear();
        var changed = false;
        foreach (var link in Links)
        {
            var text = resolve(link.Text);
            changed |= text is not null;
            resolved.Add(text);
        }
        if (changed && rules is not null)
        {
            ForgetTargets();
            References.Clear();
            Composites.RemoveAll(row => rules.IsReference(row.Parameter));
            extraction.Run(model, options, rules.References);
            FindCompartments();
        }
    }

    /// <summary>Of the link as it is now.</summary>
    internal string LinkText(int link) =>
        (link < resolved.Count ? resolved[link] : null) ?? Links[link].Text;

    /// <summary>Read once, however many parameters ask.</summary>
    internal ReferenceText Target(int link, FhirModel ofModel, IReadOnlyList<string> baseUrls) =>
        targets[link] ??= ReferenceText.Parse(LinkText(link), ofModel, baseUrls);

    /// <summary>Gives the buffers back. Nothing of this may be used after.</summary>
    public void Dispose()
    {
        var isLarge = Links.Capacity > 2048 || Tokens.Capacity > 2048 || tape.IsLarge;
        if (isReturned || isLarge || Volatile.Read(ref pooled) >= PoolSize)
        {
            return;
        }
        isReturned = true;
        (ResourceType, Id, VersionId, IsValid, rules) = (null, null, null, false, null);
        Issues.Clear();
        Links.Clear();
        ClearValues();
        tape.Begin(default);
        Interlocked.Increment(ref pooled);
        Pool.Add(this);
    }

    private void ClearValues()
    {
        Strings.Clear();
        Tokens.Clear();
        IdentifierTypes.Clear();
        Dates.Clear();
        Numbers.Clear();
        Quantities.Clear();
        References.Clear();
        Uris.Clear();
        Composites.Clear();
        Places.Clear();
        PatientCompartments.Clear();
        resolved.Clear();
        targets.Clear();
    }

    private void ForgetTargets()
    {
        targets.Clear();
        foreach (var _ in Links)
        {
            targets.Add(null);
        }
    }

    private void FindCompartments()
    {
        PatientCompartments.Clear();
        if (rules!.IsPatient && Id is not null)
        {
            PatientCompartments.Add(Id);
        }
        foreach (var reference in References)
        {
            if (
                reference is { Kind: ReferenceKind.Local, TargetType: "Patient", TargetId: { } id }
                && rules.InPatient.Contains(reference.Parameter)
                && !PatientCompartments.Contains(id)
            )
            {
                PatientCompartments.Add(id);
            }
        }
    }
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
