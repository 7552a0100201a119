using System.Text.Json;
using Health.Fhir.Terminology.Codes;

namespace Health.Fhir.Terminology.Maps;

/// <param name="Equivalence">Of the target to the source (https://hl7.org/fhir/R4/valueset-concept-map-equivalence.html).</param>
public sealed record Translation(
    string Equivalence,
    string? System,
    string? Code,
    string? Display,
    string Map
)
{
    /// <summary>A match says something of the target other than that there is none.</summary>
    public bool IsMatch => Equivalence is not ("unmatched" or "disjoint") && Code is not null;
}

/// <summary>A ConceptMap (https://hl7.org/fhir/R4/conceptmap.html).</summary>
public sealed class ConceptMap
{
    private readonly JsonElement resource;

    public ConceptMap(JsonElement resource)
    {
        this.resource = resource;
        Url = CodeSystemReader.Text(resource, "url") ?? "";
        Version = CodeSystemReader.Text(resource, "version");
        Source = Either("source");
        Target = Either("target");
    }

    public string Url { get; }
    public string? Version { get; }

    /// <summary>Canonical of the value set that it maps from.</summary>
    public string? Source { get; }

    public string? Target { get; }

    /// <param name="reverse">From the targets back to the sources.</param>
    /// <param name="targetSystem">Only into this code system; null for any.</param>
    public IEnumerable<Translation> Translate(
        string? system,
        string code,
        bool reverse,
        string? targetSystem
    )
    {
        foreach (var group in CodeSystemReader.Each(resource, "group"))
        {
            var source = CodeSystemReader.Text(group, "source");
            var target = CodeSystemReader.Text(group, "target");
            var (from, to) = reverse ? (target, source) : (source, target);
            if (
                system is not null && from is not null && from != system
                || targetSystem is not null && to != targetSystem
            )
            {
                continue;
            }
            foreach (var found in reverse ? Back(group, to, code) : Forth(group, to, code))
            {
                yield return found;
            }
        }
    }

    private IEnumerable<Translation> Forth(JsonElement group, string? system, string code)
    {
        var elements = CodeSystemReader
            .Each(group, "element")
            .Where(element => CodeSystemReader.Text(element, "code") == code)
            .ToList();
        foreach (var element in elements)
        {
            foreach (var target in CodeSystemReader.Each(element, "target"))
            {
                yield return new(
                    CodeSystemReader.Text(target, "equivalence") ?? "equivalent",
                    system,
                    CodeSystemReader.Text(target, "code"),
                    CodeSystemReader.Text(target, "display"),
                    Url
                );
            }
        }
        if (elements.Count == 0 && group.TryGetProperty("unmapped", out var unmapped))
        {
            switch (CodeSystemReader.Text(unmapped, "mode"))
            {
                case "provided":
                    yield return new("equivalent", system, code, null, Url);
                    break;
                case "fixed":
                    yield return new(
                        "wider",
                        system,
                        CodeSystemReader.Text(unmapped, "code"),
                        CodeSystemReader.Text(unmapped, "display"),
                        Url
                    );
                    break;
            }
        }
    }

    private IEnumerable<Translation> Back(JsonElement within, string? system, string code) =>
        from element in CodeSystemReader.Each(within, "element")
        from target in CodeSystemReader.Each(element, "target")
        where CodeSystemReader.Text(target, "code") == code
        select new Translation(
            CodeSystemReader.Text(target, "equivalence") switch
            {
                "wider" => "narrower",
                "narrower" => "wider",
                "subsumes" => "specializes",
                "specializes" => "subsumes",
                null => "equivalent",
                var same => same,
            },
            system,
            CodeSystemReader.Text(element, "code"),
            CodeSystemReader.Text(element, "display"),
            Url
        );

    private string? Either(string end) =>
        CodeSystemReader.Text(resource, end + "Uri")
        ?? CodeSystemReader.Text(resource, end + "Canonical");
}
