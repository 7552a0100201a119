using System.Text.Json;
using Health.Emr.Encounters;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr.Prescriptions;

/// <summary>
/// Keeps what was typed so that a lost connection or a killed server loses nothing: one preliminary DocumentReference a visit,
/// under the visit's id, holding the draft as it is. It is no order: MedicationRequests come into being when it is signed.
/// </summary>
public sealed class SavePrescriptionDraft(FhirSession fhir, Workplace workplace, TimeProvider clock)
    : IFeature
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/encounters/{id}/prescription/draft",
                async (
                    SavePrescriptionDraft feature,
                    string id,
                    PrescriptionDraft draft,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Run(id, draft, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.SignPrescriptions);

    public async Task Run(
        string encounterId,
        PrescriptionDraft draft,
        CancellationToken cancel = default
    )
    {
        var encounter =
            await fhir.Read<Encounter>(encounterId, cancel)
            ?? throw new NotFound($"Encounter {encounterId}");
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        changes.Update(
            new DocumentReference
            {
                Id = encounterId,
                Status = DocumentReferenceStatus.Current,
                DocStatus = CompositionStatus.Preliminary,
                Type = VnCore.PrescriptionDocument,
                Subject = encounter.Subject,
                Date = clock.GetUtcNow(),
                Author = [post.Practitioner],
                Custodian = post.Organisation,
                Content =
                [
                    new DocumentReference.ContentComponent
                    {
                        Attachment = new Attachment
                        {
                            ContentType = "application/json",
                            Data = JsonSerializer.SerializeToUtf8Bytes(draft, Json),
                        },
                    },
                ],
                Context = new DocumentReference.ContextComponent
                {
                    Encounter = [VnCore.Reference(encounter)],
                },
            }
        );
        await fhir.Commit(changes, cancel);
    }

    /// <summary>The open draft of a visit; null when there is none or it was signed.</summary>
    public async Task<PrescriptionDraft?> Read(
        string encounterId,
        CancellationToken cancel = default
    ) =>
        await fhir.Read<DocumentReference>(encounterId, cancel)
            is { Status: DocumentReferenceStatus.Current } document
        && document.Content.FirstOrDefault()?.Attachment?.Data is { } data
            ? JsonSerializer.Deserialize<PrescriptionDraft>(data, Json)
            : null;

    /// <summary>Puts the draft away: it has become the signed prescriptions.</summary>
    internal static void Close(DocumentReference draft, FhirChanges changes)
    {
        draft.Status = DocumentReferenceStatus.Superseded;
        changes.Update(draft);
    }
}
