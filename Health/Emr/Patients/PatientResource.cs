using Health.Contracts;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;

namespace Health.Emr.Patients;

/// <summary>A citizen as a FHIR Patient of the ministry's guide, and back.</summary>
public static class PatientResource
{
    /// <param name="numbers">As <see cref="ICitizens.Numbers"/> orders them.</param>
    public static Patient Of(Citizen citizen, IReadOnlyList<CitizenNumber> numbers)
    {
        var details = citizen.Details;
        var patient = new Patient
        {
            Id = citizen.Id.ToString(),
            Active = true,
            Name = [Name(details.FullName)],
            Gender = details.Sex switch
            {
                SharedKernel.Contracts.Sex.Male => AdministrativeGender.Male,
                SharedKernel.Contracts.Sex.Female => AdministrativeGender.Female,
                _ => AdministrativeGender.Unknown,
            },
            BirthDate = details.BirthDate?.ToString(),
        };
        patient.Identifier.AddRange(numbers.Select(Identifier));
        if (details.Phone is { } phone)
        {
            patient.Telecom.Add(
                new ContactPoint(ContactPoint.ContactPointSystem.Phone, null, phone)
            );
        }
        if (details.Address is not null || details.CommuneCode is not null)
        {
            var address = new Address
            {
                Use = Address.AddressUse.Home,
                Text = details.Address,
                Country = "VN",
            };
            if (details.CommuneCode is { } commune)
            {
                address.AddExtension(
                    "http://fhir.ehealth.gov.vn/core/StructureDefinition/extension-administrative-address",
                    new Coding(VnCore.CommuneCodes, commune)
                );
            }
            patient.Address.Add(address);
        }
        if (details.Ethnicity is { } ethnicity)
        {
            patient.AddExtension(VnCore.Race, new CodeableConcept(VnCore.RaceCodes, ethnicity));
        }
        return patient;
    }

    /// <summary>In force as <c>official</c> or <c>temp</c>; what was retired as <c>old</c> with its period.</summary>
    private static Identifier Identifier(CitizenNumber number)
    {
        var (system, type) = number.Kind switch
        {
            IdentifierKind.PersonalId => (PatientIdentifiers.NationalId, "NI"),
            IdentifierKind.Insurance => (PatientIdentifiers.InsuranceNumber, "SB"),
            IdentifierKind.Passport => (PatientIdentifiers.Passport, "PPN"),
            IdentifierKind.Temporary => (PatientIdentifiers.Temporary, "PI"),
            _ => (PatientIdentifiers.OldIdentityCard, "NI"),
        };
        return new(system, number.Value)
        {
            Type = new("http://terminology.hl7.org/CodeSystem/v2-0203", type),
            Use =
                !number.Holds ? Hl7.Fhir.Model.Identifier.IdentifierUse.Old
                : number.Kind is IdentifierKind.Temporary
                    ? Hl7.Fhir.Model.Identifier.IdentifierUse.Temp
                : Hl7.Fhir.Model.Identifier.IdentifierUse.Official,
            Period = number.To is { } ended
                ? new Period
                {
                    // An earlier card was told as ended already; since when it held is not known.
                    StartElement = number.From < ended ? new FhirDateTime(number.From) : null,
                    EndElement = new FhirDateTime(ended),
                }
                : null,
        };
    }

    /// <summary>First word family, last word given, what lies between middle; <c>text</c> keeps it as people write it.</summary>
    public static HumanName Name(string fullName)
    {
        var words = fullName.Split(' ', StringSplitOptions.RemoveEmptyEntries);
        var name = new HumanName
        {
            Use = HumanName.NameUse.Official,
            Text = string.Join(' ', words),
            Family = words[0],
        };
        if (words.Length > 2)
        {
            name.GivenElement.Add(new FhirString(string.Join(' ', words[1..^1])));
        }
        if (words.Length > 1)
        {
            name.GivenElement.Add(new FhirString(words[^1]));
        }
        return name;
    }

    public static string FullName(this Patient patient) =>
        patient.Name.FirstOrDefault() is { } name
            ? name.Text ?? string.Join(' ', [name.Family, .. name.Given])
            : patient.Id!;

    public static Sex Sex(this Patient patient) =>
        patient.Gender switch
        {
            AdministrativeGender.Male => SharedKernel.Contracts.Sex.Male,
            AdministrativeGender.Female => SharedKernel.Contracts.Sex.Female,
            _ => SharedKernel.Contracts.Sex.Unknown,
        };

    public static PartialDate? Birth(this Patient patient) =>
        PartialDate.TryParse(patient.BirthDate, null, out var date) ? date : null;

    public static string? PersonalId(this Patient patient) => Number(patient, VnCore.NationalId);

    public static string? Insurance(this Patient patient) =>
        Number(patient, VnCore.InsuranceNumber);

    private static string? Number(Patient patient, string system) =>
        patient
            .Identifier.Find(number =>
                number.System == system
                && number.Use is not Hl7.Fhir.Model.Identifier.IdentifierUse.Old
            )
            ?.Value;

    /// <summary>Id of the Patient that took this one's place; null when it is in use.</summary>
    public static string? ReplacedBy(this Patient patient) =>
        VnCore.IdOf(patient.Link.Find(link => link.Type == Patient.LinkType.ReplacedBy)?.Other);

    public static string? AddressText(this Patient patient) =>
        patient.Address.FirstOrDefault() is { } address
            ? address.Text
                ?? string.Join(
                    ", ",
                    [.. address.Line, address.City, address.State, address.Country]
                )
            : null;

    public static string? Phone(this Patient patient) =>
        patient
            .Telecom.Find(contact => contact.System == ContactPoint.ContactPointSystem.Phone)
            ?.Value;
}
