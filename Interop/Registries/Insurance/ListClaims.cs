using System.Text.Json;
using Health.Contracts;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using static Interop.Registries.Forms.FhirJson;

namespace Interop.Registries.Insurance;

/// <summary>The visits that ended on a day at the caller's facility, each of which may become an insurance case; at all facilities for who belongs to none.</summary>
public sealed class ListClaims(
    IFhirReader fhir,
    IAccess access,
    ICurrentCaller current,
    TimeProvider clock
) : IFeature
{
    /// <param name="Card">Number of the insurance card; null when the patient has none.</param>
    public sealed record Case(
        string Encounter,
        DateTimeOffset Ended,
        string? Patient,
        string? Card,
        string? Facility
    );

    /// <param name="day">Today when left out.</param>
    public async Task<IReadOnlyList<Case>> Run(DateOnly? day, CancellationToken cancel)
    {
        access.Demand(current.Caller, Permission.ReadHealthRecords);
        var on = day ?? clock.Today();
        var start = new DateTimeOffset(on, TimeOnly.MinValue, VietnamTime.Offset);
        var facility = current.Caller.Organisation;
        var query =
            $"status=finished&date=ge{Instant(start)}&date=lt{Instant(start.AddDays(1))}"
            + (facility is null ? "" : $"&service-provider=Organization/{facility}");
        var found = new List<(string Id, DateTimeOffset Ended, string Patient, string? Facility)>();
        await foreach (var json in fhir.Scan("Encounter", query, cancel))
        {
            using var document = JsonDocument.Parse(json);
            var visit = document.RootElement;
            if (
                TryEnd(Text(visit, "period", "end"), out var ended)
                && ended.VietnamDay() == on
                && IdOf(Text(visit, "subject", "reference")) is { } patient
            )
            {
                found.Add(
                    (
                        Text(visit, "id")!,
                        ended,
                        patient,
                        IdOf(Text(visit, "serviceProvider", "reference"))
                    )
                );
            }
        }
        var people = new Dictionary<string, (string? Name, string? Card)>();
        foreach (var ids in found.Select(one => one.Patient).Distinct().Chunk(50))
        {
            await foreach (var json in fhir.Scan("Patient", $"_id={string.Join(',', ids)}", cancel))
            {
                using var document = JsonDocument.Parse(json);
                var patient = document.RootElement;
                people[Text(patient, "id")!] = (
                    Each(patient, "name").Select(name => Text(name, "text")).FirstOrDefault(),
                    FillClaim.Number(patient, PatientIdentifiers.InsuranceNumber)
                );
            }
        }
        return
        [
            .. found
                .OrderBy(one => one.Ended)
                .Select(one =>
                {
                    var (name, card) = people.GetValueOrDefault(one.Patient);
                    return new Case(one.Id, one.Ended, name, card, one.Facility);
                }),
        ];
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/api/insurance/claims",
                (DateOnly? day, ListClaims list, CancellationToken cancel) => list.Run(day, cancel)
            )
            .Requires(Permission.ReadHealthRecords);
}
