using System.Globalization;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Values;
using Hl7.Fhir.Model;

namespace Health.Fhir.Tests.Search;

/// <summary>
/// Searches made at random from what the resources say, so that most of them find something: values as they are, cut, negated,
/// out of reach, through chains, backwards, in filters.
/// </summary>
internal sealed class GeneratedQueries
{
    private static readonly string[] Prefixes =
    [
        "",
        "",
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

    private static readonly TimeSpan VietnamOffset = TimeSpan.FromHours(7);

    private readonly Random random;
    private readonly string[] types;
    private readonly string[] ids;
    private readonly Dictionary<string, List<SearchParameterInfo>> used = [];
    private readonly Dictionary<SearchParameterInfo, List<object>> values = [];
    private readonly List<(SearchParameterInfo Parameter, string Source, string Target)> links = [];

    public GeneratedQueries(NaiveSearch data, int seed)
    {
        random = new Random(seed);
        ids = [.. data.All.Values.Select(held => held.Resource.Id!).Distinct()];
        var found = new List<string>();
        foreach (var held in data.All.Values)
        {
            var type = held.Resource.TypeName;
            if (!used.TryGetValue(type, out var parameters))
            {
                used[type] = parameters = [];
                found.Add(type);
            }
            foreach (var (parameter, rows) in held.Rows)
            {
                if (!parameters.Contains(parameter))
                {
                    parameters.Add(parameter);
                }
                (
                    values.TryGetValue(parameter, out var known) ? known : values[parameter] = []
                ).AddRange(rows);
                foreach (var row in rows.OfType<ReferenceIndex>())
                {
                    if (row is { Kind: ReferenceKind.Local, TargetType: { } target })
                    {
                        links.Add((parameter, type, target));
                    }
                }
            }
        }
        links = [.. links.Distinct()];
        types = [.. found];
    }

    /// <summary>A query, and where it is asked: a type, <c>""</c> for the system, or <c>Patient/g1/Observation</c>.</summary>
    public (string Where, string Query) Next()
    {
        var type = One(types);
        var place = type;
        if (Some(6))
        {
            var compartment = One([
                "Patient",
                "Encounter",
                "Practitioner",
                "Device",
                "RelatedPerson",
            ]);
            place =
                $"{compartment}/{One(ids)}/{(FhirModel.R4.CompartmentParameters(compartment, type).Count > 0 ? type : "*")}";
            type = place.EndsWith('*') ? "" : type;
        }
        else if (Some(4))
        {
            (type, place) = ("", "");
        }
        var parts = new List<string>();
        for (var clauses = Some(60) ? 1 : random.Next(1, 4); clauses > 0; clauses--)
        {
            parts.Add(type.Length == 0 ? Shared() : Clause(type, 0));
        }
        if (type.Length > 0 && Some(20))
        {
            parts.Add(
                "_sort="
                    + string.Join(
                        ',',
                        Enumerable.Range(0, random.Next(1, 3)).Select(_ => Sort(type))
                    )
            );
        }
        if (type.Length > 0 && Some(15))
        {
            parts.Add(Include(type));
            if (Some())
            {
                parts.Add(Include(type));
            }
        }
        return (place, string.Join('&', parts));
    }

    private string Clause(string type, int depth)
    {
        var (name, value) = random.Next(100) switch
        {
            < 12 when depth < 3 && Chain(type, depth) is { } chain => chain,
            < 22 when depth < 3 && Has(type, depth) is { } has => has,
            < 32 when depth == 0 => ("_filter", Filter(type, 0)),
            < 38 => (One(Of(type)).Code + ":missing", Some() ? "true" : "false"),
            < 41 => ("_id", $"{One(ids)},{One(ids)}"),
            < 42 => ("_lastUpdated", One(Prefixes) + "2020-01"),
            < 44 => ("_list", One(ids)),
            _ => Simple(type),
        };
        return $"{name}={Uri.EscapeDataString(value)}";
    }

    private string Shared() =>
        random.Next(3) switch
        {
            0 => "_id=" + One(ids),
            1 => "_profile=http%3A%2F%2Fexample.org%2Ffhir%2Fa",
            _ => "_tag=" + Uri.EscapeDataString(One(["a", "urn:s1|", "urn:s1|b", "|a"])),
        };

    private (string, string) Simple(string type)
    {
        var parameter = One(Of(type));
        var (modifier, value) = Value(parameter);
        if (Some(15))
        {
            for (var more = random.Next(1, 3); more > 0; more--)
            {
                var (other, another) = Value(parameter);
                value += other == modifier ? "," + another : "";
            }
        }
        return (parameter.Code + modifier, value);
    }

    private (string, string)? Chain(string type, int depth)
    {
        var from = links.Where(link => link.Source == type).ToList();
        if (from.Count == 0)
        {
            return null;
        }
        var (parameter, _, target) = One(from);
        if (!used.ContainsKey(target))
        {
            return null;
        }
        var inner = Clause(target, depth + 1).Split('=', 2);
        return inner[0].StartsWith("_filter", StringComparison.Ordinal)
            ? null
            : (
                $"{parameter.Code}{(parameter.Targets.Count == 1 && Some() ? "" : ":" + target)}.{inner[0]}",
                Uri.UnescapeDataString(inner[1])
            );
    }

    private (string, string)? Has(string type, int depth)
    {
        var to = links.Where(link => link.Target == type).ToList();
        if (to.Count == 0)
        {
            return null;
        }
        var (parameter, source, _) = One(to);
        var inner = Clause(source, depth + 1).Split('=', 2);
        return ($"_has:{source}:{parameter.Code}:{inner[0]}", Uri.UnescapeDataString(inner[1]));
    }

    private string Filter(string type, int depth)
    {
        if (depth < 3 && Some(40))
        {
            return random.Next(3) switch
            {
                0 => $"not ({Filter(type, depth + 1)})",
                1 => $"({Filter(type, depth + 1)} or {Filter(type, depth + 1)})",
                _ => $"{Filter(type, depth + 1)} and {Filter(type, depth + 1)}",
            };
        }
        for (var tries = 0; tries < 20; tries++)
        {
            var parameter = One(Of(type));
            var row = One(values[parameter]);
            switch (parameter.Type)
            {
                case SearchParamType.String when row is StringIndex text:
                    return $"{parameter.Code} {One(["eq", "ne", "co", "sw", "ew"])} {Quoted(Cut(text.Text))}";
                case SearchParamType.Date or SearchParamType.Number or SearchParamType.Quantity:
                    var (_, value) = Value(parameter);
                    var prefix = Prefixes.FirstOrDefault(known =>
                        known.Length > 0 && value.StartsWith(known, StringComparison.Ordinal)
                    );
                    return $"{parameter.Code} {prefix ?? "eq"} {Quoted(prefix is null ? value : value[2..])}";
                case SearchParamType.Token when row is TokenIndex { Code: { } code }:
                    return $"{parameter.Code} {One(["eq", "ne"])} {Quoted(code.Replace("|", "\\|", StringComparison.Ordinal))}";
                case SearchParamType.Reference
                    when row is ReferenceIndex { Kind: ReferenceKind.Local } target:
                    return $"{parameter.Code} re {target.TargetType}/{target.TargetId}";
            }
            if (Some())
            {
                return $"{parameter.Code} pr {(Some() ? "true" : "false")}";
            }
        }
        return "_id eq g1";
    }

    private static string Quoted(string text) =>
        "\""
        + text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace("\"", "\\\"", StringComparison.Ordinal)
        + "\"";

    private string Sort(string type) =>
        (Some() ? "-" : "")
        + One([
            "_id",
            "_lastUpdated",
            .. Of(type)
                .Where(parameter =>
                    parameter.Type is not (SearchParamType.Composite or SearchParamType.Special)
                )
                .Select(parameter => parameter.Code),
        ]);

    private string Include(string type)
    {
        var outward = links.Where(link => link.Source == type).ToList();
        var inward = links.Where(link => link.Target == type).ToList();
        var iterate = Some(25) ? ":iterate" : "";
        if (outward.Count > 0 && Some())
        {
            var (parameter, _, target) = One(outward);
            return $"_include{iterate}={type}:{(Some(20) ? "*" : parameter.Code)}{(Some(30) ? ":" + target : "")}";
        }
        if (inward.Count > 0)
        {
            var (parameter, source, _) = One(inward);
            return $"_revinclude{iterate}={source}:{(Some(15) ? "*" : parameter.Code)}";
        }
        return Some() && used[type].Find(FhirModel.R4.IsCanonical) is { } canonical
            ? $"_include={type}:{canonical.Code}"
            : "_include=*";
    }

    private (string Modifier, string Value) Value(SearchParameterInfo parameter)
    {
        var row = One(values[parameter]);
        return row switch
        {
            TokenIndex token => Token(parameter, token),
            IdentifierTypeIndex typed => (
                ":of-type",
                $"{Escaped(typed.TypeSystem ?? "")}|{Escaped(typed.TypeCode)}|{Escaped(typed.Value)}"
            ),
            StringIndex text => random.Next(4) switch
            {
                0 => (":exact", Escaped(text.Text)),
                1 => (":contains", Escaped(Cut(text.Text))),
                2 => ("", Escaped(SearchText.Normalise(text.Text))),
                _ => ("", Escaped(text.Text[..random.Next(1, text.Text.Length + 1)])),
            },
            DateIndex date => ("", Date(date.Range)),
            NumberIndex number => ("", One(Prefixes) + Number(number.Range)),
            QuantityIndex quantity => ("", Quantity(quantity)),
            ReferenceIndex reference => Reference(reference),
            UriIndex uri => random.Next(5) switch
            {
                0 => (":below", Escaped(uri.Uri[..Math.Max(1, uri.Uri.LastIndexOf('/'))])),
                1 => (":above", Escaped(uri.Uri + "/z")),
                _ => ("", Escaped(uri.Uri)),
            },
            CompositeIndex composite => (
                "",
                string.Join('$', composite.Parts.Zip(parameter.Parts, Part))
            ),
            _ => throw new InvalidOperationException(row.ToString()),
        };
    }

    private (string, string) Token(SearchParameterInfo parameter, TokenIndex token)
    {
        if (token.Code is null)
        {
            return token.Text is null
                ? ("", Escaped(token.System!) + "|")
                : (":text", Escaped(token.Text[..random.Next(1, token.Text.Length + 1)]));
        }
        var value = random.Next(5) switch
        {
            0 when token.System is not null => Escaped(token.System) + "|",
            1 => $"{Escaped(token.System ?? "")}|{Escaped(token.Code)}",
            2 => "|" + Escaped(token.Code),
            _ => Escaped(token.Code),
        };
        if (token.Text is { } text && Some(20))
        {
            return (":text", Escaped(text[..random.Next(1, text.Length + 1)]));
        }
        return (Some(15) ? ":not" : "", value);
    }

    private string Date(DateRange range)
    {
        var ticks = Some(70) ? range.Low : range.High;
        if (ticks is < 1_000_000_000_000_000 or > 3_000_000_000_000_000_000)
        {
            return One(Prefixes) + "2020";
        }
        var at = new DateTimeOffset(ticks, TimeSpan.Zero).ToOffset(VietnamOffset);
        var form = One([
            "yyyy",
            "yyyy-MM",
            "yyyy-MM-dd",
            "yyyy-MM-dd'T'HH:mm",
            "yyyy-MM-dd'T'HH:mm:sszzz",
            "yyyy-MM-dd'T'HH:mm:ss.fffzzz",
        ]);
        return One(Prefixes) + at.ToString(form, CultureInfo.InvariantCulture);
    }

    private string Number(NumberRange range)
    {
        var value =
            range.Low is > -1e15 and < 1e15 ? range.Low
            : range.High is > -1e15 and < 1e15 ? range.High
            : 1;
        value += Some(20) ? 1 : 0;
        return ((decimal)value).ToString(CultureInfo.InvariantCulture);
    }

    private string Quantity(QuantityIndex quantity)
    {
        var number = One(Prefixes) + Number(quantity.Range);
        return random.Next(4) switch
        {
            0 => number,
            1 when (quantity.Code ?? quantity.Unit) is not null =>
                $"{number}||{Escaped(quantity.Code ?? quantity.Unit!)}",
            2 when quantity.Code is "mg" => $"{number}|{quantity.System}|g",
            _ => $"{number}|{Escaped(quantity.System ?? "")}|{Escaped(quantity.Code ?? "")}",
        };
    }

    private (string, string) Reference(ReferenceIndex reference)
    {
        if (reference.IdentifierValue is { } value && Some())
        {
            return (":identifier", $"{Escaped(reference.IdentifierSystem ?? "")}|{Escaped(value)}");
        }
        return reference switch
        {
            { Kind: ReferenceKind.Local } => random.Next(4) switch
            {
                0 => ("", reference.TargetId!),
                1 => (":" + reference.TargetType, reference.TargetId!),
                2 when reference.Version is not null => (
                    "",
                    $"{reference.TargetType}/{reference.TargetId}/_history/{reference.Version}"
                ),
                _ => ("", $"{reference.TargetType}/{reference.TargetId}"),
            },
            { Url: { } url } => (
                "",
                Escaped(url)
                    + (
                        reference is { Kind: ReferenceKind.Canonical, Version: not null } && Some()
                            ? "|" + reference.Version
                            : ""
                    )
            ),
            _ => ("", One(ids)),
        };
    }

    private string Part(PartValue value, CompositePart part) =>
        part.Parameter.Type switch
        {
            SearchParamType.Token => value.Code is null
                ? Escaped(value.System!) + "|"
                : Escaped(value.Code),
            SearchParamType.Quantity => Quantity(
                new QuantityIndex(
                    part.Parameter,
                    value.Number,
                    value.System,
                    value.Code,
                    value.Text
                )
            ),
            SearchParamType.Number => One(Prefixes) + Number(value.Number),
            SearchParamType.Date => Date(value.Date),
            SearchParamType.String => Escaped(value.Text!),
            SearchParamType.Uri => Escaped(value.Code!),
            _ => Reference(value.Reference with { IdentifierValue = null }).Item2,
        };

    private List<SearchParameterInfo> Of(string type) => used[type];

    private string Cut(string text)
    {
        var from = random.Next(text.Length);
        return
            text.Substring(from, random.Next(1, text.Length - from + 1)).Trim()
                is { Length: > 0 } cut
            ? cut
            : text;
    }

    private static string Escaped(string text) =>
        text.Replace("\\", "\\\\", StringComparison.Ordinal)
            .Replace(",", "\\,", StringComparison.Ordinal)
            .Replace("|", "\\|", StringComparison.Ordinal)
            .Replace("$", "\\$", StringComparison.Ordinal);

    private bool Some(int percent = 50) => random.Next(100) < percent;

    private T One<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];
}
