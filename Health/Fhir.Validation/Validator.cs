using System.Text.Json;
using Health.Fhir.Terminology;
using Health.Fhir.Validation.Content;
using Health.Fhir.Validation.Definitions;
using Health.Fhir.Validation.Rules;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;

namespace Health.Fhir.Validation;

/// <summary>
/// Validates a resource against R4 and profiles: structure, cardinality, types, fixed and pattern values, bindings, invariants,
/// slices, extensions, the types that references lead to (https://hl7.org/fhir/R4/validation.html). One instance for one request.
/// </summary>
/// <param name="source">Where stored profiles come from; null for the packaged ones only.</param>
public sealed class Validator(TerminologyService terminology, ICanonicalSource? source = null)
{
    private static readonly BaseFhirJsonDeserializer Lenient = new FhirJsonDeserializer(
        new DeserializerSettings().UsingMode(DeserializationMode.Ostrich)
    );

    /// <param name="utf8">JSON of a resource.</param>
    /// <param name="profiles">Canonicals of profiles that it must conform to besides those it claims in <c>meta.profile</c>.</param>
    /// <returns>What there is to say, in the order of the text; no error means that it is valid.</returns>
    public async Task<IReadOnlyList<Finding>> Validate(
        ReadOnlyMemory<byte> utf8,
        IReadOnlyList<string> profiles,
        CancellationToken cancel
    )
    {
        Element root;
        try
        {
            root = ElementReader.Read(utf8);
        }
        catch (JsonException broken)
        {
            return
            [
                new(
                    FindingSeverity.Error,
                    "structure",
                    $"This is not JSON: {broken.Message}",
                    "",
                    (int)(broken.LineNumber ?? 0) + 1,
                    (int)(broken.BytePositionInLine ?? 0) + 1
                ),
            ];
        }
        var structures = new Structures(source);
        var claims = Claims(root).ToList();
        await structures.Load(
            [
                .. profiles,
                .. claims.Select(claim => claim.Canonical),
                .. ExtensionUrls(root).Distinct(),
            ],
            cancel
        );
        var report = new Report();
        var bindings = new Bindings();
        var walker = new Walker(structures, new Invariants(Model(utf8)), bindings);
        walker.Resource(root, report);
        foreach (var (element, canonical, at) in claims)
        {
            Conform(element, canonical, at, structures, walker, report);
        }
        foreach (var canonical in profiles)
        {
            Conform(root, canonical, root, structures, walker, report);
        }
        await bindings.Check(terminology, report, cancel);
        return [.. report.Findings.OrderBy(finding => (finding.Line, finding.Column))];
    }

    private static void Conform(
        Element element,
        string canonical,
        Element at,
        Structures structures,
        Walker walker,
        Report report
    )
    {
        if (structures.Find(canonical) is { } profile)
        {
            walker.Profile(element, profile, report);
        }
        else
        {
            report.Warning(
                at,
                "not-found",
                $"The profile {canonical} is not here; the resource was not held against it. Store it as a StructureDefinition."
            );
        }
    }

    /// <summary>What each resource in the text says that it conforms to.</summary>
    private static IEnumerable<(Element Of, string Canonical, Element At)> Claims(Element element)
    {
        if (element.ResourceType is not null && element.Child("meta") is { } meta)
        {
            foreach (
                var profile in meta.Children.Where(child =>
                    child is { Name: "profile", Text: not null }
                )
            )
            {
                yield return (element, profile.Text!, profile);
            }
        }
        foreach (var claim in element.Children.SelectMany(Claims))
        {
            yield return claim;
        }
    }

    private static IEnumerable<string> ExtensionUrls(Element element)
    {
        if (
            element.Name is "extension" or "modifierExtension"
            && element.Child("url")?.Text is { } url
            && url.Contains(':')
        )
        {
            yield return url;
        }
        foreach (var below in element.Children.SelectMany(ExtensionUrls))
        {
            yield return below;
        }
    }

    /// <summary>For the invariants; null when nothing of it can be read.</summary>
    private static Resource? Model(ReadOnlyMemory<byte> utf8)
    {
        var reader = new Utf8JsonReader(utf8.Span, new JsonReaderOptions { MaxDepth = 128 });
        try
        {
            Lenient.TryDeserializeResource(ref reader, out var resource, out _);
            return resource;
        }
        catch (Exception broken)
            when (broken
                    is JsonException
                        or FormatException
                        or InvalidOperationException
                        or NotSupportedException
                        or DeserializationFailedException
                        // Firely's, on a property whose name is empty; the structure's check says so.
                        or IndexOutOfRangeException
            )
        {
            return null;
        }
    }
}
