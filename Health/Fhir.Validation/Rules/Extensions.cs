using Health.Fhir.Validation.Content;
using Health.Fhir.Validation.Definitions;

namespace Health.Fhir.Validation.Rules;

/// <summary>Extensions by their own definitions: what is in them and where they stand (https://hl7.org/fhir/R4/extensibility.html).</summary>
internal static class Extensions
{
    public static void Check(Element extension, Structures structures, Walker walker, Report report)
    {
        // Parts of a complex extension have short names, which the definition around them judges.
        if (extension.Child("url")?.Text is not { Length: > 0 } url || !url.Contains(':'))
        {
            return;
        }
        if (structures.Find(url) is not { } definition)
        {
            if (extension.Name == "modifierExtension")
            {
                report.Warning(
                    extension,
                    "not-found",
                    $"The extension {url} is not known here, and it changes the meaning of what it stands in."
                );
            }
            else
            {
                report.Information(
                    extension,
                    "not-found",
                    $"The extension {url} is not known here; it was not checked."
                );
            }
            return;
        }
        walker.Profile(extension, definition, report);
        if (
            definition.Contexts.Count > 0
            && !definition.Contexts.Any(context => Holds(context, extension))
        )
        {
            report.Error(
                extension,
                "extension",
                $"The extension {url} may stand on {string.Join(", ", definition.Contexts.Select(context => context.Expression))}, not here."
            );
        }
    }

    private static bool Holds(ExtensionContext context, Element extension)
    {
        var owner = extension.Parent!;
        return context.Type switch
        {
            "extension" => owner.Name is "extension"
                && owner.Child("url")?.Text == context.Expression,
            // A FHIRPath may say anything; only what is plain is judged.
            "fhirpath" => true,
            _ => context.Expression is "Element"
                || context.Expression is "Resource" or "DomainResource"
                    && owner.ResourceType is not null
                || context.Expression == owner.Type
                || context.Expression is "BackboneElement" && owner.Type is "BackboneElement"
                || PathsOf(owner).Contains(context.Expression)
                || Structures.OfType(owner.Type ?? "") is { Base: { } above }
                    && above.EndsWith("/" + context.Expression, StringComparison.Ordinal),
        };
    }

    /// <summary>
    /// By every definition on the way up: <c>Patient.contact.name</c>, <c>HumanName</c>, <c>Address.line</c>; of a choice with its
    /// brackets and without.
    /// </summary>
    private static IEnumerable<string> PathsOf(Element element)
    {
        var below = "";
        for (var at = element; at is not null; at = at.Parent)
        {
            foreach (var path in new[] { at.ResourceType, at.Type, at.DefinedAs })
            {
                if (path is not null)
                {
                    yield return path + below;
                    yield return path.Replace("[x]", "", StringComparison.Ordinal) + below;
                }
            }
            if (at.ResourceType is not null)
            {
                yield break;
            }
            below = $".{at.BaseName ?? at.Name}{below}";
        }
    }
}
