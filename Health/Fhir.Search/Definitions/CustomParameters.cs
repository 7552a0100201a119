using System.Collections.Concurrent;
using Health.Fhir.Search.Reading;

namespace Health.Fhir.Search.Definitions;

/// <summary>The search parameters that hold beside R4's own at one time. Never changes: a new generation takes its place.</summary>
internal sealed class CustomParameters(
    long generation,
    IReadOnlyList<SearchParameterInfo> parameters
)
{
    public static readonly CustomParameters None = new(0, []);

    private readonly ILookup<string, SearchParameterInfo> byType = parameters.ToLookup(parameter =>
        parameter.ResourceType
    );
    private readonly ConcurrentDictionary<string, IReadOnlyList<SearchParameterInfo>> ofType =
        new();
    private readonly ConcurrentDictionary<string, TypeRules> rules = new();

    public long Generation => generation;

    public IReadOnlyList<SearchParameterInfo> All => parameters;

    public IReadOnlyList<SearchParameterInfo> Of(string type) =>
        parameters.Count == 0 ? [] : ofType.GetOrAdd(type, type => [.. byType[type]]);

    public SearchParameterInfo? Find(string type, string code) =>
        parameters.Count == 0
            ? null
            : byType[type].FirstOrDefault(parameter => parameter.Code == code);

    public TypeRules RulesOf(FhirModel model, string type) =>
        rules.GetOrAdd(type, type => TypeRules.Compile(model, type));
}
