using System.Globalization;
using System.Text.RegularExpressions;

namespace Interop.Registries.Insurance;

/// <param name="Row">From 1; 0 when it is about the whole table.</param>
/// <param name="Rule">Short name: <c>required</c>, <c>length</c>, <c>type</c>, <c>value</c>, <c>order</c>, <c>xml1</c>, <c>amount</c>, <c>sum</c>, <c>table</c>.</param>
public sealed record ClaimError(string Table, int Row, string Field, string Rule, string Message);

/// <summary>
/// Checks a case as the gateway does before it takes it, by the field rules of the day on which the case ended, and by the annex's sums. Each error names table,
/// row, field and rule.
/// </summary>
public static class ValidateClaim
{
    public static IReadOnlyList<ClaimError> Run(ClaimCase claim)
    {
        var errors = new List<ClaimError>();
        var summary = claim.Rows("XML1").FirstOrDefault();
        if (summary is null)
        {
            return [new("XML1", 0, "", "table", "Hồ sơ phải có bảng XML1.")];
        }
        foreach (var table in InsuranceTables.All)
        {
            var fields = InsuranceTables.FieldsOn(table.Name, claim.Ended);
            foreach (var (index, row) in claim.Rows(table.Name).Index())
            {
                foreach (var field in fields)
                {
                    errors.AddRange(
                        Check(field, row, summary)
                            .Select(error => new ClaimError(
                                table.Name,
                                index + 1,
                                field.Name,
                                error.Rule,
                                error.Message
                            ))
                    );
                }
            }
        }
        Tables(claim, summary, errors);
        Amounts(claim, errors);
        Sums(claim, summary, errors);
        return errors;
    }

    private static IEnumerable<(string Rule, string Message)> Check(
        ClaimField field,
        ClaimRow row,
        ClaimRow summary
    )
    {
        if (row[field.Name] is not { } value)
        {
            if (IsRequired(field.Required, row))
            {
                yield return ("required", $"bắt buộc ghi{InWords(field.Required)}.");
            }
            yield break;
        }
        if (field.Max is { } max && value.Length > max)
        {
            yield return ("length", $"dài {value.Length} ký tự, tối đa {max}.");
        }
        if (!IsOf(field, value))
        {
            yield return (
                "type",
                field.Type switch
                {
                    ClaimFieldType.Number =>
                        $"'{value}' không phải số (dấu thập phân là dấu chấm).",
                    ClaimFieldType.Day => $"'{value}' không phải ngày yyyyMMdd.",
                    _ => $"'{value}' không phải thời điểm yyyyMMddHHmm.",
                }
            );
            yield break;
        }
        foreach (var check in field.Checks)
        {
            if (check.StartsWith(">=", StringComparison.Ordinal))
            {
                if (row[check[2..]] is { } other && string.CompareOrdinal(value, other) < 0)
                {
                    yield return ("order", $"{value} sớm hơn {check[2..]} {other}.");
                }
            }
            else if (check.StartsWith("in:", StringComparison.Ordinal))
            {
                if (!check[3..].Split(',').Contains(value))
                {
                    yield return ("value", $"'{value}' không thuộc {check[3..]}.");
                }
            }
            else if (check.StartsWith("re:", StringComparison.Ordinal))
            {
                if (!Regex.IsMatch(value, check[3..], RegexOptions.None, TimeSpan.FromSeconds(1)))
                {
                    yield return ("value", $"'{value}' sai định dạng.");
                }
            }
            else if (check == "xml1" && summary[field.Name] is { } there && there != value)
            {
                yield return ("xml1", $"'{value}' khác XML1 ('{there}').");
            }
        }
    }

    /// <summary><c>if A!&amp;B=1,2</c>: all hold. <c>A!</c> has a value, <c>A-</c> has none.</summary>
    private static bool IsRequired(string rule, ClaimRow row) =>
        rule switch
        {
            "" => false,
            "x" => true,
            _ when rule.StartsWith("if ", StringComparison.Ordinal) => Holds(rule[3..], row),
            _ => !Holds(rule["unless ".Length..], row),
        };

    /// <summary><c>if A!&amp;B=1</c> as <c> khi A có giá trị và B là 1</c>.</summary>
    private static string InWords(string rule)
    {
        if (rule == "x")
        {
            return "";
        }
        var (word, conditions) = rule.StartsWith("if ", StringComparison.Ordinal)
            ? ("khi", rule[3..])
            : ("trừ khi", rule["unless ".Length..]);
        var parts = conditions
            .Split('&')
            .Select(condition =>
                condition[^1] switch
                {
                    '!' => $"{condition[..^1]} có giá trị",
                    '-' => $"{condition[..^1]} trống",
                    _ => condition.Replace("=", " là ", StringComparison.Ordinal),
                }
            );
        return $" {word} {string.Join(" và ", parts)}";
    }

    private static bool Holds(string conditions, ClaimRow row) =>
        conditions
            .Split('&')
            .All(condition =>
                condition[^1] switch
                {
                    '!' => row[condition[..^1]] is not null,
                    '-' => row[condition[..^1]] is null,
                    _ => condition.Split('=') is [var field, var values]
                        && row[field] is { } value
                        && values.Split(',').Contains(value),
                }
            );

    private static bool IsOf(ClaimField field, string value) =>
        field.Type switch
        {
            ClaimFieldType.Number => decimal.TryParse(
                value,
                NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out _
            ),
            ClaimFieldType.Day => IsDay(value),
            ClaimFieldType.Minute => value.Length == 12
                && IsMinute(value[8..])
                // A birth of which only the year is known is written with zeros.
                && (
                    IsDay(value[..8])
                    || (
                        field.Name.StartsWith("NGAY_SINH", StringComparison.Ordinal)
                        && value[4..8] == "0000"
                        && value[..4].All(char.IsAsciiDigit)
                    )
                ),
            _ => true,
        };

    private static bool IsDay(string value) =>
        DateOnly.TryParseExact(
            value,
            "yyyyMMdd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out _
        );

    private static bool IsMinute(string value) =>
        TimeOnly.TryParseExact(
            value,
            "HHmm",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out _
        );

    private static void Tables(ClaimCase claim, ClaimRow summary, List<ClaimError> errors)
    {
        var kind = summary["MA_LOAI_KCB"];
        if (claim.Rows("XML8").Count > 0 && kind is not ("03" or "04" or "06"))
        {
            errors.Add(
                new(
                    "XML8",
                    0,
                    "MA_LOAI_KCB",
                    "table",
                    $"chỉ gửi XML8 khi MA_LOAI_KCB là 03, 04 hoặc 06, không phải {kind}."
                )
            );
        }
        if (claim.Rows("XML1").Count > 1)
        {
            errors.Add(new("XML1", 2, "", "table", "mỗi hồ sơ chỉ có một dòng XML1."));
        }
    }

    /// <summary>Amounts of a line follow from its quantity, prices and rates.</summary>
    private static void Amounts(ClaimCase claim, List<ClaimError> errors)
    {
        foreach (
            var (table, price, insurancePrice, service) in new[]
            {
                ("XML2", "DON_GIA", "DON_GIA", null),
                ("XML3", "DON_GIA_BV", "DON_GIA_BH", (string?)"TYLE_TT_DV"),
            }
        )
        {
            foreach (var (index, row) in claim.Rows(table).Index())
            {
                var input = new CostInput(
                    row.Number("SO_LUONG") ?? 0,
                    row.Number(price) ?? 0,
                    row.Number(insurancePrice) ?? 0,
                    row.Number("TYLE_TT_BH") ?? 0,
                    row.Number("MUC_HUONG") ?? 0,
                    row["PHAM_VI"] != "2",
                    service is null ? 100 : row.Number(service) ?? 100,
                    row.Number("T_NGUONKHAC") ?? 0
                );
                var expected = ClaimCosts.Of(input);
                Amount("THANH_TIEN_BV", expected.Hospital);
                // Support may lower what insurance reckons with, or what the patient pays: only without it is there one right figure.
                if (input.Support == 0)
                {
                    Amount("THANH_TIEN_BH", expected.Insurance);
                    Amount("T_BNTT", expected.Own);
                    Amount("T_BNCCT", expected.CoPay);
                    Amount("T_BHTT", expected.Fund);
                }

                void Amount(string field, decimal amount)
                {
                    if (row.Number(field) is { } there && Math.Abs(there - amount) > 0.01m)
                    {
                        errors.Add(
                            new(
                                table,
                                index + 1,
                                field,
                                "amount",
                                string.Create(
                                    CultureInfo.InvariantCulture,
                                    $"{there} khác {amount:0.##}, là số tính theo công thức."
                                )
                            )
                        );
                    }
                }
            }
        }
    }

    private static void Sums(ClaimCase claim, ClaimRow summary, List<ClaimError> errors)
    {
        decimal Of(string table, string field, Func<ClaimRow, bool>? which = null) =>
            claim
                .Rows(table)
                .Where(row => which?.Invoke(row) ?? true)
                .Sum(row => row.Number(field) ?? 0);
        decimal Both(string field) => Of("XML2", field) + Of("XML3", field);

        Sum("T_THUOC", Of("XML2", "THANH_TIEN_BV"));
        Sum("T_VTYT", Of("XML3", "THANH_TIEN_BV", row => row["MA_VAT_TU"] is not null));
        Sum("T_TONGCHI_BV", Both("THANH_TIEN_BV"));
        Sum("T_TONGCHI_BH", Both("THANH_TIEN_BH"));
        Sum("T_BNTT", Both("T_BNTT"));
        Sum("T_BNCCT", Both("T_BNCCT"));
        Sum("T_NGUONKHAC", Both("T_NGUONKHAC"));
        Sum("T_BHTT", Both("T_BHTT"));
        Sum("T_BHTT_GDV", Of("XML2", "T_BHTT", ByService) + Of("XML3", "T_BHTT", ByService));
        if (
            summary["NGAY_VAO"] is { Length: 12 } entered
            && summary["NGAY_RA"] is { Length: 12 } left
            && IsDay(entered[..8])
            && IsDay(left[..8])
        )
        {
            if (string.CompareOrdinal(left, entered) < 0)
            {
                errors.Add(
                    new("XML1", 1, "NGAY_RA", "order", $"{left} sớm hơn NGAY_VAO {entered}.")
                );
            }
            else if (
                ClaimCosts.Days(summary["MA_LOAI_KCB"] ?? "", Day(entered), Day(left)) is { } days
                && summary.Number("SO_NGAY_DTRI") != days
            )
            {
                errors.Add(
                    new(
                        "XML1",
                        1,
                        "SO_NGAY_DTRI",
                        "sum",
                        $"phải là {days} với MA_LOAI_KCB {summary["MA_LOAI_KCB"]}."
                    )
                );
            }
        }

        void Sum(string field, decimal expected)
        {
            if (summary.Number(field) is { } there && Math.Abs(there - expected) > 0.01m)
            {
                errors.Add(
                    new(
                        "XML1",
                        1,
                        field,
                        "sum",
                        string.Create(
                            CultureInfo.InvariantCulture,
                            $"{there} khác tổng {expected:0.##} của XML2 và XML3."
                        )
                    )
                );
            }
        }
    }

    private static bool ByService(ClaimRow row) => row["MA_PTTT"] == "1";

    private static DateOnly Day(string text) =>
        DateOnly.ParseExact(text[..8], "yyyyMMdd", CultureInfo.InvariantCulture);
}
