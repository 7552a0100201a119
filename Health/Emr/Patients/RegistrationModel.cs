using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr.Patients;

/// <summary>The registration form as typed.</summary>
public sealed class RegistrationModel
{
    public string? FullName { get; set; }
    public string? BirthDate { get; set; }
    public Sex Sex { get; set; } = Sex.Male;
    public string? PersonalId { get; set; }
    public string? OldIdentityNumber { get; set; }
    public string? InsuranceNumber { get; set; }
    public string? Phone { get; set; }
    public string? Address { get; set; }
    public string? Ethnicity { get; set; }

    /// <summary>As typed or picked; read by <see cref="ICitizens.ReadCommune"/>.</summary>
    public string? Commune { get; set; }

    /// <summary>Ids of lookalikes that were shown and are other people, between commas.</summary>
    public string? Others { get; set; }

    public static RegistrationModel Of(CitizenDetails details) =>
        new()
        {
            FullName = details.FullName,
            BirthDate = details.BirthDate?.Text(),
            Sex = details.Sex,
            PersonalId = details.PersonalId,
            OldIdentityNumber = details.OldIdentityNumber,
            Address = details.Address,
            Ethnicity = details.Ethnicity,
        };

    /// <exception cref="InvalidInput">A field is missing or cannot be read.</exception>
    /// <param name="commune">What <see cref="Commune"/> was read as.</param>
    public CitizenDetails Details(CommuneOfResidence? commune = null)
    {
        var errors = new List<FieldError>();
        if (string.IsNullOrWhiteSpace(FullName))
        {
            errors.Add(new("FullName", T.Of("Ghi họ và tên.", "Write the name.")));
        }
        PartialDate? birth = PartialDate.TryRead(BirthDate, out var born) ? born : null;
        if (birth is null)
        {
            errors.Add(
                new(
                    "BirthDate",
                    T.Of(
                        "Ghi ngày sinh như 12/03/1984, 03/1984 hoặc 1984.",
                        "Write the birth date as 12/03/1984, 03/1984 or 1984."
                    )
                )
            );
        }
        return errors.Count > 0
            ? throw new InvalidInput(errors)
            : new CitizenDetails(
                FullName!,
                birth,
                Sex,
                Filled(PersonalId),
                Filled(Phone),
                Filled(Address),
                Ethnicity: Filled(Ethnicity),
                InsuranceNumber: Filled(InsuranceNumber),
                OldIdentityNumber: Filled(OldIdentityNumber),
                CommuneCode: commune?.Code,
                AddressAsOf: commune?.AsOf
            );
    }

    private static string? Filled(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
