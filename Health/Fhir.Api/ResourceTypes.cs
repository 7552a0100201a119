using System.Collections.Frozen;
using Health.Fhir.Api.Formats;
using Hl7.Fhir.Model;

namespace Health.Fhir.Api;

/// <summary>The resource types that have addresses: all of R4 (https://hl7.org/fhir/R4/resourcelist.html) but Parameters, which is never stored.</summary>
public static class ResourceTypes
{
    public static IReadOnlyList<string> All { get; } =
    [
        .. ModelInfo
            .SupportedResources.Where(name =>
                name is not ("Parameters" or "Resource" or "DomainResource")
            )
            .Order(StringComparer.Ordinal),
    ];

    private static readonly FrozenSet<string> Known = All.ToFrozenSet(StringComparer.Ordinal);

    public static bool IsKnown(string type) => Known.Contains(type);

    /// <exception cref="FhirRefusal">404 with the names that come near.</exception>
    public static void Demand(string type)
    {
        if (!IsKnown(type))
        {
            throw new FhirRefusal(404, "not-supported", Unknown(type));
        }
    }

    public static string Unknown(string type)
    {
        var near = All.Select(name => (name, distance: Distance(type, name)))
            .Where(candidate => candidate.distance <= Math.Max(2, type.Length / 3))
            .OrderBy(candidate => candidate.distance)
            .Take(3)
            .Select(candidate => candidate.name)
            .ToList();
        var shown = type.Length > 64 ? type[..64] + "…" : type;
        return near.Count > 0
            ? $"'{shown}' is not a resource type of FHIR R4. Near: {string.Join(", ", near)}."
            : $"'{shown}' is not a resource type of FHIR R4.";
    }

    /// <summary>Edit distance without regard to case; names are short, so plain Levenshtein on one row will do.</summary>
    private static int Distance(string asked, string name)
    {
        if (asked.Length > 64)
        {
            return int.MaxValue;
        }
        var row = Enumerable.Range(0, name.Length + 1).ToArray();
        for (var i = 1; i <= asked.Length; i++)
        {
            var diagonal = row[0];
            row[0] = i;
            for (var j = 1; j <= name.Length; j++)
            {
                var same =
                    char.ToLowerInvariant(asked[i - 1]) == char.ToLowerInvariant(name[j - 1]);
                var cost = Math.Min(Math.Min(row[j], row[j - 1]) + 1, diagonal + (same ? 0 : 1));
                (diagonal, row[j]) = (row[j], cost);
            }
        }
        return row[^1];
    }
}
