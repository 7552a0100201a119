using System.Diagnostics.CodeAnalysis;

namespace SharedKernel.Contracts;

/// <summary>
/// Số định danh cá nhân, 12 digits: three of the province (or country) where the birth was registered, one of century and
/// sex, two of the birth year, six random. There is no check digit (Decree 137/2015/NĐ-CP, article 13; Circular 59/2021/TT-BCA).
/// What the digits say may differ from what is true: people correct their sex and birth year and keep their number.
/// </summary>
public readonly record struct PersonalId : IParsable<PersonalId>
{
    private const int Length = 12;

    private readonly string digits;

    private PersonalId(string digits) => this.digits = digits;

    /// <summary>Code as printed, with the meaning it had before 1 July 2025: <c>001</c> … <c>096</c>, or a country's.</summary>
    public string PlaceCode => digits[..3];

    /// <summary>Name of the province before 1 July 2025; null for a code that no province had.</summary>
    public string? Province =>
        digits[0] == '0' ? LegacyProvinces.GetValueOrDefault(digits[1..3]) : null;

    /// <summary>0 and 1 are born 1900 to 1999, 2 and 3 born 2000 to 2099, and so on; even is male.</summary>
    public Sex Sex => (digits[3] - '0') % 2 == 0 ? Sex.Male : Sex.Female;

    public int BirthYear => 1900 + (digits[3] - '0') / 2 * 100 + int.Parse(digits.AsSpan(4, 2));

    /// <summary>What the digits say otherwise than the person does. Worth a second look, never a refusal.</summary>
    public PersonalIdDoubts DoubtsAbout(Sex sex, PartialDate? birth) =>
        (Province is null ? PersonalIdDoubts.Place : 0)
        | (sex != Sex.Unknown && sex != Sex ? PersonalIdDoubts.Sex : 0)
        | (birth is { } date && date.Year != BirthYear ? PersonalIdDoubts.BirthYear : 0);

    public static PersonalId Parse(string s, IFormatProvider? provider = null) =>
        TryParse(s, provider, out var result)
            ? result
            : throw new FormatException("A personal ID has exactly 12 digits.");

    public static bool TryParse(
        [NotNullWhen(true)] string? s,
        IFormatProvider? provider,
        out PersonalId result
    )
    {
        var valid = s?.Length == Length && s.All(char.IsAsciiDigit);
        result = valid ? new(s!) : default;
        return valid;
    }

    public override string ToString() => digits ?? "";

    /// <summary>
    /// The 63 provinces whose codes stand in personal IDs. Seven of these codes mean another province since the mergers of
    /// 1 July 2025 (Resolution 202/2025/QH15); a personal ID always has the meaning below.
    /// </summary>
    private static readonly Dictionary<string, string> LegacyProvinces = new()
    {
        ["01"] = "Hà Nội",
        ["02"] = "Hà Giang",
        ["04"] = "Cao Bằng",
        ["06"] = "Bắc Kạn",
        ["08"] = "Tuyên Quang",
        ["10"] = "Lào Cai",
        ["11"] = "Điện Biên",
        ["12"] = "Lai Châu",
        ["14"] = "Sơn La",
        ["15"] = "Yên Bái",
        ["17"] = "Hoà Bình",
        ["19"] = "Thái Nguyên",
        ["20"] = "Lạng Sơn",
        ["22"] = "Quảng Ninh",
        ["24"] = "Bắc Giang",
        ["25"] = "Phú Thọ",
        ["26"] = "Vĩnh Phúc",
        ["27"] = "Bắc Ninh",
        ["30"] = "Hải Dương",
        ["31"] = "Hải Phòng",
        ["33"] = "Hưng Yên",
        ["34"] = "Thái Bình",
        ["35"] = "Hà Nam",
        ["36"] = "Nam Định",
        ["37"] = "Ninh Bình",
        ["38"] = "Thanh Hóa",
        ["40"] = "Nghệ An",
        ["42"] = "Hà Tĩnh",
        ["44"] = "Quảng Bình",
        ["45"] = "Quảng Trị",
        ["46"] = "Huế",
        ["48"] = "Đà Nẵng",
        ["49"] = "Quảng Nam",
        ["51"] = "Quảng Ngãi",
        ["52"] = "Bình Định",
        ["54"] = "Phú Yên",
        ["56"] = "Khánh Hòa",
        ["58"] = "Ninh Thuận",
        ["60"] = "Bình Thuận",
        ["62"] = "Kon Tum",
        ["64"] = "Gia Lai",
        ["66"] = "Đắk Lắk",
        ["67"] = "Đắk Nông",
        ["68"] = "Lâm Đồng",
        ["70"] = "Bình Phước",
        ["72"] = "Tây Ninh",
        ["74"] = "Bình Dương",
        ["75"] = "Đồng Nai",
        ["77"] = "Bà Rịa - Vũng Tàu",
        ["79"] = "Hồ Chí Minh",
        ["80"] = "Long An",
        ["82"] = "Tiền Giang",
        ["83"] = "Bến Tre",
        ["84"] = "Trà Vinh",
        ["86"] = "Vĩnh Long",
        ["87"] = "Đồng Tháp",
        ["89"] = "An Giang",
        ["91"] = "Kiên Giang",
        ["92"] = "Cần Thơ",
        ["93"] = "Hậu Giang",
        ["94"] = "Sóc Trăng",
        ["95"] = "Bạc Liêu",
        ["96"] = "Cà Mau",
    };
}

/// <summary>Which part of a personal ID does not go with what is known of the person.</summary>
[Flags]
public enum PersonalIdDoubts
{
    None = 0,
    Place = 1,
    Sex = 2,
    BirthYear = 4,
}
