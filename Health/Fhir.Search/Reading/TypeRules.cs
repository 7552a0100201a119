using Health.Fhir.Search.Definitions;
using Hl7.Fhir.Model;

namespace Health.Fhir.Search.Reading;

/// <summary>The search parameters of one resource type, compiled for the tape.</summary>
internal sealed class TypeRules
{
    private readonly TypeTable root;

    private TypeRules(List<ParameterRule> rules, string type, HashSet<SearchParameterInfo> patient)
    {
        root = TypeTable.Get(type)!;
        All = [.. rules];
        References =
        [
            .. rules.Where(rule =>
                rule.Parameter.Type == SearchParamType.Reference
                || rule.Parts.Any(part => part.Parameter.Type == SearchParamType.Reference)
            ),
        ];
        IsPatient = type == "Patient";
        InPatient = patient;
    }

    public ParameterRule[] All { get; }

    /// <summary>Those whose values change when links are resolved.</summary>
    public ParameterRule[] References { get; }

    /// <summary>Whether <see cref="References"/> makes the rows of the parameter.</summary>
    public bool IsReference(SearchParameterInfo parameter) =>
        Array.Exists(References, rule => rule.Parameter == parameter);

    /// <summary>The kinds of data that the parameter may find.</summary>
    public List<DataKind> KindsOf(SearchParameterInfo parameter) =>
        [
            .. Array
                .Find(All, rule => rule.Parameter == parameter)!
                .Paths.SelectMany(path =>
                    path.Steps.Aggregate<PathStep, IEnumerable<TypeTable>>([root], After)
                )
                .Select(type => type.Kind)
                .Distinct(),
        ];

    private static IEnumerable<TypeTable> After(IEnumerable<TypeTable> types, PathStep step) =>
        step.Kind switch
        {
            StepKind.Child => types.SelectMany(type =>
                type.All.Where(element => element.Name == step.Name && element.Type is not null)
                    .Select(element => element.Type!)
            ),
            StepKind.Cast => types.Where(type => type.Name == step.Name),
            StepKind.Exists => [TypeTable.Get("boolean")!],
            _ => types,
        };

    public bool IsPatient { get; }

    public HashSet<SearchParameterInfo> InPatient { get; }

    public static TypeRules Compile(FhirModel model, string type) =>
        new(
            [
                .. model
                    .ParametersOf(type)
                    .Where(parameter =>
                        parameter.Code is not ("_id" or "_lastUpdated")
                        && parameter.Type != SearchParamType.Special
                    )
                    .Select(parameter => Compile(parameter, type)),
            ],
            type,
            [.. model.CompartmentParameters("Patient", type)]
        );

    private static ParameterRule Compile(SearchParameterInfo parameter, string type) =>
        new(
            parameter,
            Compile(parameter.Expression, parameter.ResourceType, type),
            [
                .. parameter.Parts.Select(part => new PartRule(
                    part.Parameter,
                    Compile(part.Expression, type, type)
                )),
            ]
        );

    private static ValuePath[] Compile(string expression, string root, string type) =>
        [
            .. ValuePath
                .Split(expression, '|')
                .Select(arm =>
                    ValuePath.TryCompile(arm, root, out var path)
                        ? path with
                        {
                            RootSlot =
                                path.FromResource
                                && path.Steps is [{ Kind: StepKind.Child } first, ..]
                                    ? TypeTable.Get(type)!.Slot(first.Name)
                                    : -1,
                        }
                        : throw new NotSupportedException(
                            $"The search expression '{expression}' cannot be compiled."
                        )
                ),
        ];
}

/// <param name="Paths">A union.</param>
/// <param name="Parts">Of a composite: paths from each element that <paramref name="Paths"/> finds.</param>
internal sealed record ParameterRule(
    SearchParameterInfo Parameter,
    ValuePath[] Paths,
    PartRule[] Parts
);

internal sealed record PartRule(SearchParameterInfo Parameter, ValuePath[] Paths);
