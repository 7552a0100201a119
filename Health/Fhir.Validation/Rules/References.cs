using Health.Fhir.Validation.Content;
using Health.Fhir.Validation.Definitions;

namespace Health.Fhir.Validation.Rules;

/// <summary>Where a reference leads, as far as the text itself tells (https://hl7.org/fhir/R4/references.html).</summary>
internal static class References
{
    /// <summary>Type of the target; null when it cannot be told.</summary>
    public static string? TypeOf(Element reference)
    {
        if (Resolve(reference) is { } target)
        {
            return target.ResourceType;
        }
        if (reference.Child("reference")?.Text is { } text)
        {
            var question = text.IndexOf('?');
            var parts = (question < 0 ? text : text[..question]).Split('/');
            var history = Array.IndexOf(parts, "_history");
            var end = history < 0 ? parts.Length : history;
            var type = question < 0 ? (end >= 2 ? parts[end - 2] : null) : parts[^1];
            if (
                type is { Length: > 0 }
                && Structures.OfType(type) is { IsProfile: false } known
                && IsResource(known)
            )
            {
                return type;
            }
        }
        return reference.Child("type")?.Text is { } named
            ? named[(named.LastIndexOf('/') + 1)..]
            : null;
    }

    /// <summary>The resource within the same text: contained, or an entry of the same bundle. Null when it is elsewhere.</summary>
    public static Element? Resolve(Element reference)
    {
        var text = reference.Child("reference")?.Text;
        if (text is not { Length: > 0 })
        {
            return null;
        }
        if (text[0] == '#')
        {
            for (
                var resource = reference.Resource;
                resource is not null;
                resource = resource.Parent?.Resource
            )
            {
                if (text.Length == 1)
                {
                    return resource;
                }
                var contained = resource.Children.Find(child =>
                    child.Name == "contained" && child.Child("id")?.Text == text[1..]
                );
                if (contained is not null)
                {
                    return contained;
                }
            }
            return null;
        }
        return reference
            .Root.Children.Where(entry =>
                entry.Name == "entry"
                && entry.Child("fullUrl")?.Text is { } fullUrl
                && (fullUrl == text || fullUrl.EndsWith("/" + text, StringComparison.Ordinal))
            )
            .Select(entry => entry.Child("resource"))
            .FirstOrDefault(resource => resource is not null);
    }

    private static bool IsResource(Structure structure) =>
        structure.Base is { } above
        && (
            above.EndsWith("/DomainResource", StringComparison.Ordinal)
            || above.EndsWith("/Resource", StringComparison.Ordinal)
        );
}
