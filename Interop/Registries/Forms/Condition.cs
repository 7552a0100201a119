using System.Text.Json;
using System.Text.Json.Serialization;
using SharedKernel.Contracts;

namespace Interop.Registries.Forms;

/// <summary>
/// Which facts a row or a column counts, as a form's definition writes it: names with the values of which one must fit; all names must
/// fit. <c>{"setting":["IMP"],"sex":["female"],"age":["&gt;=5y &lt;15y"],"icd":["A00-B99"]}</c>. Ages are in full years (<c>y</c>) or
/// days (<c>d</c>); <c>icd</c> takes categories and ranges of the principal diagnosis, <c>code</c> beginnings of any recorded one.
/// </summary>
[JsonConverter(typeof(Reader))]
public sealed class Condition
{
    private static readonly Dictionary<string, Func<Fact, string, bool>> Known = new()
    {
        ["setting"] = (fact, value) => fact.Kind == value,
        ["vaccine"] = (fact, value) => fact.Kind == value,
        ["sex"] = (fact, value) =>
            value
            == (
                fact.Sex is Sex.Male ? "male"
                : fact.Sex is Sex.Female ? "female"
                : "unknown"
            ),
        ["age"] = IsOfAge,
        ["icd"] = (fact, value) => InRange(fact.Category, value),
        ["code"] = (fact, value) =>
            fact.Codes.Any(code => code.StartsWith(value, StringComparison.OrdinalIgnoreCase)),
        ["outcome"] = (fact, value) => fact.Outcome == value,
        ["dose"] = (fact, value) => value == fact.Dose?.ToString(),
        ["bloodPressure"] = (fact, value) => fact.BloodPressure == value,
        ["measured"] = (fact, value) => fact.Measured.Contains(value),
        ["certified"] = (fact, value) => fact.Certified == (value == "yes"),
        ["ethnicity"] = (fact, value) =>
            value == "minority"
                ? fact.Ethnicity is { } group && group is not ("01" or "55" or "99")
                : fact.Ethnicity == value,
    };

    private readonly List<(string Name, string[] Values)> parts;

    private Condition(List<(string Name, string[] Values)> parts) => this.parts = parts;

    public static Condition Any { get; } = new([]);

    public bool Fits(Fact fact)
    {
        foreach (var (name, values) in parts)
        {
            var test = Known[name];
            var fits = false;
            foreach (var value in values)
            {
                fits = fits || test(fact, value);
            }
            if (!fits)
            {
                return false;
            }
        }
        return true;
    }

    /// <summary>For people who ask where a number comes from.</summary>
    public override string ToString() =>
        string.Join(
            "; ",
            parts.Select(part => $"{Title(part.Name)}: {string.Join(", ", part.Values)}")
        );

    private static string Title(string name) =>
        name switch
        {
            "setting" => "loại lượt khám",
            "sex" => "giới",
            "age" => "tuổi",
            "icd" => "chẩn đoán chính",
            "code" => "có mã",
            "outcome" => "kết quả",
            "vaccine" => "vắc xin (CVX)",
            "dose" => "mũi",
            "bloodPressure" => "huyết áp",
            "measured" => "có đo (LOINC)",
            "certified" => "có giấy báo tử",
            "ethnicity" => "dân tộc",
            _ => name,
        };

    /// <summary><c>A00</c> or <c>A00-B99</c>.</summary>
    internal static bool InRange(string? category, string range)
    {
        var ends = range.Split('-');
        return category is not null
            && string.CompareOrdinal(ends[0], category) <= 0
            && string.CompareOrdinal(category, ends[^1]) <= 0;
    }

    private static bool IsOfAge(Fact fact, string limits)
    {
        foreach (var limit in limits.Split(' '))
        {
            var (least, digits) = limit[0] == '<' ? (false, 1) : (true, 2);
            var number = int.Parse(
                limit[digits..^1],
                System.Globalization.CultureInfo.InvariantCulture
            );
            // Whoever's birth is known only to the year is of that many years, and of no number of days.
            var age =
                limit[^1] == 'd'
                    ? fact.Days ?? (fact.Years > 0 ? 365 * fact.Years : null)
                    : fact.Years;
            if (age is not { } known || known < 0 || known >= number != least)
            {
                return false;
            }
        }
        return true;
    }

    private sealed class Reader : JsonConverter<Condition>
    {
        public override Condition Read(
            ref Utf8JsonReader reader,
            Type typeToConvert,
            JsonSerializerOptions options
        )
        {
            var read = JsonSerializer.Deserialize<Dictionary<string, string[]>>(
                ref reader,
                options
            )!;
            return read.Keys.FirstOrDefault(name => !Known.ContainsKey(name)) is { } unknown
                ? throw new JsonException($"A form asks for '{unknown}', which no fact has.")
                : new([.. read.Select(part => (part.Key, part.Value))]);
        }

        public override void Write(
            Utf8JsonWriter writer,
            Condition value,
            JsonSerializerOptions options
        ) => throw new NotSupportedException("Forms are read, not written.");
    }
}
