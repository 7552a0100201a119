using System.Net;
using System.Text.RegularExpressions;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Values;

namespace Health.Fhir.Search.Reading;

// What no path of a search parameter says: places on the earth, and the words of a text.
internal sealed partial class Extraction
{
    /// <summary>A resource with more different words than this is found by the first of them only.</summary>
    private const int MostWords = 2_000;

    public void RunSpecial(FhirModel ofModel, FullText fullText)
    {
        model = ofModel;
        EmitPlace();
        if (fullText is FullText.None)
        {
            return;
        }
        var narrative = new HashSet<string>();
        if (
            tape.Find(1, tape[1].Type.Slot("text")) is > 0 and var text
            && tape.Find(text, tape[text].Type.Slot("div")) is > 0 and var div
        )
        {
            AddWords(narrative, div);
        }
        EmitWords("_text", narrative);
        if (fullText is FullText.Content)
        {
            for (var node = 2; node < tape.Count; node++)
            {
                if (tape[node].Type.Kind is DataKind.String or DataKind.Markdown or DataKind.Xhtml)
                {
                    AddWords(narrative, node);
                }
            }
            EmitWords("_content", narrative);
        }
    }

    private void EmitPlace()
    {
        ref var root = ref tape[1];
        if (
            root.Type.Name == "Location"
            && tape.Find(1, root.Type.Slot("position")) is > 0 and var position
            && Point(tape.Find(position, tape[position].Type.Slot("latitude"))) is { } latitude
            && Point(tape.Find(position, tape[position].Type.Slot("longitude"))) is { } longitude
            && model.Find("Location", "near") is { } near
        )
        {
            result.Places.Add(new PlaceIndex(near, SpherePoint.Of(latitude.Low, longitude.Low)));
        }
    }

    private void AddWords(HashSet<string> words, int node)
    {
        var text = tape.Text(tape[node]);
        if (tape[node].Type.Kind == DataKind.Xhtml)
        {
            text = WebUtility.HtmlDecode(Tag().Replace(text, " "));
        }
        foreach (var word in SearchText.Words(text))
        {
            if (words.Count == MostWords)
            {
                return;
            }
            words.Add(word);
        }
    }

    private void EmitWords(string code, HashSet<string> words)
    {
        var parameter = model.Find(null, code)!;
        foreach (var word in words)
        {
            result.Tokens.Add(new TokenIndex(parameter, null, word, null));
        }
    }

    [GeneratedRegex("<[^>]*>", RegexOptions.CultureInvariant)]
    private static partial Regex Tag();
}
