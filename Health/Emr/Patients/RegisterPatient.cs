using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr.Patients;

/// <summary>
/// Registers a person once for both sectors and opens their clinical record: a FHIR Patient under the citizen's id, with the
/// identifiers of the ministry's guide (http://fhir.ehealth.gov.vn/core). The personal ID is the health identifier (NĐ 102/2025
/// Art. 6).
/// </summary>
/// <remarks>
/// To register somebody is to take them in: from then on the caller's facility is one that treats them, and sees the record that others
/// may have opened before.
/// </remarks>
public sealed class RegisterPatient(
    ICitizens citizens,
    FhirSession fhir,
    Workplace workplace,
    ICurrentCaller current,
    TimeProvider clock
) : IFeature
{
    /// <param name="IsNew">False when the record was there before; it is opened as it is.</param>
    /// <param name="Warnings">Such as a personal ID that contradicts the birth year; never a refusal.</param>
    public sealed record Result(string PatientId, bool IsNew, IReadOnlyList<string> Warnings);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/patients",
                (RegisterPatient feature, CitizenDetails details, CancellationToken cancel) =>
                    feature.Run(details, cancel)
            )
            .Requires(Permission.RegisterCitizens);

    /// <exception cref="InvalidInput">A field is wrong.</exception>
    public Task<Result> Run(CitizenDetails details, CancellationToken cancel = default) =>
        Run(details, [], cancel);

    /// <param name="others">Lookalikes that were judged to be other people.</param>
    /// <exception cref="InvalidInput">A field is wrong.</exception>
    public async Task<Result> Run(
        CitizenDetails details,
        IReadOnlyCollection<CitizenId> others,
        CancellationToken cancel = default
    )
    {
        var registration = await citizens.Register(details, FactSource.Health, others, cancel);
        var isNew = await Open(registration.Citizen, cancel);
        return new Result(registration.Citizen.Id.ToString(), isNew, registration.Warnings);
    }

    /// <summary>Opens the clinical record of a person whom the other sector registered.</summary>
    public async Task Run(CitizenId id, CancellationToken cancel = default) =>
        await Open(await citizens.Find(id, cancel) ?? throw new NotFound($"Citizen {id}"), cancel);

    private async Task<bool> Open(Citizen citizen, CancellationToken cancel)
    {
        if (await fhir.Read<Patient>(citizen.Id.ToString(), cancel) is not null)
        {
            return false;
        }
        var changes = new FhirChanges();
        var patient = PatientResource.Of(citizen, await citizens.Numbers(citizen.Id, cancel));
        var post = await PostOfCaller(changes, cancel);
        patient.ManagingOrganization = post?.Organisation;
        changes.Update(patient);
        try
        {
            await fhir.Commit(changes, cancel);
            return true;
        }
        catch (AccessDenied) when (post is not null)
        {
            // Another facility has opened the record, and this one has not treated the person yet.
            await TakeIn(citizen.Id, post, cancel);
            return false;
        }
    }

    private async Task TakeIn(CitizenId citizen, Post post, CancellationToken cancel)
    {
        var changes = new FhirChanges();
        changes.Update(
            Care(citizen, post.FacilityCode, post.Organisation, clock.GetUtcNow().InVietnam())
        );
        await fhir.Commit(changes, cancel);
    }

    /// <summary>The person under this facility's care, once: https://hl7.org/fhir/R4/episodeofcare.html</summary>
    public static EpisodeOfCare Care(
        CitizenId citizen,
        string facility,
        ResourceReference organisation,
        DateTimeOffset since
    ) =>
        new()
        {
            Id = $"{facility}-{citizen}",
            Status = EpisodeOfCare.EpisodeOfCareStatus.Active,
            Patient = VnCore.ToPatient(citizen.ToString()),
            ManagingOrganization = organisation,
            Period = new Period { StartElement = new FhirDateTime(since) },
        };

    /// <summary>Null for the system and the administrator, who work at no facility.</summary>
    private async Task<Post?> PostOfCaller(FhirChanges changes, CancellationToken cancel) =>
        current.Caller.Organisation is { Length: > 0 }
            ? await workplace.OfCaller(changes, cancel)
            : null;
}
