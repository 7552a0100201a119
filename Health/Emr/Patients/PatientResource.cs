using Hl7.Fhir.Model;
using SharedKernel.Contracts;

namespace Health.Emr.Patients;

/// <summary>A citizen as a FHIR Patient of the ministry's guide, and back.</summary>
public static class PatientResource
{
    public static Patient Of(Citizen citizen)
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
        if (details.PersonalId is { } personalId)
        {
            patient.Identifier.Add(
                new Identifier(VnCore.NationalId, personalId)
                {
                    Use = Identifier.IdentifierUse.Official,
                    Type = new CodeableConcept(
                        "http://terminology.hl7.org/CodeSystem/v2-0203",
                        "NI"
                    ),
                }
            );
        }
        if (details.InsuranceNumber is { } insurance)
        {
            patient.Identifier.Add(
                new Identifier(VnCore.InsuranceNumber, insurance)
                {
                    Type = new CodeableConcept(
                        "http://terminology.hl7.org/CodeSystem/v2-0203",
                        "SB"
                    ),
                }
            );
        }
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

    public static string? PersonalId(this Patient patient) =>
        patient.Identifier.Find(identifier => identifier.System == VnCore.NationalId)?.Value;

    public static string? Insurance(this Patient patient) =>
        patient.Identifier.Find(identifier => identifier.System == VnCore.InsuranceNumber)?.Value;

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
