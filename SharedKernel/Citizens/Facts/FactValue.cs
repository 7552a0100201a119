using SharedKernel.Contracts;

namespace SharedKernel.Citizens.Facts;

/// <summary>The details of a person as facts, and back. A residence is <c>commune|old commune|street</c>.</summary>
internal static class FactValue
{
    /// <param name="divided">Code of a commune of before July 2025 of which it is not known what it is now.</param>
    public static IEnumerable<(CitizenField Field, string Value)> Of(
        CitizenDetails details,
        string? divided
    )
    {
        yield return (CitizenField.Name, details.FullName);
        if (details.BirthDate is { } birth)
        {
            yield return (CitizenField.BirthDate, birth.ToString());
        }
        if (details.Sex is not Sex.Unknown)
        {
            yield return (CitizenField.Sex, details.Sex.ToString());
        }
        if (details.Phone is { } phone)
        {
            yield return (CitizenField.Phone, phone);
        }
        if ((details.CommuneCode ?? divided ?? details.Address) is not null)
        {
            yield return (
                CitizenField.Residence,
                $"{details.CommuneCode}|{divided}|{details.Address}"
            );
        }
        if (details.Ethnicity is { } ethnicity)
        {
            yield return (CitizenField.Ethnicity, ethnicity);
        }
    }

    /// <summary>What the row of a person says, for rows that were written before facts were kept.</summary>
    public static IEnumerable<(CitizenField Field, string Value)> Of(Person person) =>
        Of(
            new CitizenDetails(
                person.FullName,
                person.BirthDate,
                person.Sex,
                Phone: person.Phone,
                Address: person.Address,
                CommuneCode: person.CommuneCode,
                Ethnicity: person.Ethnicity
            ),
            person.OldCommuneCode
        );

    public static void Apply(Person person, CitizenField field, string value)
    {
        switch (field)
        {
            case CitizenField.Name:
                person.FullName = value;
                person.NameKey = NameKey.Of(value);
                break;
            case CitizenField.BirthDate:
                person.BirthDate = PartialDate.Parse(value);
                break;
            case CitizenField.Sex:
                person.Sex = Enum.Parse<Sex>(value);
                break;
            case CitizenField.Phone:
                person.Phone = value;
                break;
            case CitizenField.Residence:
                var parts = value.Split('|', 3);
                person.CommuneCode = NotEmpty(parts[0]);
                person.OldCommuneCode = NotEmpty(parts[1]);
                person.Address = NotEmpty(parts[2]);
                break;
            case CitizenField.Ethnicity:
                person.Ethnicity = value;
                break;
            default:
                throw new ArgumentOutOfRangeException(nameof(field));
        }
    }

    private static string? NotEmpty(string text) => text.Length == 0 ? null : text;
}
