using System.Globalization;

namespace SharedKernel.Contracts;

/// <summary>
/// What the QR code of the chip identity card (căn cước công dân, căn cước) says: UTF-8 fields between bars,
/// <c>personal ID|old number|full name|birth ddMMyyyy|sex|residence|issued ddMMyyyy</c>. Cards from 1 July 2024 may add
/// fields at the end, which are left alone. It is what was printed, with no signature: a help for typing, not a proof.
/// </summary>
/// <param name="OldNumber">The nine-digit number of an older card, when there was one.</param>
/// <param name="Birth">The year alone for some elders.</param>
public sealed record IdentityCard(
    PersonalId PersonalId,
    string? OldNumber,
    string FullName,
    PartialDate Birth,
    Sex Sex,
    string? Residence,
    DateOnly? Issued
)
{
    private const int FewestFields = 7;

    /// <summary>Null when it is no such text; <paramref name="fault"/> then says what is wrong.</summary>
    public static IdentityCard? Read(string? qr, out IdentityCardFault fault)
    {
        // Some scanners type a byte order mark first.
        var fields = (qr ?? "")
            .TrimStart('\uFEFF')
            .Normalize()
            .Split('|', StringSplitOptions.TrimEntries);
        PartialDate? birth = null;
        PersonalId id = default;
        Sex? sex = null;
        fault = fields switch
        {
            { Length: < FewestFields } => IdentityCardFault.TooFewFields,
            _ when !PersonalId.TryParse(fields[0], null, out id) => IdentityCardFault.PersonalId,
            _ when fields[2].Length == 0 => IdentityCardFault.FullName,
            _ when (birth = Birthday(fields[3])) is null => IdentityCardFault.Birth,
            _ when (sex = SexOf(fields[4])) is null => IdentityCardFault.Sex,
            _ => IdentityCardFault.None,
        };
        return fault is not IdentityCardFault.None
            ? null
            : new(
                id,
                NotEmpty(fields[1]),
                fields[2],
                birth!.Value,
                sex!.Value,
                NotEmpty(fields[5]),
                Day(fields[6])
            );
    }

    private static PartialDate? Birthday(string text) =>
        Day(text) is { } day ? new(day)
        : PartialDate.TryParse(text, null, out var year) && text.Length == 4 ? year
        : null;

    private static DateOnly? Day(string text) =>
        DateOnly.TryParseExact(
            text,
            "ddMMyyyy",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out var day
        )
            ? day
            : null;

    private static Sex? SexOf(string text) =>
        text.WithoutDiacritics() switch
        {
            "nam" => Contracts.Sex.Male,
            "nu" => Contracts.Sex.Female,
            _ => null,
        };

    private static string? NotEmpty(string text) => text.Length == 0 ? null : text;
}

/// <summary>The first thing that is wrong with the text of a card's QR code.</summary>
public enum IdentityCardFault
{
    None,
    TooFewFields,
    PersonalId,
    FullName,
    Birth,
    Sex,
}
