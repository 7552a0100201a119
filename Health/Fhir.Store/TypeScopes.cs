using Health.Fhir.Search.Definitions;
using SharedKernel.Contracts;

namespace Health.Fhir.Store;

/// <summary>
/// What the SMART scopes of a token leave of each resource type when it reads: all of it, nothing, or what meets one of the search
/// conditions of its scopes, such as <c>patient/Observation.rs?category=laboratory</c>
/// (https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html#finer-grained-resource-constraints-using-search-parameters).
/// </summary>
public sealed class TypeScopes
{
    private const string AnyType = "*";

    private TypeScopes(
        IReadOnlySet<string> whole,
        IReadOnlyDictionary<string, IReadOnlyList<string>> conditions
    ) => (Whole, Conditions) = (whole, conditions);

    /// <summary>Types that are seen without a condition.</summary>
    public IReadOnlySet<string> Whole { get; }

    /// <summary>Of the other types that are seen at all: searches, one of which a resource must match.</summary>
    public IReadOnlyDictionary<string, IReadOnlyList<string>> Conditions { get; }

    /// <summary>
    /// Null when nothing is narrowed: a session without scopes, or a token for every type. Of the types that
    /// <see cref="Caller.Scopes"/> is about these scopes decide; of the others, which an answer may bring along, the whole token's.
    /// </summary>
    public static TypeScopes? Of(Caller caller)
    {
        if (
            caller.Scopes is not { } asked
            || asked.Any(scope => scope.StartsWith("records/", StringComparison.Ordinal))
        )
        {
            return null;
        }
        var all = caller.TokenScopes ?? asked;
        // Those that were picked for one interaction allow it, whichever letter it has.
        var leading = Parsed(asked)
            .Where(scope => !asked.SetEquals(all) || IsForReading(scope))
            .ToList();
        // What is for one patient's record does not open everybody's.
        var isOwn = leading.All(scope => scope.Context == "patient");
        var others = Parsed(all)
            .Where(scope => IsForReading(scope) && (isOwn || scope.Context != "patient"))
            .ToList();
        var whole = new HashSet<string>();
        var conditions = new Dictionary<string, IReadOnlyList<string>>();
        foreach (var type in FhirModel.R4.ResourceTypes)
        {
            var granting = leading.FindAll(scope => IsFor(scope, type));
            if (granting.Count == 0)
            {
                granting = others.FindAll(scope => IsFor(scope, type));
            }
            if (granting.Any(scope => scope.Query is null))
            {
                whole.Add(type);
            }
            else if (granting.Count > 0)
            {
                conditions[type] = [.. granting.Select(scope => scope.Query!)];
            }
        }
        return whole.Count == FhirModel.R4.ResourceTypes.Count
            ? null
            : new TypeScopes(whole, conditions);
    }

    private static bool IsFor(SmartScope scope, string type) =>
        scope.Resource == AnyType || scope.Resource == type;

    private static bool IsForReading(SmartScope scope) =>
        scope.Interactions.Contains('r') || scope.Interactions.Contains('s');

    private static IEnumerable<SmartScope> Parsed(IEnumerable<string> scopes)
    {
        foreach (var scope in scopes)
        {
            if (SmartScope.TryParse(scope, null, out var smart))
            {
                yield return smart;
            }
        }
    }
}
