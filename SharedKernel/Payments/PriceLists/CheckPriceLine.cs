using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace SharedKernel.Payments.PriceLists;

/// <summary>What a line must be before it may stand in a list, wherever it comes from: a form, the API or a workbook.</summary>
public static class CheckPriceLine
{
    public const int CodeLength = 50;
    public const int NameLength = 500;
    public const int UnitLength = 50;
    public const int RegistrationLength = 60;

    /// <summary>Far above any price there is; catches a slipped zero key and protects sums.</summary>
    public const long HighestPrice = 100_000_000_000;

    /// <summary>Without the blanks around texts, and with null for a registration number that is empty.</summary>
    public static PriceLine Tidy(this PriceLine line) =>
        line with
        {
            Code = (line.Code ?? "").Trim(),
            Name = (line.Name ?? "").Trim(),
            Unit = (line.Unit ?? "").Trim(),
            Registration = string.IsNullOrWhiteSpace(line.Registration)
                ? null
                : line.Registration.Trim(),
        };

    public static string SearchText(this PriceLine line) =>
        $"{line.Code} {line.Name} {line.Registration}".WithoutDiacritics();

    /// <summary>Empty when the line is good. Fields are named as in JSON.</summary>
    public static IEnumerable<FieldError> Errors(PriceLine line)
    {
        if (Text("code", line.Code, CodeLength) is { } code)
        {
            yield return code;
        }
        if (Text("name", line.Name, NameLength) is { } name)
        {
            yield return name;
        }
        if (Text("unit", line.Unit, UnitLength) is { } unit)
        {
            yield return unit;
        }
        if (line.Registration is { } registration)
        {
            if (line.ItemKind is PriceItemKind.Service)
            {
                yield return new(
                    "registration",
                    T.Of(
                        "chỉ thuốc và thiết bị có số đăng ký; hãy để trống.",
                        "only drugs and devices have a registration number; leave it empty."
                    )
                );
            }
            else if (Text("registration", registration, RegistrationLength) is { } error)
            {
                yield return error;
            }
        }
        if (Enum.GetValues<PriceKind>().All(kind => line.Price(kind) is null))
        {
            yield return new(
                "selfPay",
                T.Of("cần ít nhất một giá.", "at least one price is needed.")
            );
        }
        foreach (var kind in Enum.GetValues<PriceKind>())
        {
            if (line.Price(kind) is < 0 or > HighestPrice)
            {
                yield return new(
                    FieldOf(kind),
                    T.Of(
                        $"giá phải từ 0 đến {HighestPrice.Dong()}.",
                        $"a price must be from 0 to {HighestPrice.Dong()}."
                    )
                );
            }
        }
    }

    public static string FieldOf(PriceKind kind) =>
        kind switch
        {
            PriceKind.Insurance => "insurance",
            PriceKind.SelfPay => "selfPay",
            PriceKind.OnDemand => "onDemand",
            _ => "support",
        };

    private static FieldError? Text(string field, string text, int longest) =>
        text.Length == 0 ? new(field, T.Of("không được để trống.", "must not be empty."))
        : text.Length > longest
            ? new(
                field,
                T.Of($"dài nhất {longest} ký tự.", $"must be at most {longest} characters.")
            )
        : text.Any(char.IsControl)
            ? new(
                field,
                T.Of(
                    "không được chứa ký tự điều khiển hay xuống dòng.",
                    "must not contain control characters or line breaks."
                )
            )
        // Excel would run it: the public CSV is opened in Excel by everybody.
        : text[0] is '=' or '+' or '@'
            ? new(
                field,
                T.Of("không được bắt đầu bằng = + hay @.", "must not start with = + or @.")
            )
        : null;
}
