using System.Buffers;
using System.Text;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Values;

namespace Health.Fhir.Search.Reading;

/// <summary>What the text of a reference points to: https://hl7.org/fhir/R4/references.html#literal.</summary>
public readonly record struct ReferenceText(
    ReferenceKind Kind,
    string? Type,
    string? Id,
    string? Version,
    string? Url
)
{
    /// <param name="baseUrls">What begins with one of these is local.</param>
    public static ReferenceText Parse(string text, FhirModel model, IReadOnlyList<string> baseUrls)
    {
        if (text is ['#', .. var contained])
        {
            return new(ReferenceKind.Contained, null, contained, null, null);
        }
        var path = text;
        foreach (var baseUrl in baseUrls)
        {
            if (text.StartsWith(baseUrl, StringComparison.Ordinal))
            {
                path = text[baseUrl.Length..].TrimStart('/');
                break;
            }
        }
        var isAbsolute =
            path.Contains(':')
            && path.IndexOf(':') < (path.IndexOf('/') is >= 0 and var slash ? slash : path.Length);
        if (!isAbsolute && path.IndexOf('?') is > 0 and var query)
        {
            // Conditional: https://hl7.org/fhir/R4/http.html#trules. It points nowhere until it is resolved.
            var type = path[..query];
            return new(
                ReferenceKind.Absolute,
                model.IsResourceType(type) ? type : null,
                null,
                null,
                path
            );
        }
        var tail = Tail(path, model);
        return isAbsolute || tail.Id is null || !tail.IsWhole
            ? new(ReferenceKind.Absolute, tail.Type, tail.Id, tail.Version, text)
            : new(ReferenceKind.Local, tail.Type, tail.Id, tail.Version, null);
    }

    private static (string? Type, string? Id, string? Version, bool IsWhole) Tail(
        string path,
        FhirModel model
    )
    {
        string? version = null;
        var end = path.Length;
        if (path.IndexOf("/_history/", StringComparison.Ordinal) is > 0 and var history)
        {
            version = path[(history + 10)..];
            end = history;
        }
        var slash = path.LastIndexOf('/', end - 1);
        if (slash <= 0)
        {
            return default;
        }
        var start = path.LastIndexOf('/', slash - 1) + 1;
        var id = path[(slash + 1)..end];
        return IsId(id) && model.FindResourceType(path.AsSpan(start, slash - start)) is { } type
            ? (type, id, version, start == 0)
            : default;
    }

    public static bool IsId(string text)
    {
        Span<byte> letters = stackalloc byte[64];
        return text.Length is > 0 and <= 64
            && Ascii.FromUtf16(text, letters, out var length) == OperationStatus.Done
            && Primitives.IsId(letters[..length]);
    }
}
