using System.Collections;
using SharedKernel.Contracts;

namespace Health.Fhir.Terminology.Diseases;

/// <summary>
/// Words of all names, sorted, each with the codes that have it. A typed word finds every word that begins so by two binary
/// searches; what all typed words have in common is ranked. Even the broadest of 12,000 names takes a few milliseconds.
/// </summary>
internal sealed class Icd10Search
{
    private const char Separator = ' ';

    private readonly IReadOnlyList<Icd10Code> codes;
    private readonly string[] bare;
    private readonly string[] written;
    private readonly string[] vietnamese;
    private readonly string[] english;
    private readonly string[] words;
    private readonly int[][] codesOfWord;

    public Icd10Search(IReadOnlyList<Icd10Code> codes)
    {
        this.codes = codes;
        bare =
        [
            .. codes.Select(code =>
                code.Code.Replace(".", "", StringComparison.Ordinal).ToLowerInvariant()
            ),
        ];
        written = [.. codes.Select(code => code.Vietnamese.Normalize().ToLowerInvariant())];
        vietnamese = [.. codes.Select(code => Plain(code.Vietnamese))];
        english = [.. codes.Select(code => Plain(code.English))];
        var postings = new SortedDictionary<string, List<int>>(StringComparer.Ordinal);
        for (var i = 0; i < codes.Count; i++)
        {
            foreach (
                var word in Words(vietnamese[i])
                    .Concat(Words(english[i]))
                    .Append(bare[i])
                    .Distinct()
            )
            {
                if (!postings.TryGetValue(word, out var list))
                {
                    postings[word] = list = [];
                }
                list.Add(i);
            }
        }
        words = [.. postings.Keys];
        codesOfWord = [.. postings.Values.Select(list => list.ToArray())];
    }

    public IReadOnlyList<Icd10Code> Find(string text, int limit)
    {
        var typed = text.Trim().Normalize().ToLowerInvariant();
        var query = Plain(typed);
        var translated = Icd10Words.Translate(query);
        var found = Matches(query);
        if (translated is not null)
        {
            found = found.Or(Matches(translated));
        }
        var best = new PriorityQueue<int, (int Score, int Order)>();
        for (var i = 0; i < codes.Count; i++)
        {
            if (!found[i])
            {
                continue;
            }
            // The worst of the best is first out; of equal ones the later code.
            var rank = (Score(i, query, translated, typed), -i);
            if (best.Count < limit)
            {
                best.Enqueue(i, rank);
            }
            else
            {
                best.EnqueueDequeue(i, rank);
            }
        }
        var hits = new Icd10Code[best.Count];
        for (var at = hits.Length - 1; at >= 0; at--)
        {
            hits[at] = codes[best.Dequeue()];
        }
        return hits;
    }

    private BitArray Matches(string query)
    {
        BitArray? common = null;
        foreach (var word in Words(query))
        {
            common = common is null ? BeginningWith(word) : common.And(BeginningWith(word));
        }
        return common ?? new BitArray(codes.Count);
    }

    private BitArray BeginningWith(string prefix)
    {
        var having = new BitArray(codes.Count);
        var at = Array.BinarySearch(words, prefix, StringComparer.Ordinal);
        for (
            at = at < 0 ? ~at : at;
            at < words.Length && words[at].StartsWith(prefix, StringComparison.Ordinal);
            at++
        )
        {
            foreach (var code in codesOfWord[at])
            {
                having.Set(code, true);
            }
        }
        return having;
    }

    /// <summary>Code before name, whole name before its beginning before scattered words, written accents before plain, short before long.</summary>
    private int Score(int i, string query, string? translated, string typed)
    {
        var score =
            bare[i] == query ? 10_000
            : bare[i].StartsWith(query, StringComparison.Ordinal) ? 5_000
            : 0;
        score += Math.Max(
            NameScore(vietnamese[i], query) + 50,
            Math.Max(
                NameScore(english[i], query),
                translated is null ? 0 : NameScore(vietnamese[i], translated) + 250
            )
        );
        // Who writes the marks means them: "sởi" is measles, "sỏi" a stone.
        if (typed != query && written[i].Contains(typed, StringComparison.Ordinal))
        {
            score += 1_500;
        }
        return score - Math.Min(vietnamese[i].Length, 150);
    }

    private static int NameScore(string name, string query)
    {
        var at = name.IndexOf(query, StringComparison.Ordinal);
        if (at < 0)
        {
            return 0;
        }
        if (name.Length == query.Length)
        {
            return 2_000;
        }
        var wholeWords =
            (at == 0 || name[at - 1] == Separator)
            && (at + query.Length == name.Length || name[at + query.Length] == Separator);
        return at == 0 ? 1_000
            : wholeWords ? 800
            : 500;
    }

    /// <summary>Lower case without diacritics, everything but letters and digits a single space; the dot of a code disappears.</summary>
    internal static string Plain(string text)
    {
        var plain = text.WithoutDiacritics();
        var letters = new System.Text.StringBuilder(plain.Length);
        foreach (var letter in plain)
        {
            if (char.IsLetterOrDigit(letter))
            {
                letters.Append(letter);
            }
            else if (letter != '.' && letters.Length > 0 && letters[^1] != Separator)
            {
                letters.Append(Separator);
            }
        }
        return letters.ToString().TrimEnd();
    }

    private static string[] Words(string plain) =>
        plain.Split(Separator, StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>Abbreviations and everyday words that the list itself does not use.</summary>
internal static class Icd10Words
{
    private static readonly (string Word, string Official)[] LongestFirst =
    [
        .. Icd10
            .Lines("icd10-words.tsv")
            .Select(fields => (Icd10Search.Plain(fields[0]), Icd10Search.Plain(fields[1])))
            .OrderByDescending(word => word.Item1.Length),
    ];

    /// <summary>The query with its everyday words replaced, longest first; null when there are none.</summary>
    public static string? Translate(string query)
    {
        var (left, official) = ($" {query} ", "");
        foreach (var (word, meant) in LongestFirst)
        {
            if (left.Contains($" {word} ", StringComparison.Ordinal))
            {
                left = left.Replace($" {word} ", " ", StringComparison.Ordinal);
                official += $"{meant} ";
            }
        }
        return official.Length == 0 ? null : $"{official}{left.Trim()}".TrimEnd();
    }
}
