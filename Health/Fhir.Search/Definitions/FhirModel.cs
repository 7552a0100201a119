using System.Collections.Concurrent;
using System.Collections.Frozen;
using Health.Fhir.Search.Reading;
using Hl7.Fhir.Model;

namespace Health.Fhir.Search.Definitions;

/// <summary>
/// What FHIR R4 defines, as far as storing and searching need it: resource types, search parameters, compartments. Immutable;
/// the tables of a type are made when the type is first met.
/// </summary>
public sealed class FhirModel
{
    private const string Shared = "Resource";

    private static readonly Lazy<FhirModel> Plain = new(() => new FhirModel());

    private readonly FrozenDictionary<string, Dictionary<string, SearchParameterInfo>> byType;
    private readonly FrozenSet<string> typeNames;
    private readonly Dictionary<string, SearchParameterInfo> shared = [];
    private readonly Compartments compartments;
    private readonly ConcurrentDictionary<string, TypeRules> rules = new();
    private readonly FhirModel? standard;
    private volatile CustomParameters custom = CustomParameters.None;

    private FhirModel(FhirModel standard)
    {
        this.standard = standard;
        (byType, typeNames, shared, compartments) = (
            standard.byType,
            standard.typeNames,
            standard.shared,
            standard.compartments
        );
        (ResourceTypes, Parameters) = (standard.ResourceTypes, standard.Parameters);
    }

    private FhirModel()
    {
        var all = new List<SearchParameterInfo>();
        foreach (var (code, type, path) in SharedParameters)
        {
            var parameter = new SearchParameterInfo(
                all.Count,
                Shared,
                code,
                $"http://hl7.org/fhir/SearchParameter/Resource-{code.TrimStart('_')}",
                type,
                path,
                []
            );
            all.Add(parameter);
            shared.Add(code, parameter);
        }
        var tables = R4Tables.Instance;
        ResourceTypes =
        [
            .. tables
                .Types.Values.Where(type => type is { IsResource: true, IsAbstract: false })
                .Select(type => type.Name)
                .Order(StringComparer.Ordinal),
        ];
        var types = ResourceTypes.ToDictionary(
            type => type,
            _ => new Dictionary<string, SearchParameterInfo>(shared)
        );
        var composites = new List<(SearchParameterInfo, List<R4Tables.ComponentRow>)>();
        var byUrl = new Dictionary<(string Type, string Url), SearchParameterInfo>();
        foreach (var definition in tables.Parameters)
        {
            if (!types.TryGetValue(definition.Resource, out var parameters))
            {
                continue;
            }
            var parameter = new SearchParameterInfo(
                all.Count,
                definition.Resource,
                definition.Code,
                definition.Url,
                definition.Type,
                ArmsOf(definition.Expression, definition.Resource),
                definition.Targets
            );
            if (!parameters.TryAdd(definition.Code, parameter))
            {
                continue;
            }
            all.Add(parameter);
            byUrl.TryAdd((definition.Resource, definition.Url), parameter);
            if (definition.Type == SearchParamType.Composite)
            {
                composites.Add((parameter, definition.Components));
            }
        }
        foreach (var (composite, components) in composites)
        {
            var parts = components.Select(component => new CompositePart(
                byUrl[(composite.ResourceType, component.Definition)],
                component.Expression
            ));
            // R4's relationship has the definitions of its two parts the wrong way round.
            composite.Parts =
                composite.Code == "relationship"
                    ?
                    [
                        .. parts.Zip(
                            parts.Reverse(),
                            (part, other) => part with { Parameter = other.Parameter }
                        ),
                    ]
                    : [.. parts];
        }
        Parameters = [.. all];
        typeNames = ResourceTypes.ToFrozenSet();
        byType = types.ToFrozenDictionary();
        compartments = new Compartments(this);
    }

    /// <summary>Plain R4.</summary>
    public static FhirModel R4 => Plain.Value;

    /// <summary>R4 with room for parameters of one's own: one for each store.</summary>
    public FhirModel Extensible() => new(standard ?? this);

    public bool IsExtensible => standard is not null;

    /// <summary>Grows with every change of the parameters of one's own; 0 without any.</summary>
    public long Generation => custom.Generation;

    /// <summary>Those of one's own that hold now.</summary>
    public IEnumerable<SearchParameterInfo> Custom => custom.All;

    /// <summary>Takes these for all that is read and parsed from now on.</summary>
    public void Use(long generation, IReadOnlyList<SearchParameterInfo> parameters)
    {
        if (standard is null)
        {
            throw new InvalidOperationException(
                "Plain R4 is shared by all and cannot be extended."
            );
        }
        custom = new CustomParameters(generation, parameters);
    }

    /// <summary>All 146 resource types, in alphabetical order.</summary>
    public IReadOnlyList<string> ResourceTypes { get; }

    public bool IsResourceType(string name) => byType.ContainsKey(name);

    /// <summary>The type's own name; null when there is none such.</summary>
    internal string? FindResourceType(ReadOnlySpan<char> name) =>
        typeNames.GetAlternateLookup<ReadOnlySpan<char>>().TryGetValue(name, out var known)
            ? known
            : null;

    /// <summary>Every parameter by its <see cref="SearchParameterInfo.Ordinal"/>.</summary>
    public IReadOnlyList<SearchParameterInfo> Parameters { get; }

    /// <summary>The parameters of a type, those of all resources included.</summary>
    public IReadOnlyCollection<SearchParameterInfo> ParametersOf(string type) =>
        !byType.TryGetValue(type, out var parameters) ? []
        : custom.Of(type) is { Count: > 0 } own ? [.. parameters.Values, .. own]
        : parameters.Values;

    /// <summary>Null when the type has no such parameter. Type null: only what all resources share.</summary>
    public SearchParameterInfo? Find(string? type, string code) =>
        type is null
            ? shared.GetValueOrDefault(code)
            : byType.GetValueOrDefault(type)?.GetValueOrDefault(code) ?? custom.Find(type, code);

    /// <summary>The reference parameters that put a resource of the type into a compartment of Patient, Encounter, RelatedPerson, Practitioner or Device; empty when it never is in one.</summary>
    public IReadOnlyList<SearchParameterInfo> CompartmentParameters(
        string compartment,
        string type
    ) => compartments.ParametersFor(compartment, type);

    /// <summary>Every element it finds is a code, which has no system of its own.</summary>
    internal bool IsOnlyCode(SearchParameterInfo parameter) =>
        KindsOf(parameter) is [DataKind.Code];

    /// <summary>It may refer to a definition by its url.</summary>
    public bool IsCanonical(SearchParameterInfo parameter) =>
        parameter.Type == SearchParamType.Reference
        && KindsOf(parameter).Exists(kind => kind is DataKind.Canonical or DataKind.Uri);

    internal bool IsOnlyBoolean(SearchParameterInfo parameter) =>
        KindsOf(parameter) is [DataKind.Boolean];

    private List<DataKind> KindsOf(SearchParameterInfo parameter) =>
        RulesOf(parameter.ResourceType == Shared ? "Basic" : parameter.ResourceType)
            .KindsOf(parameter);

    /// <summary>Makes the tables of the type now, so that the first body need not wait for them.</summary>
    public void Prepare(string type) => RulesOf(type);

    internal TypeRules RulesOf(string type) =>
        standard is null ? Compiled(type)
        : custom.Of(type).Count == 0 ? standard.Compiled(type)
        : custom.RulesOf(this, type);

    private TypeRules Compiled(string type) =>
        rules.GetOrAdd(type, static (type, model) => TypeRules.Compile(model, type), this);

    // https://hl7.org/fhir/R4/resource.html#search; Firely lists none of them.
    private static readonly (
        string Code,
        SearchParamType Type,
        string Expression
    )[] SharedParameters =
    [
        ("_id", SearchParamType.Token, "Resource.id"),
        ("_lastUpdated", SearchParamType.Date, "Resource.meta.lastUpdated"),
        ("_profile", SearchParamType.Uri, "Resource.meta.profile"),
        ("_security", SearchParamType.Token, "Resource.meta.security"),
        ("_source", SearchParamType.Uri, "Resource.meta.source"),
        ("_tag", SearchParamType.Token, "Resource.meta.tag"),
        // Words, not values: the reader takes them when it is told to.
        ("_text", SearchParamType.Special, "Resource.text"),
        ("_content", SearchParamType.Special, "Resource"),
    ];

    /// <summary>Of a definition shared by many types, the arms that begin at this one.</summary>
    private static string ArmsOf(string expression, string type)
    {
        var arms = ValuePath.Split(expression, '|');
        var own = arms.Where(arm => RootOf(arm) == type).ToList();
        // InsurancePlan's name is written without its root.
        return string.Join(" | ", own.Count > 0 ? own : arms.Select(arm => $"{type}.{arm}"));
    }

    private static string RootOf(string arm) =>
        new([.. arm.TrimStart('(').TakeWhile(char.IsAsciiLetterOrDigit)]);
}
