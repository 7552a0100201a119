using System.Text;
using System.Text.Json.Serialization;
using Health.Contracts;
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

namespace Health.Emr.Prescriptions.National;

/// <summary>
/// Brings a signed prescription to the national system (TT 26/2025/TT-BYT Điều 13) and keeps the receipt: a Communication under the
/// prescription's code. The outbox calls it until it goes through; what has a receipt is not sent again, and after an attempt of unknown end
/// the system is asked first whether it has it. What it refuses waits for a person.
/// </summary>
public sealed class SendPrescription(
    FhirSession fhir,
    NationalSystem national,
    ICurrentCaller current,
    IAccess access,
    TimeProvider clock
) : IFeature, IHandle<PrescriptionIssued>
{
    /// <summary>What became of it.</summary>
    /// <param name="Errors">Why the national system refused it.</param>
    public sealed record Receipt(
        Outcome Outcome,
        DateTimeOffset? At,
        string? Checksum,
        IReadOnlyList<string> Errors
    );

    [JsonConverter(typeof(JsonStringEnumConverter<Outcome>))]
    public enum Outcome
    {
        /// <summary>The facility has no account there in this installation.</summary>
        NotConnected,

        /// <summary>Waiting for the next attempt.</summary>
        Waiting,
        Received,
        Refused,

        /// <summary>Withdrawn before it was sent.</summary>
        NotNeeded,
    }

    public static void AddServices(IServiceCollection services) =>
        services.AddSingleton<NationalSystem>();

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/prescriptions/{code}/send",
                async (SendPrescription feature, string code, CancellationToken cancel) =>
                    Results.Ok(await feature.Run(code, cancel))
            )
            .Requires(Permission.SignPrescriptions);

    public async Task Handle(PrescriptionIssued happened, CancellationToken cancel)
    {
        if (!current.Caller.IsSignedIn)
        {
            current.Become(Caller.TheSystem);
        }
        await Send(happened.Code, isAgain: false, cancel);
    }

    /// <summary>Sends it now, also when it was refused before.</summary>
    /// <exception cref="Conflict">The national system does not answer; the outbox goes on trying.</exception>
    public async Task<Receipt> Run(string code, CancellationToken cancel = default)
    {
        var document = await ReadPrescription.Document(code, fhir, cancel);
        access.Demand(
            current.Caller,
            Permission.SignPrescriptions,
            organisation: VnCore.IdOf(document.Custodian)
        );
        try
        {
            return await Send(code, isAgain: true, cancel);
        }
        catch (NationalSystemUnavailable)
        {
            throw new Conflict(
                T.Of(
                    "Hệ thống đơn thuốc quốc gia không trả lời; đơn sẽ tự được gửi lại.",
                    "The national prescription system does not answer; it will be sent again by itself."
                )
            );
        }
    }

    /// <summary>Of a signed prescription, read under its code.</summary>
    internal static async Task<Receipt> ReadReceipt(
        DocumentReference document,
        FhirSession fhir,
        NationalSystem national,
        CancellationToken cancel
    ) =>
        await fhir.Read<Communication>(document.Id!, cancel) is { } kept
            ? Of(kept)
            : new Receipt(
                national.Serves(VnCore.IdOf(document.Custodian)!)
                    ? Outcome.Waiting
                    : Outcome.NotConnected,
                null,
                null,
                []
            );

    private async Task<Receipt> Send(string code, bool isAgain, CancellationToken cancel)
    {
        var document = await ReadPrescription.Document(code, fhir, cancel);
        var facility = VnCore.IdOf(document.Custodian)!;
        if (!national.Serves(facility))
        {
            return new Receipt(Outcome.NotConnected, null, null, []);
        }
        var kept = await fhir.Read<Communication>(code, cancel);
        if (
            kept?.Status is EventStatus.Completed or EventStatus.NotDone
            || (kept?.Status is EventStatus.Stopped && !isAgain)
        )
        {
            return Of(kept);
        }
        if (document.State() is PrescriptionState.Replaced or PrescriptionState.Cancelled)
        {
            return await Keep(document, kept, EventStatus.NotDone, null, [], cancel);
        }
        // That an attempt begins is written before it: if this process dies in the middle, the next one knows to ask first.
        var wasTried = kept?.Status is EventStatus.InProgress;
        if (!wasTried)
        {
            await Keep(document, kept, EventStatus.InProgress, null, [], cancel);
            kept = await fhir.Read<Communication>(code, cancel);
        }
        else if (await national.Has(facility, code, cancel))
        {
            return await Keep(document, kept, EventStatus.Completed, null, [], cancel);
        }
        var content = ReadPrescription.Data(document, "application/fhir+json");
        var answer = await national.Send(
            facility,
            NationalPrescription.Of(
                PrescriptionView.Of(PrescriptionDocument.Deserialize(content)),
                await ReadPrescription.OrdersOf(document, fhir, cancel),
                Encoding.ASCII.GetString(ReadPrescription.Data(document, DetachedJws.MediaType))
            ),
            cancel
        );
        return await Keep(
            document,
            kept,
            answer.IsAccepted ? EventStatus.Completed : EventStatus.Stopped,
            answer.Checksum,
            answer.Errors,
            cancel
        );
    }

    private async Task<Receipt> Keep(
        DocumentReference document,
        Communication? before,
        EventStatus status,
        string? checksum,
        IReadOnlyList<string> errors,
        CancellationToken cancel
    )
    {
        var changes = new FhirChanges();
        var now = clock.GetUtcNow().InVietnam();
        var receipt = new Communication
        {
            Id = document.Id,
            Status = status,
            Subject = document.Subject,
            About = [VnCore.Reference(document)],
            Sender = document.Custodian,
            Recipient = [new ResourceReference { Display = "Hệ thống đơn thuốc quốc gia" }],
            SentElement = before?.SentElement ?? new FhirDateTime(now),
            ReceivedElement = status is EventStatus.Completed ? new FhirDateTime(now) : null,
            Payload =
            [
                .. (checksum is null ? errors : [checksum]).Select(
                    text => new Communication.PayloadComponent { Content = new FhirString(text) }
                ),
            ],
        };
        changes.Update(receipt, before?.Meta?.VersionId);
        if (
            status is EventStatus.Completed
            && await fhir.Read<DocumentReference>(document.Id!, cancel) is { } latest
            && latest.State() is PrescriptionState.Signed
        )
        {
            latest.Become(PrescriptionState.Sent);
            changes.Update(latest, latest.Meta?.VersionId);
        }
        await fhir.Commit(changes, cancel);
        return Of(receipt);
    }

    private static Receipt Of(Communication kept)
    {
        string[] texts =
        [
            .. kept.Payload.Select(part => (part.Content as FhirString)?.Value).OfType<string>(),
        ];
        var at = kept.ReceivedElement ?? kept.SentElement;
        return new Receipt(
            kept.Status switch
            {
                EventStatus.Completed => Outcome.Received,
                EventStatus.Stopped => Outcome.Refused,
                EventStatus.NotDone => Outcome.NotNeeded,
                _ => Outcome.Waiting,
            },
            at?.ToDateTimeOffset(VietnamTime.Offset),
            kept.Status is EventStatus.Completed ? texts.FirstOrDefault() : null,
            kept.Status is EventStatus.Stopped ? texts : []
        );
    }
}
