using SharedKernel.Contracts;

namespace Health.Emr.Patients;

/// <summary>
/// The QR of the chip identity card: UTF-8 fields between bars, at least seven; cards since 01/07/2024 may add more, which are
/// left alone. <c>number|old number|name|birth ddMMyyyy|Nam or Nữ|residence|issued ddMMyyyy</c>.
/// </summary>
public static class IdentityCard
{
    private const int LeastFields = 7;

    /// <summary>What the card says, or null when the text is not a card's.</summary>
    public static CitizenDetails? Parse(string text)
    {
        var fields = text.Trim().Normalize().Split('|', StringSplitOptions.TrimEntries);
        if (
            fields.Length < LeastFields
            || fields[0] is not { Length: 12 } number
            || !number.All(char.IsAsciiDigit)
            || fields[2].Length == 0
        )
        {
            return null;
        }
        return new CitizenDetails(
            fields[2],
            TypedDate.Parse(fields[3]),
            fields[4] switch
            {
                "Nam" => Sex.Male,
                "Nữ" => Sex.Female,
                _ => Sex.Unknown,
            },
            number,
            Address: fields[5].Length > 0 ? fields[5] : null
        );
    }
}
