using System.Text.Json.Serialization;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Encounters;

/// <summary>Where somebody is in today's queue.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Stage>))]
public enum Stage
{
    InRoom,
    Called,
    Waiting,
    Done,
}

/// <summary>
/// Moves a patient along the queue: triage, the call to a room, into the room, or gone without being seen. Encounter.status says how far
/// (arrived, triaged, in-progress), Encounter.location which room, statusHistory how long each took.
/// </summary>
public sealed class MoveInQueue(FhirSession fhir, Workplace workplace, TimeProvider clock)
    : IFeature
{
    [JsonConverter(typeof(JsonStringEnumConverter<Step>))]
    public enum Step
    {
        Triage,
        Call,
        Start,
        Leave,
    }

    /// <param name="Level">1 to 5, for <see cref="Step.Triage"/>.</param>
    /// <param name="Room">As it is called out, such as <c>Phòng 2</c>.</param>
    public sealed record Input(Step Step, int? Level = null, string? Room = null);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/encounters/{id}/queue",
                async (MoveInQueue feature, string id, Input input, CancellationToken cancel) =>
                {
                    await feature.Run(id, input, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteHealthRecords);

    /// <exception cref="Conflict">The visit is over, or the patient is with a doctor already.</exception>
    public async Task Run(string encounterId, Input input, CancellationToken cancel = default)
    {
        var encounter = await fhir.OpenOne(encounterId, cancel);
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        var now = clock.GetUtcNow().InVietnam();
        if (input.Step is not Step.Triage && StageOf(encounter) is Stage.InRoom)
        {
            throw new Conflict(
                T.Of(
                    $"Người bệnh đang được {encounter.Doctor()} khám.",
                    $"{encounter.Doctor()} is seeing the patient."
                )
            );
        }
        switch (input.Step)
        {
            case Step.Triage:
                encounter.Priority = Triage.Coded(input.Level ?? 0);
                if (encounter.Status is Encounter.EncounterStatus.Arrived)
                {
                    Turn(encounter, Encounter.EncounterStatus.Triaged, now);
                }
                break;
            case Step.Call:
                encounter.Location =
                [
                    Room(input.Room, Encounter.EncounterLocationStatus.Reserved, now),
                ];
                break;
            case Step.Start:
                encounter.Location =
                [
                    Room(
                        input.Room ?? RoomOf(encounter),
                        Encounter.EncounterLocationStatus.Active,
                        now
                    ),
                ];
                encounter.Participant = [OpenEncounter.Seeing(post)];
                Turn(encounter, Encounter.EncounterStatus.InProgress, now);
                break;
            default:
                Turn(encounter, Encounter.EncounterStatus.Cancelled, now);
                encounter.Period!.EndElement = new FhirDateTime(now);
                break;
        }
        changes.Update(encounter, encounter.Meta?.VersionId);
        await fhir.Commit(changes, cancel);
    }

    public static Stage StageOf(Encounter encounter) =>
        encounter.Status switch
        {
            Encounter.EncounterStatus.Finished or Encounter.EncounterStatus.Cancelled => Stage.Done,
            Encounter.EncounterStatus.Planned
            or Encounter.EncounterStatus.Arrived
            or Encounter.EncounterStatus.Triaged => encounter.Location.Exists(room =>
                room.Status is Encounter.EncounterLocationStatus.Reserved
            )
                ? Stage.Called
                : Stage.Waiting,
            _ => Stage.InRoom,
        };

    public static string? RoomOf(Encounter encounter) =>
        encounter.Location.FirstOrDefault()?.Location?.Display;

    /// <summary>When the doctor began; null while the patient waits.</summary>
    public static DateTimeOffset? SeenAt(Encounter encounter) =>
        StageOf(encounter) is Stage.Waiting or Stage.Called
            ? null
            : encounter
                .StatusHistory.LastOrDefault(past =>
                    past.Status
                        is Encounter.EncounterStatus.Arrived
                            or Encounter.EncounterStatus.Triaged
                )
                ?.Period?.EndElement?.ToDateTimeOffset(VietnamTime.Offset)
                ?? encounter.Started();

    private static void Turn(Encounter encounter, Encounter.EncounterStatus to, DateTimeOffset now)
    {
        var since =
            encounter.StatusHistory.LastOrDefault()?.Period?.EndElement
            ?? encounter.Period?.StartElement;
        encounter.StatusHistory.Add(
            new Encounter.StatusHistoryComponent
            {
                Status = encounter.Status,
                Period = new Period { StartElement = since, EndElement = new FhirDateTime(now) },
            }
        );
        encounter.Status = to;
    }

    private static Encounter.LocationComponent Room(
        string? name,
        Encounter.EncounterLocationStatus status,
        DateTimeOffset now
    ) =>
        new()
        {
            Location = new ResourceReference
            {
                Display = string.IsNullOrWhiteSpace(name)
                    ? T.Of("Phòng khám", "Consulting room")
                    : name.Trim(),
            },
            Status = status,
            Period = new Period { StartElement = new FhirDateTime(now) },
        };
}
