using Health.Contracts;
using Health.Fhir.Api.Formats;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Operations;

/// <summary>
/// Finds who somebody could be, by the register's linkage engine; each answer has its probability as score and a match grade.
/// https://hl7.org/fhir/R4/patient-operation-match.html
/// </summary>
public sealed class MatchPatients(ICitizens citizens, GuardedStore store)
    : IOperation<MatchPatients>
{
    private const string GradeUrl = "http://hl7.org/fhir/StructureDefinition/match-grade";
    private const int MostAnswers = 50;

    public static Operation Definition { get; } =
        new("match", Levels.Type, Permission.ReadHealthRecords, 's')
        {
            Description =
                "Patients who may be the one described, likeliest first, with search.score and match-grade.",
            Standard = "http://hl7.org/fhir/OperationDefinition/Patient-match",
            Types = ["Patient"],
            In =
            [
                new("resource", "Patient", Min: 1)
                {
                    Documentation =
                        "Name, birth date, sex, identifiers, phone, address: what is known.",
                },
                new("onlyCertainMatches", "boolean")
                {
                    Documentation = "Nobody rather than several, or one who is not certain.",
                },
                new("count", "integer") { Documentation = "At most so many; at most 50." },
            ],
            Out = [new("return", "Bundle", Min: 1)],
        };

    public async Task<FhirAnswer> Run(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    )
    {
        var count = arguments.Number("count") ?? 10;
        if (count < 1)
        {
            throw new InvalidInput("count", "Ask for at least one.");
        }
        if (FhirJson.Demand(arguments.Resource("resource")!.Value) is not Patient asked)
        {
            throw new InvalidInput("resource", "A Patient is looked for; send one.");
        }
        var found = await citizens.Match(Details(asked), MostAnswers, cancel);
        var matches = new List<(Patient Patient, PossibleMatch Match)>();
        foreach (var match in found)
        {
            // Whom only the other sector knows is no Patient.
            if (
                await store.Read("Patient", match.Citizen.Id.ToString(), cancel) is
                { Deleted: false } stored
            )
            {
                matches.Add(((Patient)FhirJson.Parse(stored.Body), match));
            }
        }
        if (arguments.Flag("onlyCertainMatches") == true)
        {
            matches.RemoveAll(match => match.Match.Grade is not MatchGrade.Certain);
            if (matches.Count > 1)
            {
                matches.Clear();
            }
        }
        matches = [.. matches.Take(count)];
        return FhirAnswer.Of(
            new Bundle
            {
                Type = Bundle.BundleType.Searchset,
                Total = matches.Count,
                Entry = matches.ConvertAll(match => Entry(request, match.Patient, match.Match)),
            }
        );
    }

    private static Bundle.EntryComponent Entry(
        FhirRequest request,
        Patient patient,
        PossibleMatch match
    ) =>
        new()
        {
            FullUrl = $"{request.BaseUrl}/Patient/{patient.Id}",
            Resource = patient,
            Search = new Bundle.SearchComponent
            {
                Mode = Bundle.SearchEntryMode.Match,
                Score = Math.Round((decimal)match.Score, 6),
                Extension = [new Extension(GradeUrl, new Code(Grade(match.Grade)))],
            },
        };

    private static string Grade(MatchGrade grade) =>
        grade switch
        {
            MatchGrade.Certain => "certain",
            MatchGrade.Probable => "probable",
            MatchGrade.Possible => "possible",
            _ => "certainly-not",
        };

    /// <exception cref="InvalidInput">There is neither a name nor a number, or a number is none.</exception>
    private static CitizenDetails Details(Patient patient)
    {
        var name = patient.Name.FirstOrDefault();
        return new(
            name?.Text ?? string.Join(' ', new[] { name?.Family }.Concat(name?.Given ?? [])),
            PartialDate.TryParse(patient.BirthDate, null, out var birth) ? birth : null,
            patient.Gender switch
            {
                AdministrativeGender.Male => Sex.Male,
                AdministrativeGender.Female => Sex.Female,
                _ => Sex.Unknown,
            },
            Number(patient, PatientIdentifiers.NationalId),
            patient
                .Telecom.Find(contact => contact.System == ContactPoint.ContactPointSystem.Phone)
                ?.Value,
            patient.Address.FirstOrDefault() is { } address
                ? address.Text ?? string.Join(", ", [.. address.Line, address.City, address.State])
                : null,
            InsuranceNumber: Number(patient, PatientIdentifiers.InsuranceNumber),
            OldIdentityNumber: Number(patient, PatientIdentifiers.OldIdentityCard),
            Passport: Number(patient, PatientIdentifiers.Passport)
        );
    }

    private static string? Number(Patient patient, string system) =>
        patient.Identifier.Find(identifier => identifier.System == system)?.Value;
}
