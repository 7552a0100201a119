using System.Globalization;
using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Encounters;

/// <summary>
/// Records one round of vital signs as FHIR vital-sign Observations. What nobody alive can have is refused as a slip; what is
/// out of the ordinary is stored with its mark. Measuring again adds, it never overwrites.
/// </summary>
public sealed class RecordVitalSigns(
    FhirSession fhir,
    PatientIds ids,
    Workplace workplace,
    ReadPatientSummary summary,
    TimeProvider clock
) : IFeature
{
    private const string Interpretation =
        "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/encounters/{id}/vital-signs",
                async (
                    RecordVitalSigns feature,
                    string id,
                    Dictionary<string, decimal> values,
                    CancellationToken cancel
                ) => Results.Ok(new { recorded = await feature.Run(id, values, cancel) })
            )
            .Requires(Permission.WriteHealthRecords);

    /// <summary>Reads typed numbers, with a comma or a point; empty fields are what was not measured.</summary>
    /// <exception cref="InvalidInput">Names each field that is not a number.</exception>
    public static IReadOnlyDictionary<string, decimal> Parse(
        IEnumerable<KeyValuePair<string, string?>> typed
    )
    {
        var values = new Dictionary<string, decimal>();
        var errors = new List<FieldError>();
        foreach (var (key, text) in typed.Where(field => !string.IsNullOrWhiteSpace(field.Value)))
        {
            if (
                decimal.TryParse(
                    text!.Trim().Replace(',', '.'),
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var value
                )
            )
            {
                values[key] = value;
            }
            else
            {
                errors.Add(
                    new(key, T.Of($"“{text}” không phải là số.", $"“{text}” is not a number."))
                );
            }
        }
        return errors.Count == 0 ? values : throw new InvalidInput(errors);
    }

    /// <param name="values">By <see cref="VitalSign.Key"/>, in the sign's unit.</param>
    /// <returns>How many Observations were written.</returns>
    public async Task<int> Run(
        string encounterId,
        IReadOnlyDictionary<string, decimal> values,
        CancellationToken cancel = default
    )
    {
        Check(values);
        var encounter = await fhir.OpenOne(encounterId, cancel);
        var patientId = VnCore.IdOf(encounter.Subject)!;
        var patient = (await summary.Run(patientId, cancel)).Patient;
        var months = patient.Birth()?.MonthsOn(clock.Today());
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);

        var measured = values.ToDictionary(
            entry => VitalSigns.Measured.First(sign => sign.Key == entry.Key),
            entry => entry.Value
        );
        if (
            measured.TryGetValue(VitalSigns.Systolic, out var systolic)
            && measured.TryGetValue(VitalSigns.Diastolic, out var diastolic)
        )
        {
            changes.Create(BloodPressure(systolic, diastolic));
        }
        foreach (var (sign, value) in measured)
        {
            if (sign != VitalSigns.Systolic && sign != VitalSigns.Diastolic)
            {
                changes.Create(Single(sign, value));
            }
        }
        if (measured.TryGetValue(VitalSigns.Weight, out var weight))
        {
            var height =
                measured.TryGetValue(VitalSigns.Height, out var now)
                || measured.TryGetValue(VitalSigns.Length, out now)
                    ? now
                    : await LastHeight(patientId, months, cancel);
            if (
                height is { } tall
                && VitalSigns.BodyMass.IsPossible(VitalSigns.BodyMassIndex(weight, tall))
            )
            {
                changes.Create(Single(VitalSigns.BodyMass, VitalSigns.BodyMassIndex(weight, tall)));
            }
        }
        await fhir.Commit(changes, cancel);
        return changes.Changes.Count(change => change.Resource is Observation);

        Observation Base(string loinc, string display) =>
            new()
            {
                Status = ObservationStatus.Final,
                Category =
                [
                    new CodeableConcept(
                        "http://terminology.hl7.org/CodeSystem/observation-category",
                        "vital-signs"
                    ),
                ],
                Code = new CodeableConcept(VnCore.Loinc, loinc, display, null),
                Subject = encounter.Subject!,
                Encounter = VnCore.Reference(encounter),
                Effective = new FhirDateTime(clock.GetUtcNow().InVietnam()),
                Performer = [post.Practitioner],
            };

        Observation Single(VitalSign sign, decimal value)
        {
            var observation = Base(sign.Loinc, sign.English);
            if (sign == VitalSigns.Length || (sign == VitalSigns.Height && months < 60))
            {
                // How a small child was measured changes what the growth standard says of it.
                observation.Code!.Coding.Add(
                    sign == VitalSigns.Length
                        ? new Coding(VnCore.Loinc, VitalSigns.LyingLoinc, "Body height --lying")
                        : new Coding(
                            VnCore.Loinc,
                            VitalSigns.StandingLoinc,
                            "Body height --standing"
                        )
                );
            }
            observation.Value = Measure(sign, value);
            observation.Interpretation = Interpret(sign, value);
            if (sign.OrdinaryAt(months) is { } ordinary)
            {
                observation.ReferenceRange.Add(
                    new Observation.ReferenceRangeComponent
                    {
                        Low = Measure(sign, ordinary.Low),
                        High = Measure(sign, ordinary.High),
                        Text = ordinary.Source,
                    }
                );
            }
            return observation;
        }

        Observation BloodPressure(decimal high, decimal low)
        {
            var observation = Base(VitalSigns.BloodPressureLoinc, "Blood pressure panel");
            observation.Component =
            [
                Component(VitalSigns.Systolic, high),
                Component(VitalSigns.Diastolic, low),
            ];
            return observation;
        }

        Observation.ComponentComponent Component(VitalSign sign, decimal value) =>
            new()
            {
                Code = new CodeableConcept(VnCore.Loinc, sign.Loinc, sign.English, null),
                Value = Measure(sign, value),
                Interpretation = Interpret(sign, value),
            };

        List<CodeableConcept> Interpret(VitalSign sign, decimal value) =>
            sign.Interpret(value, months) is { } mark
                ? [new CodeableConcept(Interpretation, mark)]
                : [];
    }

    private static void Check(IReadOnlyDictionary<string, decimal> values)
    {
        var errors = new List<FieldError>();
        foreach (var (key, value) in values)
        {
            if (VitalSigns.Measured.FirstOrDefault(sign => sign.Key == key) is not { } sign)
            {
                errors.Add(new(key, T.Of("Không có chỉ số này.", "There is no such vital sign.")));
            }
            else if (!sign.IsPossible(value))
            {
                errors.Add(
                    new(
                        key,
                        T.Of(
                            $"{sign.Name} phải từ {sign.PossibleLow} đến {sign.PossibleHigh} {sign.Unit}.",
                            $"{sign.Name} must be from {sign.PossibleLow} to {sign.PossibleHigh} {sign.Unit}."
                        )
                    )
                );
            }
        }
        var systolic = values.TryGetValue(VitalSigns.Systolic.Key, out var high);
        var diastolic = values.TryGetValue(VitalSigns.Diastolic.Key, out var low);
        if (systolic != diastolic)
        {
            errors.Add(
                new(
                    systolic ? VitalSigns.Diastolic.Key : VitalSigns.Systolic.Key,
                    T.Of("Huyết áp cần đủ hai số.", "Blood pressure needs both numbers.")
                )
            );
        }
        else if (systolic && low >= high)
        {
            errors.Add(
                new(
                    VitalSigns.Diastolic.Key,
                    T.Of(
                        "Huyết áp tâm trương phải thấp hơn tâm thu.",
                        "Diastolic pressure must be below systolic."
                    )
                )
            );
        }
        if (errors.Count == 0 && values.Count == 0)
        {
            errors.Add(new("temperature", T.Of("Chưa nhập chỉ số nào.", "Nothing was entered.")));
        }
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }
    }

    private static Quantity Measure(VitalSign sign, decimal value) =>
        new(
            Math.Round(value, sign.Decimals, MidpointRounding.AwayFromZero),
            sign.Ucum,
            VnCore.Ucum
        );

    /// <summary>A grown-up's height holds; a child's must be measured with the weight.</summary>
    private async Task<decimal?> LastHeight(string patient, int? months, CancellationToken cancel)
    {
        if (months is null or < 228)
        {
            return null;
        }
        var heights = await fhir.Search<Observation>(
            $"patient={await ids.Run(patient, cancel)}&code={VnCore.Loinc}|{VitalSigns.Height.Loinc}&_sort=-date&_count=1",
            cancel
        );
        return (heights.FirstOrDefault()?.Value as Quantity)?.Value;
    }
}
