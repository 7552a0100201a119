using Health.Emr.Encounters;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Hospital;

/// <summary>Moves a patient to another bed, of the same ward or another; where they lay before stays in the stay's locations.</summary>
public sealed class TransferPatient(FhirSession fhir, TimeProvider clock) : IFeature
{
    /// <param name="Bed">Id of a free bed.</param>
    public sealed record Input(string? Bed);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/stays/{id}/transfer",
                async (TransferPatient feature, string id, Input input, CancellationToken cancel) =>
                {
                    await feature.Run(id, input.Bed, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteHealthRecords);

    /// <exception cref="Conflict">The stay is over, or the bed is not free.</exception>
    public async Task Run(string stayId, string? bedId, CancellationToken cancel = default)
    {
        var stay = await fhir.OpenOne(stayId, cancel);
        if (!stay.IsStay())
        {
            throw new Conflict(T.Of("Người bệnh không nằm viện.", "The patient is no inpatient."));
        }
        var bed = await fhir.FreeBed(bedId, cancel);
        var ward =
            await fhir.Read<Location>(VnCore.IdOf(bed.PartOf)!, cancel)
            ?? throw new NotFound("Ward");
        var now = new FhirDateTime(clock.GetUtcNow().InVietnam());
        var changes = new FhirChanges();
        if (
            stay.Bed() is { } left
            && await fhir.Read<Location>(VnCore.IdOf(left)!, cancel) is { } old
        )
        {
            old.Turn(Hospital.Ward.Cleaning, changes);
        }
        stay.Leave(now);
        stay.Location.AddRange(Stay.Places(ward, bed, now));
        bed.Turn(Hospital.Ward.Occupied, changes);
        changes.Update(stay, stay.Meta?.VersionId);
        await fhir.Commit(changes, cancel);
    }
}
