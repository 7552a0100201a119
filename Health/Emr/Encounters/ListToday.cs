using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr.Encounters;

/// <summary>Today's visits at the caller's facility: those still open first, in the order they came.</summary>
public sealed class ListToday(FhirSession fhir, ICurrentCaller current, TimeProvider clock)
    : IFeature
{
    private const int Most = 200;

    public sealed record Row(
        string EncounterId,
        string PatientId,
        string PatientName,
        PartialDate? Birth,
        Sex Sex,
        DateTimeOffset Started,
        string? Reason,
        string? Doctor,
        string? Diagnosis,
        bool IsOpen,
        (string Text, string Badge) Status
    );

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/health/encounters/today",
                (ListToday feature, CancellationToken cancel) => feature.Run(cancel)
            )
            .Requires(Permission.ReadHealthRecords);

    public async Task<IReadOnlyList<Row>> Run(CancellationToken cancel = default)
    {
        if (current.Caller.Organisation is not { } facility)
        {
            return [];
        }
        var today = clock.Today();
        var midnight = new DateTimeOffset(today.ToDateTime(TimeOnly.MinValue), VietnamTime.Offset);
        var found = await fhir.SearchAll(
            "Encounter",
            $"service-provider=Organization/{facility}&date=ge{Uri.EscapeDataString(midnight.ToString("yyyy-MM-ddTHH:mm:sszzz"))}"
                + $"&_include=Encounter:subject&_sort=date&_count={Most}",
            cancel
        );
        var patients = found.OfType<Patient>().ToDictionary(patient => patient.Id!);
        return
        [
            .. found
                .OfType<Encounter>()
                .Where(encounter => encounter.Started().VietnamDay() == today)
                .Select(encounter =>
                {
                    var patient = patients.GetValueOrDefault(VnCore.IdOf(encounter.Subject) ?? "");
                    return new Row(
                        encounter.Id!,
                        VnCore.IdOf(encounter.Subject)!,
                        patient?.FullName() ?? encounter.Subject?.Display ?? "",
                        patient?.Birth(),
                        patient?.Sex() ?? Sex.Unknown,
                        encounter.Started(),
                        encounter.Reason(),
                        encounter.Doctor(),
                        encounter.Diagnosis.FirstOrDefault()?.Condition.Display,
                        encounter.IsOpen(),
                        encounter.StatusText()
                    );
                })
                .OrderByDescending(row => row.IsOpen)
                .ThenBy(row => row.Started),
        ];
    }
}
