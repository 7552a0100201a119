using System.Globalization;
using System.Text;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Reading;
using Health.Fhir.Search.Values;
using Hl7.Fhir.Model;

namespace Health.Fhir.Search.Queries;

/// <summary>One value of a query as a test, by the type of its parameter.</summary>
internal sealed class ValueParser(
    FhirModel model,
    TimeProvider clock,
    IReadOnlyList<string> baseUrls
)
{
    private static readonly string[] Prefixes =
    [
        "eq",
        "ne",
        "gt",
        "lt",
        "ge",
        "le",
        "sa",
        "eb",
        "ap",
    ];

    public SearchTest Parse(SearchParameterInfo parameter, SearchModifier modifier, string text) =>
        parameter.Type switch
        {
            SearchParamType.Date => Date(text),
            SearchParamType.Number => Number(text),
            SearchParamType.Quantity => Quantity(text),
            SearchParamType.String => String(text),
            SearchParamType.Token => Token(parameter, modifier, text),
            SearchParamType.Reference when modifier == SearchModifier.Identifier => Token(
                parameter,
                SearchModifier.None,
                text
            ),
            SearchParamType.Reference => Reference(parameter, text, null),
            SearchParamType.Uri => new UriTest(Unescape(text)),
            SearchParamType.Special => Near(text),
            _ => Composite(parameter, text),
        };

    /// <summary>https://hl7.org/fhir/R4/search.html#date and #prefix</summary>
    public DateTest Date(string text)
    {
        var (prefix, rest) = Prefix(text);
        // A + that was not escaped arrives as a space.
        if (!FhirDate.TryParse(rest.Replace(' ', '+'), out var date))
        {
            throw new WrongParameter(
                $"'{text}' is not a date: YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm[:ss][Z|+hh:mm], with one of {string.Join(" ", Prefixes)} before it if need be."
            );
        }
        var (low, high) = (date.Range.Low, date.Range.High);
        return new DateTest(
            prefix,
            date.Range,
            prefix switch
            {
                "eq" => [new(low, null, null, high)],
                "ne" => [new(null, low - 1, null, null), new(null, null, high + 1, null)],
                "gt" => [new(null, null, high + 1, null)],
                "ge" => [new(null, null, low, null)],
                "lt" => [new(null, low - 1, null, null)],
                "le" => [new(null, high, null, null)],
                "sa" => [new(high + 1, null, null, null)],
                "eb" => [new(null, null, null, low - 1)],
                _ => [Near(low, high)],
            }
        );
    }

    /// <summary>Touches what lies within a tenth of the distance from now.</summary>
    private Bounds<long> Near(long low, long high)
    {
        var now = clock.GetUtcNow().UtcTicks;
        var distance = now > high ? now - high : Math.Max(0, low - now);
        var slack = distance / 10;
        return new(null, high + slack, low - slack, null);
    }

    /// <summary>https://hl7.org/fhir/R4/search.html#number</summary>
    private static NumberTest Number(string text)
    {
        var (prefix, rest) = Prefix(text);
        if (!FhirNumber.TryParse(rest, out var number))
        {
            throw new WrongParameter(
                $"'{text}' is not a number, with one of {string.Join(" ", Prefixes)} before it if need be."
            );
        }
        var value = number.Value;
        var (low, high) = (number.Implied.Low, number.Implied.High);
        var slack = Math.Abs(value) / 10;
        return new NumberTest(
            prefix,
            number.Implied,
            prefix switch
            {
                "eq" => [new(low, null, null, high)],
                "ne" =>
                [
                    new(null, Math.BitDecrement(low), null, null),
                    new(null, null, Math.BitIncrement(high), null),
                ],
                "gt" => [new(null, null, Math.BitIncrement(value), null)],
                "ge" => [new(null, null, value, null)],
                "lt" => [new(null, Math.BitDecrement(value), null, null)],
                "le" => [new(null, value, null, null)],
                "sa" => [new(Math.BitIncrement(value), null, null, null)],
                "eb" => [new(null, null, null, Math.BitDecrement(value))],
                _ => [new(null, Math.Max(high, value + slack), Math.Min(low, value - slack), null)],
            }
        );
    }

    /// <summary><c>5.4</c>, <c>5.4|http://unitsofmeasure.org|mg</c>, <c>5.4||mg</c>: https://hl7.org/fhir/R4/search.html#quantity</summary>
    private static QuantityTest Quantity(string text)
    {
        return Split(text, '|') switch
        {
            [var number] => new(Number(number), null, null),
            [var number, var system, var code] => new(
                Number(number),
                system.Length == 0 ? null : Unescape(system),
                code.Length == 0 ? null : Unescape(code)
            ),
            _ => throw new WrongParameter(
                $"'{text}' is not a quantity: number, number|system|code or number||unit."
            ),
        };
    }

    /// <summary>https://hl7.org/fhir/R4/search.html#string</summary>
    private static StringTest String(string text)
    {
        var plain = Unescape(text);
        return new StringTest(plain, SearchText.Normalise(plain));
    }

    /// <summary><c>code</c>, <c>system|code</c>, <c>|code</c>, <c>system|</c>: https://hl7.org/fhir/R4/search.html#token</summary>
    private SearchTest Token(SearchParameterInfo parameter, SearchModifier modifier, string text)
    {
        if (modifier == SearchModifier.Text)
        {
            return new TokenTest(null, SearchText.Normalise(Unescape(text)));
        }
        var parts = Split(text, '|').ConvertAll(Unescape);
        if (modifier == SearchModifier.OfType)
        {
            return parts is [var typeSystem, { Length: > 0 } typeCode, { Length: > 0 } value]
                ? new IdentifierTypeTest(
                    typeSystem.Length == 0 ? null : typeSystem,
                    typeCode,
                    value
                )
                : throw new WrongParameter(
                    $"'{text}' is not of the form system|code|value, all three given."
                );
        }
        if (modifier is SearchModifier.In or SearchModifier.NotIn)
        {
            return new TokenTest(null, Unescape(text));
        }
        var test = parts switch
        {
            [{ Length: > 0 } code] => new TokenTest(null, code),
            ["", { Length: > 0 } code] => new TokenTest(
                // A code element never has a system of its own, so it also has none.
                model.IsOnlyCode(parameter)
                    ? null
                    : "",
                code
            ),
            [{ Length: > 0 } system, var code] => new TokenTest(
                system,
                code.Length == 0 ? null : code
            ),
            _ => throw new WrongParameter(
                $"'{text}' is not a token: code, system|code, |code or system|."
            ),
        };
        if (model.IsOnlyBoolean(parameter) && test.Code is not ("true" or "false"))
        {
            throw new WrongParameter($"'{text}' is neither true nor false.");
        }
        return test;
    }

    /// <summary><c>12</c>, <c>Patient/12</c>, an absolute url, a canonical <c>url|version</c>: https://hl7.org/fhir/R4/search.html#reference</summary>
    /// <param name="type">From a modifier such as <c>:Patient</c>; null without one.</param>
    public SearchTest Reference(SearchParameterInfo parameter, string text, string? type)
    {
        var plain = Unescape(text);
        if (ReferenceText.IsId(plain))
        {
            return new ReferenceTest(
                type is not null ? [type]
                    : parameter.Targets.Count > 0 ? parameter.Targets
                    : model.ResourceTypes,
                plain,
                null,
                null
            );
        }
        var target = ReferenceText.Parse(plain, model, baseUrls);
        if (target.Kind == ReferenceKind.Local)
        {
            return type is null || type == target.Type
                ? new ReferenceTest([target.Type!], target.Id, target.Version, null)
                : throw new WrongParameter($"'{plain}' is not a {type}.");
        }
        if (target.Kind == ReferenceKind.Contained || !plain.Contains(':'))
        {
            throw new WrongParameter($"'{plain}' is not an id, Type/id or url.");
        }
        var bar = plain.IndexOf('|');
        return bar < 0
            ? new ReferenceTest([], null, null, plain)
            : new ReferenceTest([], null, plain[(bar + 1)..], plain[..bar]);
    }

    /// <summary><c>code$value</c>: https://hl7.org/fhir/R4/search.html#composite</summary>
    private CompositeTest Composite(SearchParameterInfo parameter, string text)
    {
        var parts = Split(text, '$');
        if (parts.Count != parameter.Parts.Count)
        {
            throw new WrongParameter(
                $"'{text}' is not of the form {string.Join("$", parameter.Parts.Select(part => part.Parameter.Code))}."
            );
        }
        return new CompositeTest([
            .. parts.Zip(
                parameter.Parts,
                (value, part) => Parse(part.Parameter, SearchModifier.None, value)
            ),
        ]);
    }

    /// <summary><c>latitude|longitude|distance|unit</c>, all of Location's <c>near</c>: https://hl7.org/fhir/R4/location.html#positional-search</summary>
    private static NearTest Near(string text)
    {
        var parts = Split(text, '|');
        if (
            parts.Count is not (>= 2 and <= 4)
            || !IsWithin(parts[0], 90, out var latitude)
            || !IsWithin(parts[1], 180, out var longitude)
        )
        {
            throw new WrongParameter(
                $"'{text}' is not of the form latitude|longitude|distance|unit; degrees, and a distance in km unless a unit of length in UCUM is given."
            );
        }
        // The page leaves it to the server what is near when no distance is given.
        var distance = 10d;
        if (
            parts.Count > 2
            && !(IsWithin(parts[2], double.MaxValue, out distance) && distance >= 0)
        )
        {
            throw new WrongParameter($"'{parts[2]}' is not a distance.");
        }
        var unit = parts.Count < 4 || parts[3].Length == 0 ? "km" : Unescape(parts[3]);
        return UnitFactors.Between(unit, "m") is { } metres
            ? new NearTest(
                SpherePoint.Of(latitude, longitude),
                SpherePoint.ChordOf(distance * metres)
            )
            : throw new WrongParameter(
                $"'{unit}' is not a unit of length in UCUM, such as km or m."
            );
    }

    private static bool IsWithin(string text, double most, out double number) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out number)
        && Math.Abs(number) <= most;

    private static (string Prefix, string Value) Prefix(string text) =>
        text.Length > 2 && Array.IndexOf(Prefixes, text[..2]) is >= 0 and var known
            ? (Prefixes[known], text[2..])
            : ("eq", text);

    /// <summary>Splits at a sign that no backslash stands before: https://hl7.org/fhir/R4/search.html#escaping</summary>
    public static List<string> Split(string text, char sign)
    {
        var parts = new List<string>();
        var start = 0;
        for (var index = 0; index < text.Length; index++)
        {
            if (text[index] == '\\')
            {
                index++;
            }
            else if (text[index] == sign)
            {
                parts.Add(text[start..index]);
                start = index + 1;
            }
        }
        parts.Add(text[start..]);
        return parts;
    }

    public static string Unescape(string text)
    {
        if (!text.Contains('\\'))
        {
            return text;
        }
        var plain = new StringBuilder(text.Length);
        for (var index = 0; index < text.Length; index++)
        {
            var isEscape =
                text[index] == '\\'
                && index + 1 < text.Length
                && text[index + 1] is ',' or '|' or '$' or '\\';
            plain.Append(isEscape ? text[++index] : text[index]);
        }
        return plain.ToString();
    }
}
