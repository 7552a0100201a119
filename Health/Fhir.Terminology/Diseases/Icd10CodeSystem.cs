using Health.Fhir.Terminology.Codes;
using SharedKernel.Contracts;

namespace Health.Fhir.Terminology.Diseases;

/// <summary>
/// The national ICD-10 list as a FHIR code system: chapters (<c>IX</c>) over blocks (<c>I10-I15</c>) over categories over codes. The
/// displays are Vietnamese, English names are designations; dagger, asterisk and the marks of annexes A2–A4 are properties.
/// </summary>
public static class Icd10CodeSystem
{
    public const string Url = "http://hl7.org/fhir/sid/icd-10";

    /// <summary>Codes that only the grouping annexes have carry the name of the code above them, and property <c>unnamed</c>.</summary>
    public static ConceptTable Of(Icd10 list)
    {
        var concepts = new List<Concept>();
        var byCode = new Dictionary<string, Concept>();
        foreach (var chapter in list.Chapters)
        {
            Add(Group(chapter.Number, chapter.Vietnamese, chapter.English, "chapter"));
            var blocks = Icd10
                .Lines("icd10-2020-blocks.tsv")
                .Select(fields => (Range: fields[0], Vietnamese: fields[1], English: fields[2]))
                .Where(block => list.ChapterOf(block.Range[..3]) == chapter)
                // The wider before the narrower within it.
                .OrderBy(block => block.Range[..3], StringComparer.Ordinal)
                .ThenByDescending(block => block.Range[4..], StringComparer.Ordinal)
                .ToList();
            foreach (var block in blocks)
            {
                var above = blocks.LastOrDefault(other =>
                    other.Range != block.Range && Within(other.Range, block.Range)
                );
                Add(Group(block.Range, block.Vietnamese, block.English, "block"))
                    .Under(byCode[above.Range ?? chapter.Number]);
            }
            foreach (var code in list.Codes.Where(code => code.Chapter == chapter.Number))
            {
                var concept = Add(Named(code));
                var above =
                    code.Code.Length == 3
                        ? blocks
                            .LastOrDefault(block => Within(block.Range, $"{code.Code}-{code.Code}"))
                            .Range
                            ?? chapter.Number
                        : AboveOf(code.Code, byCode);
                concept.Under(byCode[above]);
            }
        }
        foreach (
            var fields in Icd10
                .Lines("icd10-2020-finer.tsv")
                .Where(fields => !byCode.ContainsKey(fields[0]))
        )
        {
            var above = byCode[AboveOf(fields[0], byCode)];
            Add(
                    new(fields[0], above.Display)
                    {
                        Designations = above.Designations,
                        Properties =
                        [
                            new("kind", "code", "code"),
                            new("unnamed", "boolean", "true"),
                        ],
                    }
                )
                .Under(above);
        }
        return new(Url, caseSensitive: true, concepts)
        {
            Version = "VN-2020",
            Name = "Icd10VietNam",
            Title = list.Source,
            Language = "vi",
        };

        Concept Add(Concept concept)
        {
            concepts.Add(concept);
            byCode.Add(concept.Code, concept);
            return concept;
        }
    }

    private static Concept Group(string code, string vietnamese, string english, string kind) =>
        new(code, vietnamese)
        {
            Designations = English(english),
            Properties = [new("kind", "code", kind)],
            IsAbstract = true,
        };

    private static Concept Named(Icd10Code code)
    {
        var properties = new List<ConceptProperty>
        {
            new("kind", "code", code.Code.Length == 3 ? "category" : "code"),
            new("chapter", "code", code.Chapter),
        };
        if (code.IsAsterisk)
        {
            properties.Add(new("asterisk", "boolean", "true"));
        }
        properties.AddRange(
            code.Daggers.Select(dagger => new ConceptProperty("dagger", "code", dagger))
        );
        if (code.NotPrimary)
        {
            properties.Add(new("notPrimary", "boolean", "true"));
        }
        if (code.OnlySex is { } sex)
        {
            properties.Add(new("sex", "code", sex is Sex.Female ? "female" : "male"));
        }
        properties.AddRange(
            code.AgeBands.Select(band => new ConceptProperty("ageAnnex", "string", $"A3.{band}"))
        );
        return new(code.Code, code.Vietnamese)
        {
            Designations = English(code.English),
            Properties = properties,
        };
    }

    private static Designation[] English(string name) =>
        name.Length == 0 ? [] : [new("en", "display", name)];

    /// <summary>The code one character shorter, or else the category.</summary>
    private static string AboveOf(string code, Dictionary<string, Concept> known) =>
        code.Length > 5 && known.ContainsKey(code[..^1]) ? code[..^1] : code[..3];

    private static bool Within(string wide, string narrow) =>
        string.CompareOrdinal(wide, 0, narrow, 0, 3) <= 0
        && string.CompareOrdinal(narrow, 4, wide, 4, 3) <= 0;
}
