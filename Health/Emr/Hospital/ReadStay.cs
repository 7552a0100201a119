using Health.Emr.Encounters;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using Composition = Hl7.Fhir.Model.Composition;

namespace Health.Emr.Hospital;

/// <summary>One day of a stay: the treatment sheet with its orders, the doses by the hour, vital signs and fluids.</summary>
public sealed class ReadStay(FhirSession fhir, ReadEncounter visits, TimeProvider clock) : IFeature
{
    /// <param name="Visit">The stay as an encounter: patient, diagnoses, vital signs, tests, papers.</param>
    /// <param name="Drugs">All drug orders of the stay, running ones first.</param>
    public sealed record Result(
        ReadEncounter.Visit Visit,
        DateOnly Day,
        IReadOnlyList<WriteProgress.Line> Progress,
        IReadOnlyList<MedicationRequest> Drugs,
        IReadOnlyList<Dose> Doses,
        IReadOnlyList<RecordFluid.Line> Fluids,
        Composition? Summary
    )
    {
        public Encounter Stay => Visit.Encounter;
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/health/stays/{id}",
                async (ReadStay feature, string id, DateOnly? day, CancellationToken cancel) =>
                {
                    var stay = await feature.Run(id, day, cancel);
                    return Results.Ok(
                        new
                        {
                            stay.Day,
                            Ward = stay.Stay.Ward()?.Display,
                            Bed = stay.Stay.Bed()?.Display,
                            stay.Progress,
                            stay.Doses,
                            stay.Fluids,
                            Balance = RecordFluid.Balance(stay.Fluids),
                        }
                    );
                }
            )
            .Requires(Permission.ReadHealthRecords);

    /// <param name="day">Null for today.</param>
    /// <exception cref="NotFound">There is no such stay.</exception>
    public async Task<Result> Run(
        string id,
        DateOnly? day = null,
        CancellationToken cancel = default
    )
    {
        var visit = await visits.Run(id, cancel);
        if (!visit.Encounter.IsStay())
        {
            throw new NotFound($"Stay {id}");
        }
        var on = day ?? clock.Today();
        var progress = await fhir.Search<Composition>(
            $"encounter=Encounter/{id}&type={VnCore.Loinc}|{WriteProgress.ProgressLoinc}&{Stay.Day("date", on)}&_sort=date&_count=50",
            cancel
        );
        var drugs = await fhir.Search<MedicationRequest>(
            $"encounter=Encounter/{id}&category={OrderDrug.Inpatient}&_count=100",
            cancel
        );
        var given = await fhir.Search<MedicationAdministration>(
            $"context=Encounter/{id}&effective-time=ge{on.AddDays(-1):yyyy-MM-dd}&effective-time=le{on.AddDays(1):yyyy-MM-dd}&_count=300",
            cancel
        );
        // Before 6 o'clock the day of the balance is still yesterday's.
        var night =
            on == clock.Today() && clock.GetUtcNow().InVietnam().Hour < RecordFluid.DayBegins;
        var fluids = await fhir.Search<Observation>(
            RecordFluid.SearchFor(id, night ? on.AddDays(-1) : on),
            cancel
        );
        return new(
            visit,
            on,
            [.. progress.Select(WriteProgress.Read)],
            [
                .. drugs
                    .OrderByDescending(order =>
                        order.Status is MedicationRequest.MedicationrequestStatus.Active
                    )
                    .ThenBy(order => order.AuthoredOn, StringComparer.Ordinal),
            ],
            GiveDrug.DosesOf(on, drugs, given, clock.GetUtcNow()),
            [.. RecordFluid.Read(fluids)],
            await fhir.Read<Composition>($"{id}-summary", cancel)
        );
    }
}
