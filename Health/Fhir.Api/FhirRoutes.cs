namespace Health.Fhir.Api;

/// <summary>Every route of the interface, for what is not routed by HTTP: entries of bundles, 405, the capability statement.</summary>
public sealed class FhirRoutes(IEnumerable<RoutedInteraction> all)
{
    public IReadOnlyList<RoutedInteraction> All { get; } = [.. all];

    /// <summary>Null when no route takes this method at this path. Literal segments go before placeholders, as in HTTP.</summary>
    public (RoutedInteraction Routed, IReadOnlyDictionary<string, string> Values)? Match(
        string method,
        string[] path
    )
    {
        var wanted = method == "HEAD" ? "GET" : method;
        return All.Where(routed => routed.Route.Method == wanted)
            .Select(routed => (Routed: routed, Values: routed.Route.Match(path)))
            .Where(match => match.Values is not null)
            .OrderBy(match => match.Routed.Route.Placeholders)
            .Select(match =>
                ((RoutedInteraction, IReadOnlyDictionary<string, string>)?)
                    (match.Routed, match.Values!)
            )
            .FirstOrDefault();
    }

    public IReadOnlyList<string> MethodsOf(string[] path)
    {
        var methods = All.Where(routed => routed.Route.Match(path) is not null)
            .Select(routed => routed.Route.Method)
            .Distinct()
            .ToList();
        if (methods.Contains("GET"))
        {
            methods.Add("HEAD");
        }
        if (methods.Count > 0)
        {
            methods.Add("OPTIONS");
        }
        return methods;
    }
}
