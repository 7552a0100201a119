using System.Text.RegularExpressions;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace SharedKernel.Citizens;

/// <summary>
/// What is wrong with a registration, and what is only odd. A refusal needs certainty: a name that is none, a number of the
/// wrong length, a birth in the future. All else is a warning.
/// </summary>
internal static partial class CitizenForm
{
    private const int EarliestBirthYear = 1880;

    /// <summary>The details in the form in which they are kept.</summary>
    /// <exception cref="InvalidInput">Names every wrong field.</exception>
    public static CitizenDetails Check(CitizenDetails details, DateOnly today)
    {
        var clean = Clean(details);
        var errors = Errors(clean, today).ToList();
        return errors.Count == 0 ? clean : throw new InvalidInput(errors);
    }

    /// <summary>The same for somebody who is looked for: a number says enough without a name.</summary>
    /// <inheritdoc cref="Check"/>
    public static CitizenDetails CheckAsked(CitizenDetails details, DateOnly today)
    {
        var clean = Clean(details);
        if (
            clean.FullName.Length > 0
            || (
                clean.PersonalId
                ?? clean.InsuranceNumber
                ?? clean.OldIdentityNumber
                ?? clean.Passport
            )
                is null
        )
        {
            return Check(details, today);
        }
        var errors = Errors(clean with { FullName = "x" }, today).ToList();
        return errors.Count == 0 ? clean : throw new InvalidInput(errors);
    }

    private static CitizenDetails Clean(CitizenDetails details) =>
        details with
        {
            FullName = NameKey.Written(details.FullName),
            PersonalId = Digits(details.PersonalId),
            Phone = NotEmpty(details.Phone),
            Address = NotEmpty(NameKey.Written(details.Address)),
            CommuneCode = NotEmpty(details.CommuneCode),
            Ethnicity = NotEmpty(details.Ethnicity),
            InsuranceNumber = Digits(details.InsuranceNumber)?.ToUpperInvariant(),
            OldIdentityNumber = Digits(details.OldIdentityNumber),
            Passport = Digits(details.Passport)?.ToUpperInvariant(),
            Temporary = Temporary(details),
            TemporaryNumber = null,
        };

    /// <summary>Counters write a newborn as its mother's: "con bà Nguyễn Thị Lan".</summary>
    private static TemporaryIdentity Temporary(CitizenDetails details) =>
        Digits(details.PersonalId) is not null ? TemporaryIdentity.None
        : details.Temporary is TemporaryIdentity.None
        && NameKey.Of(details.FullName).StartsWith("con ba ", StringComparison.Ordinal)
            ? TemporaryIdentity.Newborn
        : details.Temporary;

    /// <summary>Each names what contradicts what.</summary>
    public static List<string> Doubts(CitizenDetails details)
    {
        var warnings = new List<string>();
        if (details.PersonalId is null)
        {
            return warnings;
        }
        var id = PersonalId.Parse(details.PersonalId);
        var doubts = id.DoubtsAbout(details.Sex, details.BirthDate);
        if (doubts.HasFlag(PersonalIdDoubts.Place))
        {
            warnings.Add(
                T.Of(
                    $"Ba số đầu {id.PlaceCode} của số định danh không phải mã của một tỉnh trong nước.",
                    $"The first three digits {id.PlaceCode} of the personal ID are not the code of a Vietnamese province."
                )
            );
        }
        if (doubts.HasFlag(PersonalIdDoubts.Sex))
        {
            warnings.Add(
                T.Of(
                    $"Số định danh cho biết giới tính {id.Sex.Text()}, phiếu ghi {details.Sex.Text()}.",
                    $"The personal ID says sex {id.Sex.Text()}, the form says {details.Sex.Text()}."
                )
            );
        }
        if (doubts.HasFlag(PersonalIdDoubts.BirthYear))
        {
            warnings.Add(
                T.Of(
                    $"Số định danh cho biết năm sinh {id.BirthYear}, phiếu ghi {details.BirthDate!.Value.Year}.",
                    $"The personal ID says born in {id.BirthYear}, the form says {details.BirthDate!.Value.Year}."
                )
            );
        }
        return warnings;
    }

    private static IEnumerable<FieldError> Errors(CitizenDetails details, DateOnly today)
    {
        if (details.FullName.Length > Person.LongestName || !details.FullName.Any(char.IsLetter))
        {
            yield return new(
                "fullName",
                T.Of(
                    "Ghi họ và tên, nhiều nhất 100 ký tự.",
                    "Write the full name, at most 100 characters."
                )
            );
        }
        if (
            details.BirthDate is { } birth
            && (birth.First > today || birth.Year < EarliestBirthYear)
        )
        {
            yield return new(
                "birthDate",
                T.Of(
                    $"Ngày sinh phải từ năm {EarliestBirthYear} đến hôm nay.",
                    $"The birth date must lie between {EarliestBirthYear} and today."
                )
            );
        }
        if (!Enum.IsDefined(details.Sex))
        {
            yield return new("sex", T.Of("Giới tính không hợp lệ.", "There is no such sex code."));
        }
        if (details.PersonalId is { } id && !PersonalId.TryParse(id, null, out _))
        {
            yield return new(
                "personalId",
                T.Of(
                    "Số định danh cá nhân gồm đúng 12 chữ số.",
                    "A personal ID has exactly 12 digits."
                )
            );
        }
        if (details.Phone is { } phone && !PhoneNumber().IsMatch(phone))
        {
            yield return new(
                "phone",
                T.Of(
                    "Số điện thoại gồm 8 đến 15 chữ số, có thể bắt đầu bằng +.",
                    "A phone number has 8 to 15 digits and may start with +."
                )
            );
        }
        if (!Enum.IsDefined(details.Temporary))
        {
            yield return new(
                "temporary",
                T.Of("Loại danh tính tạm không hợp lệ.", "There is no such temporary identity.")
            );
        }
        if (details.Passport is { } passport && !PassportNumber().IsMatch(passport))
        {
            yield return new(
                "passport",
                T.Of(
                    "Số hộ chiếu gồm 6 đến 15 chữ cái và chữ số.",
                    "A passport number has 6 to 15 letters and digits."
                )
            );
        }
        if (details.Address?.Length > 300)
        {
            yield return new(
                "address",
                T.Of("Địa chỉ dài nhất 300 ký tự.", "An address has at most 300 characters.")
            );
        }
        if (details.CommuneCode is { } commune && !FiveDigits().IsMatch(commune))
        {
            yield return new(
                "communeCode",
                T.Of("Mã xã gồm 5 chữ số.", "A commune's code has 5 digits.")
            );
        }
        if (details.Ethnicity is { } ethnicity && !TwoDigits().IsMatch(ethnicity))
        {
            yield return new(
                "ethnicity",
                T.Of("Mã dân tộc gồm 2 chữ số.", "An ethnicity's code has 2 digits.")
            );
        }
        if (details.InsuranceNumber is { } insurance && !Insurance().IsMatch(insurance))
        {
            yield return new(
                "insuranceNumber",
                T.Of(
                    "Số thẻ bảo hiểm y tế gồm 10, 12 chữ số, hoặc 2 chữ cái và 13 chữ số.",
                    "A health insurance number has 10 or 12 digits, or 2 letters and 13 digits."
                )
            );
        }
        if (details.OldIdentityNumber is { } old && !OldNumber().IsMatch(old))
        {
            yield return new(
                "oldIdentityNumber",
                T.Of("Số giấy tờ cũ gồm 9 hoặc 12 chữ số.", "An old number has 9 or 12 digits.")
            );
        }
    }

    /// <summary>Numbers are read out and typed in groups; the groups are not part of them.</summary>
    private static string? Digits(string? text) => NotEmpty(Gaps().Replace(text ?? "", ""));

    private static string? NotEmpty(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : text.Trim();

    [GeneratedRegex(@"[\s.\-]")]
    private static partial Regex Gaps();

    [GeneratedRegex(@"\A\+?(?:[ .]?[0-9]){8,15}\z")]
    private static partial Regex PhoneNumber();

    [GeneratedRegex(@"\A[0-9]{5}\z")]
    private static partial Regex FiveDigits();

    [GeneratedRegex(@"\A[0-9]{2}\z")]
    private static partial Regex TwoDigits();

    [GeneratedRegex(@"\A(?:[0-9]{10}|[0-9]{12}|[A-Z]{2}[1-5][0-9]{12})\z")]
    private static partial Regex Insurance();

    [GeneratedRegex(@"\A[A-Z0-9]{6,15}\z")]
    private static partial Regex PassportNumber();

    [GeneratedRegex(@"\A(?:[0-9]{9}|[0-9]{12})\z")]
    private static partial Regex OldNumber();
}
