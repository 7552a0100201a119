using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr.Encounters;

/// <summary>
/// Today's queue at the caller's facility: who is in a room, who was called, who waits (by triage, then by arrival), who is done.
/// </summary>
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
        (string Text, string Badge) Status,
        Stage Stage,
        TriageLevel? Triage,
        string? Room,
        DateTimeOffset? Seen
    )
    {
        /// <summary>From arrival to the doctor, or until now.</summary>
        public int MinutesWaited(DateTimeOffset now) =>
            Math.Max(0, (int)((Seen ?? now) - Started).TotalMinutes);

        /// <summary>Whether that was longer than the level of triage allows.</summary>
        public bool WaitsTooLong(DateTimeOffset now) =>
            Seen is null && Stage is not Stage.Done && MinutesWaited(now) > Triage?.Minutes;
    }

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
            $"service-provider=Organization/{facility}&class=AMB,EMER&date=ge{VnCore.InQuery(midnight)}"
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
                        encounter.StatusText(),
                        MoveInQueue.StageOf(encounter),
                        Encounters.Triage.Of(encounter),
                        MoveInQueue.RoomOf(encounter),
                        MoveInQueue.SeenAt(encounter)
                    );
                })
                .OrderBy(row => row.Stage)
                .ThenBy(row =>
                    row.Stage is Stage.Waiting
                        ? row.Triage?.Level ?? Encounters.Triage.Levels.Count
                        : 0
                )
                .ThenBy(row => row.Started),
        ];
    }
}
