// Makes the icd10-2020*.tsv files from the ministry's workbook:
//   dotnet run make-icd10.cs -- <icd10-vn-2020.xlsx>
// An xlsx is a zip of XML; reading it needs no package.
using System.IO.Compression;
using System.Text.RegularExpressions;
using System.Xml.Linq;

var (zip, main) = (
    ZipFile.OpenRead(args[0]),
    XNamespace.Get("http://schemas.openxmlformats.org/spreadsheetml/2006/main")
);
var strings = Xml("xl/sharedStrings.xml").Root!.Elements(main + "si").Select(Text).ToArray();
var targets = Xml("xl/_rels/workbook.xml.rels")
    .Root!.Elements()
    .ToDictionary(rel => (string)rel.Attribute("Id")!, rel => (string)rel.Attribute("Target")!);
var sheets = Xml("xl/workbook.xml")
    .Descendants(main + "sheet")
    .ToDictionary(
        sheet => ((string)sheet.Attribute("name")!).Trim(),
        sheet =>
            targets[
                (string)
                    sheet
                        .Attributes()
                        .Single(attribute =>
                            attribute.Name.LocalName == "id"
                            && attribute.Name.NamespaceName.Length > 0
                        )!
            ]
    );

// Code without dot and marks -> names. The dagger and asterisk of the dotted column are left out: the pairs say more.
var list = new SortedDictionary<string, (string Vietnamese, string English)>(
    StringComparer.Ordinal
);
var chapters = new Dictionary<string, string>();
foreach (var row in Rows("ICD10").Skip(3))
{
    chapters.TryAdd(
        $"@{row["A"]}\t{row["B"]}\t{row["D"]}\t{row.GetValueOrDefault("C", "")}",
        row["A"]
    );
    if (row.TryGetValue("T", out var name))
    {
        list.TryAdd(row["R"], (name, row.GetValueOrDefault("S", "")));
    }
}

// The sheet gives I10 the English name of the line before it.
list["I10"] = (list["I10"].Vietnamese, "Essential (primary) hypertension");

// Marks: P not as primary (A2), F and M one sex only (A4), then the age bands by the number of their annex (A3.x).
var marks = list.Keys.ToDictionary(code => code, _ => new List<string>());
Mark("A2", "P");
Mark("A4.1", "F");
Mark("A4.2", "M");
foreach (var sheet in sheets.Keys.Where(name => name.StartsWith("A3", StringComparison.Ordinal)))
{
    Mark(sheet, null);
}

// The annexes name the finest codes; a category has what all its codes have.
foreach (var category in list.Keys.Where(code => code.Length == 3))
{
    var inside = list
        .Keys.Where(code => code.Length > 3 && code.StartsWith(category, StringComparison.Ordinal))
        .ToList();
    if (inside.Count > 0)
    {
        marks[category] = marks[category]
            .Union(
                inside
                    .Select(code => marks[code].AsEnumerable())
                    .Aggregate((all, next) => all.Intersect(next))
            )
            .ToList();
    }
}

var pairs = Rows("A1")
    .Skip(3)
    .Where(row => row.ContainsKey("A") && row.ContainsKey("C"))
    .Select(row => (Dagger: row["A"], Asterisk: row["C"]))
    .Where(pair => list.ContainsKey(pair.Dagger) && list.ContainsKey(pair.Asterisk))
    .Distinct()
    .OrderBy(pair => pair.Asterisk, StringComparer.Ordinal)
    .ThenBy(pair => pair.Dagger, StringComparer.Ordinal)
    .ToList();

File.WriteAllLines(
    "icd10-2020.tsv",
    chapters.Keys.Concat(
        list.Select(entry =>
            $"{Dotted(entry.Key)}\t{entry.Value.Vietnamese}\t{entry.Value.English}\t{string.Join(' ', marks[entry.Key])}"
        )
    )
);
File.WriteAllLines(
    "icd10-2020-pairs.tsv",
    pairs.Select(pair => $"{Dotted(pair.Dagger)}\t{Dotted(pair.Asterisk)}")
);

// Blocks (A00-A09), widest first, as the three columns of groups name them.
var blocks = new Dictionary<string, (string Vietnamese, string English)>();
foreach (var row in Rows("ICD10").Skip(3))
{
    foreach (
        var (range, english, vietnamese) in new[]
        {
            ("E", "F", "G"),
            ("H", "I", "J"),
            ("K", "L", "M"),
        }
    )
    {
        if (row.TryGetValue(range, out var block) && row.TryGetValue(vietnamese, out var name))
        {
            blocks.TryAdd(block, (name, row.GetValueOrDefault(english, "")));
        }
    }
}
File.WriteAllLines(
    "icd10-2020-blocks.tsv",
    blocks
        .OrderBy(block => block.Key, StringComparer.Ordinal)
        .Select(block => $"{block.Key}\t{block.Value.Vietnamese}\t{block.Value.English}")
);

// Codes of the grouping annexes (E, E1) that the list lacks and whose parent it has. The workbook has no names for them.
var finer = new SortedSet<string>(StringComparer.Ordinal);
foreach (var sheet in (string[])["E -", "E1 -"])
{
    var rows = Rows(sheets.Keys.First(name => name.StartsWith(sheet, StringComparison.Ordinal)));
    finer.UnionWith(
        rows.Skip(3)
            .Where(row => row.ContainsKey("A"))
            .Select(row => row["A"])
            .Where(code =>
                !list.ContainsKey(code)
                && (
                    list.ContainsKey(code[..3])
                    || list.ContainsKey(code[..Math.Min(4, code.Length)])
                )
            )
    );
}
File.WriteAllLines("icd10-2020-finer.tsv", finer.Select(Dotted));
Console.WriteLine($"{blocks.Count} blocks, {finer.Count} finer codes");
Console.WriteLine(
    $"{list.Count} codes, {chapters.Count} chapters, {pairs.Count} dagger/asterisk pairs, {marks.Values.Sum(mark => mark.Count)} marks"
);

void Mark(string sheet, string? mark)
{
    foreach (
        var row in Rows(
            sheets.Keys.First(name =>
                name == sheet || name.StartsWith(sheet + " ", StringComparison.Ordinal)
            )
        )
    )
    {
        if (!row.TryGetValue("A", out var code))
        {
            continue;
        }
        // One sheet may hold several annexes, each under its own title.
        if (Regex.Match(code, @"^Phụ lục A3\.(\d+)") is { Success: true } title)
        {
            mark = title.Groups[1].Value;
        }
        else if (marks.TryGetValue(code, out var known) && !known.Contains(mark!))
        {
            known.Add(mark!);
        }
    }
}

IEnumerable<Dictionary<string, string>> Rows(string sheet) =>
    from row in Xml("xl/" + sheets[sheet]).Descendants(main + "row")
    select (
        from cell in row.Elements(main + "c")
        let value = (string?)cell.Attribute("t") == "s"
            ? strings[(int)cell.Element(main + "v")!]
            : Text(cell)
        let clean = Regex.Replace(value, @"\s+", " ").Trim()
        where clean.Length > 0
        select (Column: ((string)cell.Attribute("r")!).TrimEnd([.. "0123456789"]), clean)
    ).ToDictionary(cell => cell.Column, cell => cell.clean);

XDocument Xml(string path)
{
    using var part = zip.GetEntry(path)!.Open();
    return XDocument.Load(part);
}
string Text(XElement element) =>
    string.Concat(
        element
            .DescendantsAndSelf()
            .Where(part => part.Name == main + "t" || part.Name == main + "v")
            .Select(part => part.Value)
    );
static string Dotted(string code) => code.Length > 3 ? $"{code[..3]}.{code[3..]}" : code;
