namespace Health.Fhir.Search.Reading;

/// <summary>The XHTML of a narrative: https://hl7.org/fhir/R4/narrative.html#xhtml.</summary>
internal static class Xhtml
{
    public static string? Refusal(ReadOnlySpan<byte> text) =>
        text.TrimStart(" \t\r\n"u8).StartsWith("<div"u8)
            ? null
            : "A narrative is one <div xmlns=\"http://www.w3.org/1999/xhtml\">.";
}
