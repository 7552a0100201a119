using System.Globalization;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Reading;
using Health.Fhir.Search.Values;
using Hl7.Fhir.FhirPath;
using Hl7.Fhir.Model;
using Hl7.FhirPath;
using Hl7.FhirPath.Expressions;

namespace Health.Fhir.Tests.Search;

/// <summary>
/// The index values of a parsed resource, found the slow way: each parameter's own FHIRPath through Firely's engine, then a
/// conversion of Firely's objects written apart from the one under test. The two share the row types, the reading of a date and the
/// normalising of text, which have tests of their own.
/// </summary>
internal sealed class NaiveIndex
{
    private static readonly FhirPathCompilerCache Compiled = new(
        new FhirPathCompiler(new SymbolTable().AddStandardFP().AddFhirExtensions())
    );

    private static readonly Dictionary<(string Type, string Code), string> Expressions = ModelInfo
        .SearchParameters.Where(definition => definition.Expression is not null)
        .DistinctBy(definition => (definition.Resource, definition.Code))
        .ToDictionary(
            definition => (definition.Resource!, definition.Code!),
            definition => definition.Expression!
        );

    private readonly Resource resource;
    private readonly PocoNode root;
    private readonly FhirEvaluationContext context;

    public NaiveIndex(Resource resource)
    {
        this.resource = resource;
        root = resource.ToPocoNode(ModelInfo.ModelInspector);
        context = new FhirEvaluationContext { Resource = root, ElementResolver = Stub };
        foreach (var parameter in FhirModel.R4.ParametersOf(resource.TypeName))
        {
            if (
                parameter.Code is not ("_id" or "_lastUpdated")
                && parameter.Type != SearchParamType.Special
            )
            {
                Add(parameter);
            }
        }
    }

    /// <summary>Rows of <c>IndexValues.cs</c>; a composite's parts are written out as one text.</summary>
    public HashSet<object> Rows { get; } = [];

    /// <summary>The composites among them with their parts.</summary>
    public List<CompositeIndex> Combined { get; } = [];

    /// <summary>The same rows as the pass under test made them.</summary>
    public static HashSet<object> RowsOf(IndexedResource indexed) =>
        [
            .. indexed.Strings.Cast<object>(),
            .. indexed
                .Tokens.Where(row => row.Parameter.Type != SearchParamType.Special)
                .Cast<object>(),
            .. indexed.IdentifierTypes.Cast<object>(),
            .. indexed.Dates.Cast<object>(),
            .. indexed.Numbers.Cast<object>(),
            .. indexed.Quantities.Cast<object>(),
            .. indexed.References.Select(row => (object)(row with { Link = 0 })),
            .. indexed.Uris.Cast<object>(),
            .. indexed.Composites.Select(row => (object)(row.Parameter, Written(row.Parts))),
        ];

    public static string Written(IEnumerable<PartValue> parts) =>
        string.Join(
            " $ ",
            parts.Select(part => part with { Reference = part.Reference with { Link = 0 } })
        );

    private void Add(SearchParameterInfo parameter)
    {
        var expression =
            parameter.ResourceType == "Resource"
                ? parameter.Expression
                : Expressions[(parameter.ResourceType, parameter.Code)];
        foreach (var found in Select(root, expression))
        {
            if (parameter.Parts.Count == 0)
            {
                Rows.UnionWith(Convert(parameter, found));
            }
            else
            {
                foreach (var parts in Combinations(parameter, found, 0))
                {
                    Combined.Add(new CompositeIndex(parameter, parts));
                    Rows.Add((parameter, Written(parts)));
                }
            }
        }
    }

    private IEnumerable<PocoNode> Select(PocoNode from, string expression)
    {
        // Firely knows no type DateTime, and of a name without its root only what the focus has.
        var path = expression.Replace("as(DateTime)", "as(dateTime)", StringComparison.Ordinal);
        // Arm by arm: the engine's union compares what it joins, and gives up at a Quantity with a comparator.
        return Arms(path).SelectMany(arm => Compiled.Select(from, arm, context));
    }

    private static IEnumerable<string> Arms(string path)
    {
        var (depth, start) = (0, 0);
        for (var at = 0; at < path.Length; at++)
        {
            depth +=
                path[at] is '(' ? 1
                : path[at] is ')' ? -1
                : 0;
            if (depth == 0 && path[at] == '|')
            {
                yield return path[start..at];
                start = at + 1;
            }
        }
        yield return path[start..];
    }

    private IEnumerable<PartValue[]> Combinations(
        SearchParameterInfo composite,
        PocoNode from,
        int index
    )
    {
        if (index == composite.Parts.Count)
        {
            return
            [
                [],
            ];
        }
        var part = composite.Parts[index];
        return Select(from, part.Expression)
            .SelectMany(found => Convert(part.Parameter, found))
            .Distinct()
            .SelectMany(PartOf)
            .SelectMany(value =>
                Combinations(composite, from, index + 1)
                    .Select(rest => (PartValue[])[value, .. rest])
            );
    }

    private static IEnumerable<PartValue> PartOf(object row) =>
        row switch
        {
            TokenIndex { Code: null, System: null } or IdentifierTypeIndex => [],
            TokenIndex token =>
            [
                new()
                {
                    System = token.System,
                    Code = token.Code,
                    Text = token.Text,
                },
            ],
            ReferenceIndex reference => [new() { Reference = reference }],
            StringIndex text => [new() { Text = text.Text, Normalised = text.Normalised }],
            DateIndex date => [new() { Date = date.Range }],
            NumberIndex number => [new() { Number = number.Range }],
            QuantityIndex quantity =>
            [
                new()
                {
                    Number = quantity.Range,
                    System = quantity.System,
                    Code = quantity.Code,
                    Text = quantity.Unit,
                },
            ],
            UriIndex uri => [new() { Code = uri.Uri }],
            _ => throw new InvalidOperationException(row.ToString()),
        };

    private IEnumerable<object> Convert(SearchParameterInfo parameter, PocoNode node)
    {
        var value = node.Poco;
        return parameter.Type switch
        {
            SearchParamType.Token => Tokens(parameter, value),
            SearchParamType.String => Strings(value)
                .OfType<string>()
                .Select(text =>
                    (object)new StringIndex(parameter, text, SearchText.Normalise(text))
                ),
            SearchParamType.Date => Range(value) is { } range
                ? [new DateIndex(parameter, range)]
                : [],
            SearchParamType.Number => Number(value) is { } number
                ? [new NumberIndex(parameter, number)]
                : [],
            SearchParamType.Quantity => Quantities(parameter, value),
            SearchParamType.Reference => References(parameter, value),
            SearchParamType.Uri => value is PrimitiveType { JsonValue: string uri }
                ? [new UriIndex(parameter, uri)]
                : [],
            _ => throw new InvalidOperationException(parameter.ToString()),
        };
    }

    private static IEnumerable<object> Tokens(SearchParameterInfo parameter, Base value)
    {
        switch (value)
        {
            case Coding { System: null, Code: null, Display: null }:
                yield break;
            case Coding coding:
                yield return new TokenIndex(parameter, coding.System, coding.Code, coding.Display);
                break;
            case CodeableConcept concept:
                foreach (var token in concept.Coding.SelectMany(inner => Tokens(parameter, inner)))
                {
                    yield return token;
                }
                if (concept.Text is not null)
                {
                    yield return new TokenIndex(parameter, null, null, concept.Text);
                }
                break;
            case Identifier identifier:
                if ((identifier.System ?? identifier.Value ?? identifier.Type?.Text) is not null)
                {
                    yield return new TokenIndex(
                        parameter,
                        identifier.System,
                        identifier.Value,
                        identifier.Type?.Text
                    );
                }
                foreach (var type in identifier.Type?.Coding ?? [])
                {
                    if (type.Code is not null && identifier.Value is not null)
                    {
                        yield return new IdentifierTypeIndex(
                            parameter,
                            type.System,
                            type.Code,
                            identifier.Value
                        );
                    }
                }
                break;
            case ContactPoint { Value: not null } contact:
                yield return new TokenIndex(parameter, null, contact.Value, null);
                break;
            case PrimitiveType { JsonValue: string code } bound
                when bound.GetType() is { IsGenericType: true } type:
                yield return new TokenIndex(
                    parameter,
                    ModelInfo
                        .ModelInspector.FindEnumMapping(type.GenericTypeArguments[0])!
                        .Members[code]
                        .System,
                    code,
                    null
                );
                break;
            case FhirBoolean { Value: not null } boolean:
                yield return new TokenIndex(
                    parameter,
                    null,
                    boolean.Value.Value ? "true" : "false",
                    null
                );
                break;
            case PrimitiveType { JsonValue: not null } primitive:
                yield return new TokenIndex(parameter, null, primitive.ToString(), null);
                break;
        }
    }

    private static IEnumerable<string?> Strings(Base value) =>
        value switch
        {
            HumanName name =>
            [
                name.Text,
                name.Family,
                .. name.Given,
                .. name.Prefix,
                .. name.Suffix,
            ],
            Address address =>
            [
                address.Text,
                .. address.Line,
                address.City,
                address.District,
                address.State,
                address.PostalCode,
                address.Country,
            ],
            PrimitiveType { JsonValue: not null } primitive => [primitive.ToString()],
            _ => [],
        };

    private static DateRange? Range(Base? value)
    {
        switch (value)
        {
            case Period { Start: null, End: null }:
                return null;
            case Period period:
                return new DateRange(
                    Range(period.StartElement)?.Low ?? 0,
                    Range(period.EndElement)?.High ?? DateTime.MaxValue.Ticks
                );
            case Timing timing:
                var all = timing
                    .EventElement.Select(Range)
                    .Append(Range(timing.Repeat?.Bounds as Period))
                    .OfType<DateRange>()
                    .ToList();
                return all.Count == 0
                    ? null
                    : new DateRange(all.Min(range => range.Low), all.Max(range => range.High));
            case Date
            or FhirDateTime
            or Instant
                when value.ToString() is { } text
                    && FhirDate.TryParse(Iso(value, text), out var date):
                return date.Range;
            default:
                return null;
        }
    }

    // Only what was written tells the precision; an Instant's own text is made anew from its value.
    private static string Iso(Base value, string text) =>
        value is Instant instant && instant.JsonValue is string written ? written : text;

    // A cast from decimal is not rounded as a parsed text is.
    private static double Exact(decimal number) =>
        double.Parse(number.ToString(CultureInfo.InvariantCulture), CultureInfo.InvariantCulture);

    private static NumberRange? Number(Base? value) =>
        value switch
        {
            Quantity { Value: { } number } quantity => quantity.Comparator switch
            {
                Quantity.QuantityComparator.LessThan => new(
                    double.MinValue,
                    Math.BitDecrement(Exact(number))
                ),
                Quantity.QuantityComparator.LessOrEqual => new(double.MinValue, Exact(number)),
                Quantity.QuantityComparator.GreaterThan => new(
                    Math.BitIncrement(Exact(number)),
                    double.MaxValue
                ),
                Quantity.QuantityComparator.GreaterOrEqual => new(Exact(number), double.MaxValue),
                _ => new(Exact(number), Exact(number)),
            },
            Hl7.Fhir.Model.Range { Low.Value: null, High.Value: null } => null,
            Hl7.Fhir.Model.Range range => new(
                Number(range.Low)?.Low ?? double.MinValue,
                Number(range.High)?.High ?? double.MaxValue
            ),
            FhirDecimal { Value: { } number } => new(Exact(number), Exact(number)),
            Integer { Value: { } number } => new(number, number),
            PositiveInt { Value: { } number } => new(number, number),
            UnsignedInt { Value: { } number } => new(number, number),
            _ => null,
        };

    private static IEnumerable<object> Quantities(SearchParameterInfo parameter, Base value)
    {
        if (value is Money { Value: { } amount } money)
        {
            return
            [
                new QuantityIndex(
                    parameter,
                    new(Exact(amount), Exact(amount)),
                    money.Currency is null ? null : "urn:iso:std:iso:4217",
                    money.CurrencyElement?.ToString(),
                    null
                ),
            ];
        }
        if (value is SampledData { Origin.Value: { } origin } samples)
        {
            var measured = (samples.Data ?? "")
                .Split(' ')
                .Where(text => text is not ("E" or "L" or "U" or ""))
                .Select(text =>
                    Exact(origin)
                    + (
                        double.Parse(text, CultureInfo.InvariantCulture)
                        * Exact(samples.Factor ?? 1)
                    )
                )
                .ToList();
            return measured.Count == 0
                ? []
                :
                [
                    new QuantityIndex(
                        parameter,
                        new(measured.Min(), measured.Max()),
                        samples.Origin.System,
                        samples.Origin.Code,
                        samples.Origin.Unit
                    ),
                ];
        }
        var unit = value is Hl7.Fhir.Model.Range range
            ? range.Low ?? range.High
            : value as Quantity;
        return Number(value) is { } number
            ? [new QuantityIndex(parameter, number, unit?.System, unit?.Code, unit?.Unit)]
            : [];
    }

    private IEnumerable<object> References(SearchParameterInfo parameter, Base value)
    {
        switch (value)
        {
            case ResourceReference { Reference: null, Identifier: null }:
                yield break;
            case ResourceReference { Reference: null } logical:
                if ((logical.Identifier.System ?? logical.Identifier.Value) is not null)
                {
                    yield return Row(
                        parameter,
                        new(ReferenceKind.Logical, KnownType(logical.Type), null, null, null),
                        logical.Identifier
                    );
                }
                break;
            case ResourceReference literal:
                var target = ReferenceText.Parse(literal.Reference, FhirModel.R4, []);
                yield return Row(
                    parameter,
                    target with
                    {
                        Type =
                            target.Kind == ReferenceKind.Contained
                                ? Contained(target.Id!)
                                : target.Type ?? KnownType(literal.Type),
                    },
                    literal.Identifier
                );
                break;
            case PrimitiveType { JsonValue: string url }:
                var parts = url.Split('|', 2);
                yield return Row(
                    parameter,
                    new(ReferenceKind.Canonical, null, null, parts.ElementAtOrDefault(1), parts[0]),
                    null
                );
                break;
            case Resource { Id: not null } inline when parameter.Targets.Contains(inline.TypeName):
                yield return Row(
                    parameter,
                    new(ReferenceKind.Local, inline.TypeName, inline.Id, null, null),
                    null
                );
                break;
        }
    }

    private static ReferenceIndex Row(
        SearchParameterInfo parameter,
        ReferenceText target,
        Identifier? identifier
    ) =>
        new(
            parameter,
            target.Kind,
            target.Type,
            target.Id,
            target.Version,
            target.Url,
            identifier?.System,
            identifier?.Value,
            0
        );

    private static string? KnownType(string? type) =>
        type is not null && FhirModel.R4.IsResourceType(type) ? type : null;

    private string? Contained(string id) =>
        id.Length == 0
            ? resource.TypeName
            : (resource as DomainResource)
                ?.Contained.Find(contained => contained.Id == id)
                ?.TypeName;

    /// <summary>Enough of the target to answer what type it is.</summary>
    private PocoNode? Stub(string url)
    {
        var target = ReferenceText.Parse(url, FhirModel.R4, []);
        return target.Type is { } type
            ? (
                (Resource)ModelInfo.ModelInspector.FindClassMapping(type)!.CreateInstance()
            ).ToPocoNode(ModelInfo.ModelInspector)
            : null;
    }
}
