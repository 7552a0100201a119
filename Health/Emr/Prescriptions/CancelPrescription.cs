using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Prescriptions;

/// <summary>Cancels a signed prescription that nobody has bought yet, with the reason on its orders; the signed document stays.</summary>
public sealed class CancelPrescription(FhirSession fhir, ICurrentCaller current, IAccess access)
    : IFeature
{
    public sealed record Input(string? Reason);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/prescriptions/{code}/cancel",
                async (
                    CancelPrescription feature,
                    string code,
                    Input input,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Run(code, input, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.SignPrescriptions);

    public async Task Run(string code, Input input, CancellationToken cancel = default)
    {
        if (string.IsNullOrWhiteSpace(input.Reason))
        {
            throw new InvalidInput(
                "reason",
                T.Of("Ghi lý do hủy đơn.", "Say why it is cancelled.")
            );
        }
        var document =
            await fhir.Read<DocumentReference>(code, cancel)
            ?? throw new NotFound($"Prescription {code}");
        access.Demand(
            current.Caller,
            Permission.SignPrescriptions,
            organisation: VnCore.IdOf(document.Custodian)
        );
        var changes = new FhirChanges();
        IssuePrescription.Withdraw(
            document,
            await ReadPrescription.OrdersOf(document, fhir, cancel),
            PrescriptionState.Cancelled,
            changes,
            input.Reason.Trim()
        );
        await fhir.Commit(changes, cancel);
    }
}
