using System.Text.RegularExpressions;

namespace Health.Fhir.Terminology.Codes;

/// <summary>
/// One <c>ValueSet.compose.include.filter</c> (https://hl7.org/fhir/R4/valueset-filter-operator.html).
/// </summary>
public sealed class ConceptFilter
{
    private static readonly TimeSpan Longest = TimeSpan.FromMilliseconds(200);

    private readonly Func<Concept, ConceptTable, bool> holds;

    private ConceptFilter(Func<Concept, ConceptTable, bool> holds) => this.holds = holds;

    public bool Holds(Concept concept, ConceptTable of) => holds(concept, of);

    /// <exception cref="TerminologyRefusal">An operator, a property or an expression that is not understood.</exception>
    public static ConceptFilter Parse(string property, string op, string value) =>
        (property, op) switch
        {
            (_, "is-a") => Of((concept, of) => IsA(concept, of, value)),
            (_, "descendent-of") => Of(
                (concept, of) => of.Find(value) is { } root && CodeSystem.IsUnder(concept, root)
            ),
            (_, "is-not-a") => Of((concept, of) => !IsA(concept, of, value)),
            (_, "generalizes") => Of(
                (concept, of) =>
                    of.Find(value) is { } leaf
                    && (leaf == concept || CodeSystem.IsUnder(leaf, concept))
            ),
            (_, "=") => Of((concept, _) => Values(concept, property).Contains(value)),
            (_, "in") => In(property, value, true),
            (_, "not-in") => In(property, value, false),
            (_, "exists") => Of(
                (concept, _) => Values(concept, property).Any() == (value is "true")
            ),
            (_, "regex") => Matching(property, value),
            _ => throw new TerminologyRefusal(
                "not-supported",
                $"The filter operator '{op}' on '{property}' is not one of R4: =, is-a, descendent-of, is-not-a, regex, in, not-in, generalizes, exists."
            ),
        };

    private static ConceptFilter Of(Func<Concept, ConceptTable, bool> holds) => new(holds);

    private static bool IsA(Concept concept, ConceptTable of, string value) =>
        of.Find(value) is { } root && (concept == root || CodeSystem.IsUnder(concept, root));

    private static ConceptFilter In(string property, string values, bool inside)
    {
        var set = values.Split(',', StringSplitOptions.TrimEntries).ToHashSet();
        return Of((concept, _) => Values(concept, property).Any(set.Contains) == inside);
    }

    private static ConceptFilter Matching(string property, string pattern)
    {
        Regex regex;
        try
        {
            // Linear time whatever the pattern: it comes from outside. R4's regex matches the whole value.
            regex = new($"^(?:{pattern})$", RegexOptions.NonBacktracking, Longest);
        }
        catch (Exception wrong) when (wrong is ArgumentException or NotSupportedException)
        {
            throw new TerminologyRefusal(
                "invalid",
                $"The filter's regex '{pattern}': {wrong.Message}"
            );
        }
        return Of((concept, _) => Values(concept, property).Any(regex.IsMatch));
    }

    /// <summary>Values of a property, those that the concept's place gives included.</summary>
    private static IEnumerable<string> Values(Concept concept, string property) =>
        property switch
        {
            "code" or "concept" => [concept.Code],
            "display" => concept.Display is { } display ? [display] : [],
            "definition" => concept.Definition is { } definition ? [definition] : [],
            "parent" => concept.Parents.Select(parent => parent.Code),
            "child" => concept.Children.Select(child => child.Code),
            "inactive" => [concept.IsInactive ? "true" : "false"],
            "notSelectable" => [concept.IsAbstract ? "true" : "false"],
            _ => concept.Properties.Where(each => each.Code == property).Select(each => each.Value),
        };
}
