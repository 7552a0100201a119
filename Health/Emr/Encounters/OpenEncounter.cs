using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr.Encounters;

/// <summary>
/// Opens an outpatient visit: a FHIR Encounter of class AMB at the caller's facility (https://hl7.org/fhir/R4/encounter.html), with the caller
/// at once or in the queue. One that is still open today is opened again instead of a second one.
/// </summary>
/// <remarks>Whom the facility has not treated yet is registered there first.</remarks>
public sealed class OpenEncounter(
    FhirSession fhir,
    Workplace workplace,
    RegisterPatient register,
    TimeProvider clock
) : IFeature
{
    /// <param name="Waits">The patient takes a place in the queue; otherwise the caller sees them now.</param>
    /// <param name="Level">Of triage, 1 to 5; null when nobody has judged it.</param>
    public sealed record Input(
        string PatientId,
        string? Reason = null,
        bool Waits = false,
        int? Level = null
    );

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/encounters",
                async (OpenEncounter feature, Input input, CancellationToken cancel) =>
                    Results.Ok(new { id = await feature.Run(input, cancel) })
            )
            .Requires(Permission.WriteHealthRecords);

    /// <returns>Id of the encounter.</returns>
    public async Task<string> Run(Input input, CancellationToken cancel = default)
    {
        var patient = await Find(input.PatientId, cancel);
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        var now = clock.GetUtcNow().InVietnam();
        var open = await fhir.Search<Encounter>(
            $"patient={patient.Id}&status=arrived,triaged,in-progress&class=AMB,EMER&_count=20",
            cancel
        );
        if (
            open.FirstOrDefault(encounter =>
                encounter.ServiceProvider?.Reference == post.Organisation.Reference
                && encounter.Started().VietnamDay() == now.VietnamDay()
            ) is
            { } already
        )
        {
            return already.Id!;
        }
        var encounter = new Encounter
        {
            Id = Guid.CreateVersion7().ToString(),
            Status =
                !input.Waits ? Encounter.EncounterStatus.InProgress
                : input.Level is null ? Encounter.EncounterStatus.Arrived
                : Encounter.EncounterStatus.Triaged,
            Priority = input.Level is { } level ? Triage.Coded(level) : null,
            Class = new Coding(
                "http://terminology.hl7.org/CodeSystem/v3-ActCode",
                "AMB",
                "ambulatory"
            ),
            Subject = VnCore.Reference(patient, patient.FullName()),
            Participant = input.Waits ? [] : [Seeing(post)],
            Period = new Period { StartElement = new FhirDateTime(now) },
            ServiceProvider = post.Organisation,
            ReasonCode = string.IsNullOrWhiteSpace(input.Reason)
                ? []
                : [new CodeableConcept { Text = input.Reason.Trim() }],
        };
        changes.Update(encounter);
        await fhir.Commit(changes, cancel);
        return encounter.Id;
    }

    /// <summary>The one who sees the patient.</summary>
    internal static Encounter.ParticipantComponent Seeing(Post post) =>
        new()
        {
            Type =
            [
                new CodeableConcept(
                    "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
                    "PPRF",
                    "primary performer"
                ),
            ],
            Individual = post.Practitioner,
        };

    private async Task<Patient> Find(string id, CancellationToken cancel)
    {
        if (
            await fhir.Read<Patient>(id, cancel) is null
            && CitizenId.TryParse(id, null, out var citizen)
        )
        {
            await register.Run(citizen, cancel);
        }
        return await fhir.Read<Patient>(id, cancel) ?? throw new NotFound($"Patient {id}");
    }
}
