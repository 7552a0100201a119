using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Patients;

/// <summary>
/// Notes an allergy of the patient (https://hl7.org/fhir/R4/allergyintolerance.html); from then on it stands in red on every
/// page about them and is compared with every prescription.
/// </summary>
public sealed class RecordAllergy(FhirSession fhir, Workplace workplace, TimeProvider clock)
    : IFeature
{
    /// <param name="Substance">Active ingredient or food, as text.</param>
    /// <param name="Severe">Anaphylaxis or another reaction that threatens life.</param>
    public sealed record Input(string? Substance, string? Reaction, bool Severe);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/patients/{id}/allergies",
                (RecordAllergy feature, string id, Input input, CancellationToken cancel) =>
                    feature.Run(id, input, cancel)
            )
            .Requires(Permission.WriteHealthRecords);

    public async Task Run(string patient, Input input, CancellationToken cancel = default)
    {
        if (string.IsNullOrWhiteSpace(input.Substance))
        {
            throw new InvalidInput(
                "substance",
                T.Of("Ghi tên thuốc hoặc chất gây dị ứng.", "Name the drug or substance.")
            );
        }
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        changes.Create(
            new AllergyIntolerance
            {
                ClinicalStatus = new CodeableConcept(
                    "http://terminology.hl7.org/CodeSystem/allergyintolerance-clinical",
                    "active"
                ),
                VerificationStatus = new CodeableConcept(
                    "http://terminology.hl7.org/CodeSystem/allergyintolerance-verification",
                    "confirmed"
                ),
                Type = AllergyIntolerance.AllergyIntoleranceType.Allergy,
                Criticality = input.Severe
                    ? AllergyIntolerance.AllergyIntoleranceCriticality.High
                    : AllergyIntolerance.AllergyIntoleranceCriticality.Low,
                Code = new CodeableConcept { Text = input.Substance.Trim() },
                Patient = VnCore.ToPatient(patient),
                RecordedDateElement = new FhirDateTime(clock.GetUtcNow().InVietnam()),
                Recorder = post.Practitioner,
                Reaction = string.IsNullOrWhiteSpace(input.Reaction)
                    ? []
                    :
                    [
                        new AllergyIntolerance.ReactionComponent
                        {
                            Manifestation = [new CodeableConcept { Text = input.Reaction.Trim() }],
                        },
                    ],
            }
        );
        await fhir.Commit(changes, cancel);
    }
}
