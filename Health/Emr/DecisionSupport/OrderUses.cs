using Health.Emr.Prescriptions;
using Hl7.Fhir.Model;

namespace Health.Emr.DecisionSupport;

/// <summary>A FHIR order, of this system or another's, as decision support sees it: by our drug code, else by the names it carries.</summary>
public static class OrderUses
{
    public static DrugUse Of(MedicationRequest order, bool isNew)
    {
        var dosage = order.DosageInstruction.FirstOrDefault();
        var dose = (dosage?.DoseAndRate.FirstOrDefault()?.Dose as Quantity)?.Value;
        var perDay = dose * TimesADay(dosage?.Timing?.Repeat);
        var reference = order.Id ?? "";
        if (DrugCatalogue.Find(PrescriptionDocument.DrugCodeOf(order)) is { } drug)
        {
            return DrugUses.Of(drug, reference, isNew) with { PerDose = dose, PerDay = perDay };
        }
        var coded = order.Medication as CodeableConcept ?? Contained(order);
        return Named(reference, coded, dosage?.Route, isNew, dose, perDay, Unit(dosage));
    }

    /// <summary>A drug that somebody takes, as another system tells it.</summary>
    public static DrugUse Of(MedicationStatement statement) =>
        Named(
            statement.Id ?? "",
            statement.Medication as CodeableConcept,
            statement.Dosage.FirstOrDefault()?.Route,
            isNew: false
        );

    private static DrugUse Named(
        string reference,
        CodeableConcept? coded,
        CodeableConcept? route,
        bool isNew,
        decimal? dose = null,
        decimal? perDay = null,
        string? unit = null
    )
    {
        string?[] names = [.. coded?.Coding.Select(code => code.Display) ?? [], coded?.Text];
        var ingredients = names
            .OfType<string>()
            .Select(name => Ingredients.In(name))
            .FirstOrDefault(found => found.Count > 0);
        var name = coded?.Text ?? names.OfType<string>().FirstOrDefault() ?? "?";
        // A dose in mg needs no strength: one unit is one milligram.
        var milligrams = unit == "mg" && ingredients is { Count: 1 } ? 1m : (decimal?)null;
        return new DrugUse(
            reference,
            name,
            ingredients is null
                ? [new Component(name, null)]
                : [.. ingredients.Select(inn => new Component(inn, inn, milligrams))],
            DrugUses.RouteOf(route?.Text ?? route?.Coding.FirstOrDefault()?.Display),
            IsTablet: true,
            PerDose: dose,
            PerDay: perDay,
            IsNew: isNew
        );
    }

    private static CodeableConcept? Contained(MedicationRequest order) =>
        order.Medication is ResourceReference { Reference: ['#', ..] local }
            ? order
                .Contained.OfType<Medication>()
                .FirstOrDefault(medication => "#" + medication.Id == local)
                ?.Code
            : null;

    private static string? Unit(Dosage? dosage) =>
        dosage?.DoseAndRate.FirstOrDefault()?.Dose is Quantity quantity
            ? quantity.Code ?? quantity.Unit
            : null;

    private static decimal? TimesADay(Timing.RepeatComponent? repeat) =>
        repeat is { Frequency: { } frequency, Period: { } period, PeriodUnit: { } unit }
            ? unit switch
            {
                Timing.UnitsOfTime.H => frequency * 24 / period,
                Timing.UnitsOfTime.D => frequency / period,
                Timing.UnitsOfTime.Wk => frequency / period / 7,
                _ => null,
            }
            : null;
}
