using System.Globalization;
using Health.Emr.Prescriptions;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;

namespace Health.Emr.Pharmacy;

/// <summary>A signed prescription with what was handed out of it so far.</summary>
/// <param name="LastDay">Until which something may be handed out.</param>
internal sealed record Dispensable(
    DocumentReference Document,
    PrescriptionView View,
    PrescriptionState State,
    IReadOnlyList<Dispensable.Line> Lines,
    DateOnly LastDay
)
{
    /// <summary>System of the tag that counts the hand-outs: each of them changes the document, so of two at once one is refused.</summary>
    public const string CountTag =
        "http://fhir.ehealth.gov.vn/core/CodeSystem/prescription-dispenses";

    /// <param name="Available">May be handed out today: of a drug in batches only those that have begun.</param>
    internal sealed record Line(
        MedicationRequest Order,
        Drug? Drug,
        int Prescribed,
        int Dispensed,
        int Available
    )
    {
        public int Remaining => Prescribed - Dispensed;

        public string Unit => Order.DispenseRequest!.Quantity!.Unit ?? "";
    }

    public int Count =>
        int.TryParse(
            Document.Meta?.Tag.Find(tag => tag.System == CountTag)?.Code,
            CultureInfo.InvariantCulture,
            out var count
        )
            ? count
            : 0;

    /// <exception cref="NotFound">There is no signed prescription of this code.</exception>
    public static async Task<Dispensable> Read(
        string code,
        FhirSession fhir,
        PrescriptionLimits limits,
        DateOnly today,
        CancellationToken cancel
    )
    {
        var document = await ReadPrescription.Document(code, fhir, cancel);
        var view = PrescriptionView.Of(
            PrescriptionDocument.Deserialize(
                ReadPrescription.Data(document, "application/fhir+json")
            )
        );
        var orders = await ReadPrescription.OrdersOf(document, fhir, cancel);
        var ids = string.Join(',', orders.Select(order => $"MedicationRequest/{order.Id}"));
        var dispenses = await fhir.Search<MedicationDispense>(
            $"prescription={ids}&status=completed&_count=500",
            cancel
        );
        var written = view.At.VietnamDay();
        var lines = orders
            .Select(order => LineOf(order, dispenses, view.Class, limits, written, today))
            .ToList();
        // Once something was bought in time, the rest may be until the drugs should be used up.
        var lastDay = lines.Exists(line => line.Dispensed > 0)
            ? written.AddDays(orders.Max(DaysOf))
            : PrescriptionValidity.LastDayToBuy(written);
        var state = document.State();
        return new Dispensable(
            document,
            view,
            state.CanBeDispensed() && lastDay < today ? PrescriptionState.Expired : state,
            lines,
            lastDay
        );
    }

    private static Line LineOf(
        MedicationRequest order,
        IReadOnlyList<MedicationDispense> dispenses,
        ControlClass kind,
        PrescriptionLimits limits,
        DateOnly written,
        DateOnly today
    )
    {
        var prescribed = (int)order.DispenseRequest!.Quantity!.Value!.Value;
        var dispensed = dispenses
            .Where(one => one.AuthorizingPrescription.Exists(to => VnCore.IdOf(to) == order.Id))
            .Sum(one => (int)(one.Quantity?.Value ?? 0));
        var drug = DrugCatalogue.Find(PrescriptionDocument.DrugCodeOf(order));
        var begun =
            kind is ControlClass.Narcotic && drug is not null
                ? Begun(order, drug, limits, written, today)
                : prescribed;
        return new Line(
            order,
            drug,
            prescribed,
            dispensed,
            Math.Max(0, Math.Min(prescribed, begun) - dispensed)
        );
    }

    /// <summary>Narcotics for cancer pain come in consecutive batches; a batch is handed out when its first day has come.</summary>
    private static int Begun(
        MedicationRequest order,
        Drug drug,
        PrescriptionLimits limits,
        DateOnly written,
        DateOnly today
    )
    {
        var days = DaysOf(order);
        var batch = limits.Find(ControlClass.Narcotic, Course.CancerPain, [], written)?.BatchDays;
        if (batch is null || days <= batch)
        {
            return int.MaxValue;
        }
        var dosage = order.DosageInstruction[0];
        var dose = ((Quantity)dosage.DoseAndRate[0].Dose!).Value!.Value;
        var times = dosage.Timing!.Repeat!.Frequency!.Value;
        return PrescriptionRules
            .Batches(days, batch)
            .Where(part => written.AddDays(part.From - 1) <= today)
            .Sum(part => drug.QuantityFor(dose, times, part.To - part.From + 1));
    }

    private static int DaysOf(MedicationRequest order) =>
        (int)(order.DispenseRequest?.ExpectedSupplyDuration?.Value ?? 0);
}
