using System.Text;
using Health.Emr.Prescriptions.National;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Documents.Signing;
using SharedKernel.Modules;

namespace Health.Emr.Prescriptions;

/// <summary>A signed prescription by its code, as it was signed, with the verdict on its signature.</summary>
public sealed class ReadPrescription(
    FhirSession fhir,
    SigningKeys keys,
    Revocation revocation,
    NationalSystem national,
    TimeProvider clock
) : IFeature
{
    public sealed record Result(
        PrescriptionView View,
        PrescriptionState State,
        SignatureCheck Signature,
        string EncounterId,
        SendPrescription.Receipt Receipt
    );

    public static void AddServices(IServiceCollection services) => Revocation.AddTo(services);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/health/prescriptions/{code}",
                (ReadPrescription feature, string code, CancellationToken cancel) =>
                    feature.Run(code, cancel)
            )
            .Requires(Permission.ReadHealthRecords);

    /// <exception cref="NotFound">There is no signed prescription of this code.</exception>
    public async Task<Result> Run(string code, CancellationToken cancel = default)
    {
        var document = await Document(code, fhir, cancel);
        var content = Data(document, "application/fhir+json");
        return new Result(
            PrescriptionView.Of(PrescriptionDocument.Deserialize(content)),
            document.StateOn(clock.Today()),
            await revocation.Ask(
                DetachedJws.Verify(
                    content,
                    Encoding.ASCII.GetString(Data(document, DetachedJws.MediaType)),
                    keys.Trusted()
                ),
                cancel
            ),
            VnCore.IdOf(document.Context!.Encounter[0])!,
            await SendPrescription.ReadReceipt(document, fhir, national, cancel)
        );
    }

    /// <summary>What the editor starts from when a signed prescription is corrected.</summary>
    public async Task<PrescriptionDraft> AsDraft(string code, CancellationToken cancel = default)
    {
        var document = await Document(code, fhir, cancel);
        var view = PrescriptionView.Of(
            PrescriptionDocument.Deserialize(Data(document, "application/fhir+json"))
        );
        var orders = await OrdersOf(document, fhir, cancel);
        var goesOn = orders.Any(order =>
            order.CourseOfTherapyType?.Coding.Exists(one => one.Code == "continuous") == true
        );
        return new PrescriptionDraft(
            [
                .. orders
                    .Where(order => PrescriptionDocument.DrugCodeOf(order) is not null)
                    .Select(order =>
                        LineOf(PrescriptionDocument.DrugCodeOf(order)!, order.DosageInstruction[0])
                    ),
            ],
            goesOn
                ? view.Class is ControlClass.Narcotic
                    ? Course.CancerPain
                    : Course.Chronic
                : Course.Acute,
            WeightKg: view.WeightKg,
            Accompanying: view.Accompanying,
            Advice: view.Advice,
            Replaces: code
        );
    }

    internal static PrescriptionDraft.Line LineOf(string drug, Dosage dosage) =>
        new(
            drug,
            ((Quantity)dosage.DoseAndRate[0].Dose!).Value!.Value,
            dosage.Timing!.Repeat!.Frequency!.Value,
            (int)((Duration)dosage.Timing.Repeat.Bounds!).Value!.Value,
            dosage.PatientInstruction
        );

    internal static async Task<IReadOnlyList<MedicationRequest>> OrdersOf(
        DocumentReference document,
        FhirSession fhir,
        CancellationToken cancel
    )
    {
        var orders = new List<MedicationRequest>();
        foreach (var related in document.Context!.Related)
        {
            if (await fhir.Read<MedicationRequest>(VnCore.IdOf(related)!, cancel) is { } order)
            {
                orders.Add(order);
            }
        }
        return orders;
    }

    /// <exception cref="NotFound">There is no signed prescription of this code.</exception>
    internal static async Task<DocumentReference> Document(
        string code,
        FhirSession fhir,
        CancellationToken cancel
    ) =>
        PrescriptionCode.IsValid(code)
        && await fhir.Read<DocumentReference>(code, cancel)
            is { DocStatus: CompositionStatus.Final } document
            ? document
            : throw new NotFound($"Prescription {code}");

    internal static byte[] Data(DocumentReference document, string type) =>
        document
            .Content.First(content => content.Attachment?.ContentType == type)
            .Attachment!.Data!;
}
