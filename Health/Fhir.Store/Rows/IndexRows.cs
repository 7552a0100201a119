using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Reading;
using Health.Fhir.Search.Values;
using Health.Fhir.Store.Place;

namespace Health.Fhir.Store.Rows;

internal readonly record struct Token(int Parameter, int Code);

internal readonly record struct Reference(int Parameter, long Target, int Version);

internal readonly record struct Date(int Parameter, long Low, long High);

internal readonly record struct Quantity(int Parameter, int Unit, double Low, double High);

internal readonly record struct Text(int Parameter, string Normalised, long Exact);

internal readonly record struct Composite(
    int Parameter,
    long First,
    int Ordinal,
    long Second,
    double Low,
    double High,
    double ThirdLow,
    double ThirdHigh,
    string Text,
    long Exact
);

/// <summary>All index rows of one version of a resource, made from what the reader took out of its body.</summary>
internal sealed class IndexRows
{
    public HashSet<Token> Tokens { get; } = [];
    public HashSet<Reference> References { get; } = [];
    public HashSet<Date> Dates { get; } = [];
    public HashSet<Quantity> Quantities { get; } = [];
    public HashSet<Text> Texts { get; } = [];
    public HashSet<Composite> Composites { get; } = [];

    /// <summary>The parameters that have a value; see <see cref="Interned.ShapeOf"/>.</summary>
    public string Shape { get; private set; } = ",";

    /// <summary>A period longer than this stands under a parameter of its own, so that a range of instants need not look for long periods that reach into it.</summary>
    public static readonly long WideMilliseconds = 36 * 3600 * 1000;

    private static readonly long Epoch = DateTime.UnixEpoch.Ticks / TimeSpan.TicksPerMillisecond;

    /// <summary>Milliseconds since 1970: two bytes less than ticks in every row.</summary>
    public static long Milliseconds(long ticks) => ticks / TimeSpan.TicksPerMillisecond - Epoch;

    public static string Wide(SearchParameterInfo parameter) => parameter + "~wide";

    public static string ByIdentifier(SearchParameterInfo parameter) => parameter + ":identifier";

    public static string OfType(SearchParameterInfo parameter) => parameter + ":of-type";

    /// <summary>One code for the identifier's type and value together.</summary>
    public static string TypedValue(string typeCode, string value) => typeCode + "|" + value;

    public static bool IsWide(DateRange range) =>
        Milliseconds(range.High) - Milliseconds(range.Low) > WideMilliseconds;

    public static long ExactOf(string text) =>
        BinaryPrimitives.ReadInt64LittleEndian(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    /// <summary>What must have a number before <see cref="Of"/> can be asked.</summary>
    public static void Want(IndexedResource resource, Interned interned, Interned.Wanted wanted)
    {
        if (resource.ResourceType is "Patient" or ConsentRows.Type)
        {
            // All at once, so that a look by staff need not ask again and again for those that no row has yet.
            foreach (var name in TreatingFacts.Names.Concat(ConsentRows.Names))
            {
                interned.WantParameter(wanted, name);
            }
        }
        foreach (var token in resource.Tokens)
        {
            interned.WantParameter(wanted, token.Parameter);
            interned.WantCode(wanted, token.System, token.Code, token.Text);
        }
        foreach (var identifier in resource.IdentifierTypes)
        {
            interned.WantParameter(wanted, OfType(identifier.Parameter));
            interned.WantCode(
                wanted,
                identifier.TypeSystem,
                TypedValue(identifier.TypeCode, identifier.Value),
                null
            );
        }
        foreach (var reference in resource.References)
        {
            interned.WantParameter(wanted, reference.Parameter);
            WantReference(reference, interned, wanted);
            if (reference.IdentifierValue is not null)
            {
                interned.WantParameter(wanted, ByIdentifier(reference.Parameter));
                interned.WantCode(
                    wanted,
                    reference.IdentifierSystem,
                    reference.IdentifierValue,
                    null
                );
            }
        }
        foreach (var uri in resource.Uris)
        {
            interned.WantParameter(wanted, uri.Parameter);
            interned.WantUrl(wanted, uri.Uri);
        }
        foreach (var date in resource.Dates)
        {
            // Both at once, so that a search need not ask again and again for one that no row has yet.
            interned.WantParameter(wanted, date.Parameter);
            interned.WantParameter(wanted, Wide(date.Parameter));
        }
        foreach (var number in resource.Numbers)
        {
            interned.WantParameter(wanted, number.Parameter);
            interned.WantParameter(wanted, Wide(number.Parameter));
        }
        foreach (var quantity in resource.Quantities)
        {
            interned.WantParameter(wanted, quantity.Parameter);
            interned.WantParameter(wanted, Wide(quantity.Parameter));
            interned.WantCode(wanted, quantity.System, quantity.Code, quantity.Unit);
        }
        foreach (var text in resource.Strings)
        {
            interned.WantParameter(wanted, text.Parameter);
        }
        foreach (var place in resource.Places)
        {
            interned.WantParameter(wanted, place.Parameter);
        }
        foreach (var composite in resource.Composites)
        {
            interned.WantParameter(wanted, composite.Parameter);
            for (var at = 0; at < composite.Parts.Length; at++)
            {
                var part = composite.Parts[at];
                switch (composite.Parameter.Parts[at].Parameter.Type)
                {
                    case Hl7.Fhir.Model.SearchParamType.Token:
                    case Hl7.Fhir.Model.SearchParamType.Quantity:
                        interned.WantCode(wanted, part.System, part.Code, part.Text);
                        break;
                    case Hl7.Fhir.Model.SearchParamType.Uri:
                        interned.WantUrl(wanted, part.Code ?? "");
                        break;
                    case Hl7.Fhir.Model.SearchParamType.Reference:
                        WantReference(part.Reference, interned, wanted);
                        break;
                }
            }
        }
    }

    /// <summary>Local resources whose keys the rows and the compartments need.</summary>
    public static IEnumerable<(short Type, string Id)> PointedTo(IndexedResource resource)
    {
        foreach (var reference in resource.References)
        {
            if (IsLocal(reference))
            {
                yield return (Key.NumberOf(reference.TargetType!), reference.TargetId!);
            }
        }
        foreach (var composite in resource.Composites)
        {
            foreach (var part in composite.Parts)
            {
                if (IsLocal(part.Reference))
                {
                    yield return (
                        Key.NumberOf(part.Reference.TargetType!),
                        part.Reference.TargetId!
                    );
                }
            }
        }
        foreach (var patient in resource.PatientCompartments)
        {
            yield return (Key.Patient, patient);
        }
    }

    /// <param name="keyOf">The key of a local resource, which may be one that does not exist (yet).</param>
    public static IndexRows Of(
        IndexedResource resource,
        Interned interned,
        Func<string, string, long> keyOf
    )
    {
        var rows = new IndexRows();
        var shape = new HashSet<int>();
        foreach (var token in resource.Tokens)
        {
            rows.Tokens.Add(
                new(Present(token.Parameter), interned.Code(token.System, token.Code, token.Text))
            );
        }
        foreach (var identifier in resource.IdentifierTypes)
        {
            rows.Tokens.Add(
                new(
                    interned.Parameter(OfType(identifier.Parameter)),
                    interned.Code(
                        identifier.TypeSystem,
                        TypedValue(identifier.TypeCode, identifier.Value),
                        null
                    )
                )
            );
        }
        foreach (var reference in resource.References)
        {
            var parameter = Present(reference.Parameter);
            if (TargetOf(reference, interned, keyOf) is { } target)
            {
                rows.References.Add(new(parameter, target, VersionOf(reference)));
            }
            if (reference.IdentifierValue is not null)
            {
                rows.Tokens.Add(
                    new(
                        interned.Parameter(ByIdentifier(reference.Parameter)),
                        interned.Code(reference.IdentifierSystem, reference.IdentifierValue, null)
                    )
                );
            }
        }
        foreach (var uri in resource.Uris)
        {
            rows.References.Add(new(Present(uri.Parameter), interned.Url(uri.Uri), 0));
        }
        foreach (var date in resource.Dates)
        {
            var parameter = Present(date.Parameter);
            rows.Dates.Add(
                new(
                    IsWide(date.Range) ? interned.Parameter(Wide(date.Parameter)) : parameter,
                    Milliseconds(date.Range.Low),
                    Milliseconds(date.Range.High)
                )
            );
        }
        foreach (var number in resource.Numbers)
        {
            rows.Quantities.Add(
                new(Narrow(number.Parameter, number.Range), 0, number.Range.Low, number.Range.High)
            );
        }
        foreach (var quantity in resource.Quantities)
        {
            rows.Quantities.Add(
                new(
                    Narrow(quantity.Parameter, quantity.Range),
                    interned.Code(quantity.System, quantity.Code, quantity.Unit),
                    quantity.Range.Low,
                    quantity.Range.High
                )
            );
        }
        foreach (var text in resource.Strings)
        {
            rows.Texts.Add(
                new(Present(text.Parameter), Interned.Bounded(text.Normalised), ExactOf(text.Text))
            );
        }
        foreach (var composite in resource.Composites)
        {
            rows.Composites.Add(
                CompositeOf(
                    composite,
                    Present(composite.Parameter),
                    rows.Composites.Count,
                    interned,
                    keyOf
                )
            );
        }
        foreach (var (parameter, (x, y, z)) in resource.Places)
        {
            rows.Composites.Add(
                new(Present(parameter), 0, rows.Composites.Count, 0, x, y, z, z, "", 0)
            );
        }
        if (resource.ResourceType == ConsentRows.Type)
        {
            foreach (var (name, grantee) in ConsentRows.Of(resource))
            {
                rows.References.Add(
                    new(
                        interned.Parameter(name),
                        grantee is var (type, id) ? keyOf(type, id) : ConsentRows.Anyone,
                        0
                    )
                );
            }
        }
        rows.Shape = Interned.ShapeOf(shape);
        return rows;

        int Present(SearchParameterInfo parameter)
        {
            var number = interned.Parameter(parameter);
            shape.Add(number);
            return number;
        }

        int Narrow(SearchParameterInfo parameter, NumberRange range)
        {
            var number = Present(parameter);
            return range.Low == range.High ? number : interned.Parameter(Wide(parameter));
        }
    }

    /// <summary>Parameter and target in one number: 16 bits and the 47 that a <see cref="Key"/> or the number of a url takes.</summary>
    public static long LinkOf(int parameter, long target) =>
        ((long)checked((ushort)parameter) << LinkShift) | target;

    public const int LinkShift = 47;

    /// <summary>What the resource points to, each once.</summary>
    public IEnumerable<(int Parameter, long Target)> Links =>
        References.Select(reference => (reference.Parameter, reference.Target)).Distinct();

    /// <summary>Takes away what both have, so that an update touches only what changed.</summary>
    public static void KeepDifferences(IndexRows old, IndexRows now)
    {
        Keep(old.Tokens, now.Tokens);
        Keep(old.References, now.References);
        Keep(old.Dates, now.Dates);
        Keep(old.Quantities, now.Quantities);
        Keep(old.Texts, now.Texts);
        Keep(old.Composites, now.Composites);

        static void Keep<TRow>(HashSet<TRow> old, HashSet<TRow> now)
        {
            var both = old.Where(now.Contains).ToList();
            old.ExceptWith(both);
            now.ExceptWith(both);
        }
    }

    public bool SameAs(IndexRows other) =>
        Shape == other.Shape
        && Tokens.SetEquals(other.Tokens)
        && References.SetEquals(other.References)
        && Dates.SetEquals(other.Dates)
        && Quantities.SetEquals(other.Quantities)
        && Texts.SetEquals(other.Texts)
        && Composites.SetEquals(other.Composites);

    private static void WantReference(
        ReferenceIndex reference,
        Interned interned,
        Interned.Wanted wanted
    )
    {
        if (!IsLocal(reference) && reference.Url is { } url)
        {
            interned.WantUrl(wanted, url);
        }
    }

    /// <summary>Points to a resource of this server, by a type that R4 knows.</summary>
    public static bool IsLocal(ReferenceIndex reference) =>
        reference is { Kind: ReferenceKind.Local, TargetType: not null, TargetId: not null };

    private static long? TargetOf(
        ReferenceIndex reference,
        Interned interned,
        Func<string, string, long> keyOf
    ) =>
        IsLocal(reference) ? keyOf(reference.TargetType!, reference.TargetId!)
        : reference.Url is { } url ? interned.Url(url)
        : null;

    /// <summary>A number for a version, 0 for none: <c>|4.0.1</c> of a canonical is not a number and counts by its hash.</summary>
    private static int VersionOf(ReferenceIndex reference) => VersionNumber(reference.Version);

    public static int VersionNumber(string? version) =>
        version is null ? 0
        : int.TryParse(version, out var number) ? number
        : (int)ExactOf(version) | int.MinValue;

    private static Composite CompositeOf(
        CompositeIndex composite,
        int parameter,
        int ordinal,
        Interned interned,
        Func<string, string, long> keyOf
    )
    {
        var row = new Composite(parameter, 0, ordinal, 0, 0, 0, 0, 0, "", 0);
        for (var at = 0; at < composite.Parts.Length; at++)
        {
            var part = composite.Parts[at];
            var number = 0L;
            switch (composite.Parameter.Parts[at].Parameter.Type)
            {
                case Hl7.Fhir.Model.SearchParamType.Token:
                    number = interned.Code(part.System, part.Code, part.Text);
                    break;
                case Hl7.Fhir.Model.SearchParamType.Quantity:
                    number = interned.Code(part.System, part.Code, part.Text);
                    row = WithRange(row, at, part.Number.Low, part.Number.High);
                    break;
                case Hl7.Fhir.Model.SearchParamType.Number:
                    row = WithRange(row, at, part.Number.Low, part.Number.High);
                    break;
                case Hl7.Fhir.Model.SearchParamType.Date:
                    row = WithRange(
                        row,
                        at,
                        Milliseconds(part.Date.Low),
                        Milliseconds(part.Date.High)
                    );
                    break;
                case Hl7.Fhir.Model.SearchParamType.Uri:
                    number = interned.Url(part.Code ?? "");
                    break;
                case Hl7.Fhir.Model.SearchParamType.Reference:
                    number = TargetOf(part.Reference, interned, keyOf) ?? 0;
                    break;
                case Hl7.Fhir.Model.SearchParamType.String:
                    row = row with
                    {
                        Text = Interned.Bounded(part.Normalised ?? ""),
                        Exact = ExactOf(part.Text ?? ""),
                    };
                    break;
            }
            row = at switch
            {
                0 => row with { First = number },
                1 => row with { Second = number },
                _ => row,
            };
        }
        return row;
    }

    private static Composite WithRange(Composite row, int part, double low, double high) =>
        part < 2
            ? row with
            {
                Low = low,
                High = high,
            }
            : row with
            {
                ThirdLow = low,
                ThirdHigh = high,
            };
}
