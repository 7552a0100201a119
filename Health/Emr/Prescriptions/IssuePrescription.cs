using Health.Contracts;
using Health.Emr.Encounters;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Documents.Signing;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Prescriptions;

/// <summary>
/// Signs what was written: one prescription a control class, each with its national code, as MedicationRequests of one
/// groupIdentifier and a DocumentReference under the code that holds the FHIR document and the prescriber's signature of it
/// (TT 26/2025/TT-BYT). A correction is a new prescription that replaces the old one.
/// </summary>
public sealed class IssuePrescription(
    FhirSession fhir,
    ReviewPrescription review,
    SigningKeys keys,
    ICurrentCaller current,
    IAccess access,
    TimeProvider clock
) : IFeature
{
    /// <param name="Codes">Of the signed prescriptions, narcotics first.</param>
    public sealed record Result(IReadOnlyList<string> Codes);

    public static void AddServices(IServiceCollection services) => SigningKeys.AddTo(services);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/encounters/{id}/prescription",
                async (
                    IssuePrescription feature,
                    string id,
                    PrescriptionDraft draft,
                    CancellationToken cancel
                ) =>
                {
                    var result = await feature.Run(id, draft, cancel);
                    return Results.Created($"/prescriptions/{result.Codes[0]}", result);
                }
            )
            .Requires(Permission.SignPrescriptions);

    /// <exception cref="InvalidInput">A rule stops it; each error names its line.</exception>
    /// <exception cref="Conflict">The visit is finished, or what it replaces was replaced already.</exception>
    public async Task<Result> Run(
        string encounterId,
        PrescriptionDraft draft,
        CancellationToken cancel = default
    )
    {
        var changes = new FhirChanges();
        var situation = await review.Situate(encounterId, draft, changes, cancel);
        access.Demand(
            current.Caller,
            Permission.SignPrescriptions,
            organisation: situation.Post.FacilityCode
        );
        if (!situation.Encounter.IsOpen() && draft.Replaces is null)
        {
            throw new Conflict(
                T.Of(
                    "Lượt khám đã kết thúc; chỉ có thể thay thế đơn đã ký.",
                    "This visit is finished; a signed prescription can only be replaced."
                )
            );
        }
        Check(situation.Review);
        var (oldDocument, oldOrders) = await Replaced(draft, encounterId, cancel);
        var now = clock.GetUtcNow().InVietnam();
        var key = keys.Of(current.Caller);
        var codes = new List<string>();
        var signed = new List<MedicationRequest>();
        foreach (var kind in situation.Review.ByClass)
        {
            var code = PrescriptionCode.New(situation.Post.FacilityCode, kind.Key);
            var content = new PrescriptionContent(
                code,
                kind.Key,
                now,
                situation.Encounter,
                situation.Patient,
                situation.Post.Person,
                situation.Post.Facility,
                situation.Diagnoses,
                [.. kind],
                draft
            );
            var orders = PrescriptionDocument.Orders(content, oldOrders);
            var document = PrescriptionDocument.Serialize(PrescriptionDocument.Of(content, orders));
            var signature = DetachedJws.Sign(document, key, now);
            foreach (var order in orders)
            {
                changes.Update(order);
            }
            changes.Update(Signed(content, orders, document, signature, oldDocument));
            changes.Tell(
                new PrescriptionIssued(
                    Guid.CreateVersion7(),
                    now,
                    code,
                    situation.Patient.Id!,
                    situation.Post.FacilityCode
                )
            );
            codes.Add(code);
            signed.AddRange(orders);
        }
        PrescriptionAlerts.Keep(situation, draft, signed, now, changes);
        if (oldDocument is not null)
        {
            Withdraw(oldDocument, oldOrders, PrescriptionState.Replaced, changes);
        }
        if (await fhir.Read<DocumentReference>(encounterId, cancel) is { } writing)
        {
            SavePrescriptionDraft.Close(writing, changes);
        }
        await fhir.Commit(changes, cancel);
        return new Result(codes);
    }

    /// <summary>The one change that a signed prescription allows: it no longer holds.</summary>
    internal static void Withdraw(
        DocumentReference document,
        IReadOnlyList<MedicationRequest> orders,
        PrescriptionState end,
        FhirChanges changes,
        string? reason = null
    )
    {
        document.Become(end);
        changes.Update(document, document.Meta?.VersionId);
        foreach (var order in orders)
        {
            order.Status = MedicationRequest.MedicationrequestStatus.Cancelled;
            order.StatusReason = reason is null ? null : new CodeableConcept { Text = reason };
            changes.Update(order, order.Meta?.VersionId);
        }
    }

    private static void Check(PrescriptionReview review)
    {
        var stops = review
            .Findings.Where(finding => finding.Stops)
            .Select(finding => new FieldError(
                finding.Line is { } line ? $"lines[{line}].{finding.Rule}" : finding.Rule,
                finding.Message
            ))
            .ToList();
        if (stops.Count > 0)
        {
            throw new InvalidInput(stops);
        }
    }

    private async Task<(
        DocumentReference? Document,
        IReadOnlyList<MedicationRequest> Orders
    )> Replaced(PrescriptionDraft draft, string encounterId, CancellationToken cancel)
    {
        if (draft.Replaces is not { } code)
        {
            return (null, []);
        }
        var document =
            await fhir.Read<DocumentReference>(code, cancel)
            ?? throw new NotFound($"Prescription {code}");
        if (VnCore.IdOf(document.Context?.Encounter.FirstOrDefault()) != encounterId)
        {
            throw new InvalidInput(
                "replaces",
                T.Of(
                    $"Đơn {code} thuộc lượt khám khác.",
                    $"Prescription {code} belongs to another visit."
                )
            );
        }
        if (!document.State().CanBecome(PrescriptionState.Replaced))
        {
            throw new Conflict(
                T.Of(
                    $"Đơn {code} không thay thế được nữa: {document.State().Text().ToLowerInvariant()}.",
                    $"Prescription {code} can no longer be replaced: {document.State().Text().ToLowerInvariant()}."
                )
            );
        }
        return (document, await ReadPrescription.OrdersOf(document, fhir, cancel));
    }

    private static DocumentReference Signed(
        PrescriptionContent content,
        IReadOnlyList<MedicationRequest> orders,
        byte[] document,
        string signature,
        DocumentReference? replaces
    ) =>
        new()
        {
            Id = content.Code,
            Meta = new Meta
            {
                Tag = [new Coding(PrescriptionStates.Tag, nameof(PrescriptionState.Signed))],
            },
            MasterIdentifier = new Identifier(VnCore.PrescriptionCode, content.Code),
            Identifier = [new Identifier(VnCore.PrescriptionCode, content.Code)],
            Status = DocumentReferenceStatus.Current,
            DocStatus = CompositionStatus.Final,
            Type = VnCore.PrescriptionDocument,
            Subject = VnCore.Reference(content.Patient),
            Date = content.At,
            Author =
            [
                VnCore.Reference(
                    content.Practitioner,
                    content.Practitioner.Name.FirstOrDefault()?.Text
                ),
            ],
            Authenticator = VnCore.Reference(content.Practitioner),
            Custodian = VnCore.Reference(content.Facility, content.Facility.Name),
            Description = string.Join(
                "; ",
                content.Lines.Select(line => line.Drug.NameWithStrength)
            ),
            RelatesTo = replaces is null
                ? []
                :
                [
                    new DocumentReference.RelatesToComponent
                    {
                        Code = DocumentRelationshipType.Replaces,
                        Target = VnCore.Reference(replaces),
                    },
                ],
            Content =
            [
                Content("application/fhir+json", document),
                Content(DetachedJws.MediaType, System.Text.Encoding.ASCII.GetBytes(signature)),
            ],
            Context = new DocumentReference.ContextComponent
            {
                Encounter = [VnCore.Reference(content.Encounter)],
                Related = [.. orders.Select(order => VnCore.Reference(order))],
            },
        };

    private static DocumentReference.ContentComponent Content(string type, byte[] data) =>
        new()
        {
            Attachment = new Attachment { ContentType = type, Data = data },
        };
}
