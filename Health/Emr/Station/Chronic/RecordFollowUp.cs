using Health.Emr.Encounters;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Station.Chronic;

/// <summary>
/// One measurement of a follow-up, in a few keys and without a visit: blood pressure, fasting glucose, HbA1c, as FHIR Observations.
/// </summary>
public sealed class RecordFollowUp(FhirSession fhir, Workplace workplace, TimeProvider clock)
    : IFeature
{
    private static readonly (decimal Low, decimal High) Glucose = (1, 60);
    private static readonly (decimal Low, decimal High) HbA1c = (2, 25);

    /// <param name="Glucose">Fasting, mmol/L.</param>
    /// <param name="HbA1c">Percent.</param>
    /// <param name="On">Null for today.</param>
    public sealed record Input(
        decimal? Systolic = null,
        decimal? Diastolic = null,
        decimal? Glucose = null,
        decimal? HbA1c = null,
        DateOnly? On = null
    );

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/patients/{id}/follow-ups",
                async (RecordFollowUp feature, string id, Input input, CancellationToken cancel) =>
                {
                    await feature.Run(id, input, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteHealthRecords);

    /// <exception cref="InvalidInput">Nothing was entered, or nobody alive has such a value.</exception>
    public async Task Run(string id, Input input, CancellationToken cancel = default)
    {
        var patient = await fhir.Read<Patient>(id, cancel) ?? throw new NotFound($"Patient {id}");
        var today = clock.Today();
        Check(input, today);
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        if (input is { Systolic: { } high, Diastolic: { } low })
        {
            var pressure = Of(VitalSigns.BloodPressureLoinc, "Blood pressure panel", "vital-signs");
            pressure.Component = BloodPressure.Of(high, low);
            changes.Create(pressure);
        }
        if (input.Glucose is { } glucose)
        {
            var observation = Of("14771-0", "Fasting glucose in Serum or Plasma", "laboratory");
            observation.Value = new Quantity(glucose, "mmol/L", VnCore.Ucum);
            changes.Create(observation);
        }
        if (input.HbA1c is { } hba1c)
        {
            var observation = Of("4548-4", "Hemoglobin A1c in Blood", "laboratory");
            observation.Value = new Quantity(hba1c, "%", VnCore.Ucum);
            changes.Create(observation);
        }
        await fhir.Commit(changes, cancel);

        Observation Of(string loinc, string display, string category)
        {
            var on = input.On ?? today;
            return new()
            {
                Status = ObservationStatus.Final,
                Category =
                [
                    new CodeableConcept(
                        "http://terminology.hl7.org/CodeSystem/observation-category",
                        category
                    ),
                ],
                Code = new CodeableConcept(VnCore.Loinc, loinc, display, null),
                Subject = VnCore.Reference(patient),
                Effective =
                    on == today
                        ? new FhirDateTime(clock.GetUtcNow().InVietnam())
                        : new FhirDateTime(on.Year, on.Month, on.Day),
                Performer = [post.Practitioner, post.Organisation],
            };
        }
    }

    private static void Check(Input input, DateOnly today)
    {
        var errors = new List<FieldError>();
        Within(
            "systolic",
            input.Systolic,
            VitalSigns.Systolic.PossibleLow,
            VitalSigns.Systolic.PossibleHigh
        );
        Within(
            "diastolic",
            input.Diastolic,
            VitalSigns.Diastolic.PossibleLow,
            VitalSigns.Diastolic.PossibleHigh
        );
        Within("glucose", input.Glucose, Glucose.Low, Glucose.High);
        Within("hbA1c", input.HbA1c, HbA1c.Low, HbA1c.High);
        if (input.Systolic is null != input.Diastolic is null || input.Systolic <= input.Diastolic)
        {
            errors.Add(
                new(
                    "systolic",
                    T.Of(
                        "huyết áp cần đủ hai số, số trên lớn hơn số dưới.",
                        "blood pressure needs both numbers, the upper above the lower."
                    )
                )
            );
        }
        if (input is { Systolic: null, Diastolic: null, Glucose: null, HbA1c: null })
        {
            errors.Add(new("systolic", T.Of("chưa nhập chỉ số nào.", "nothing was entered.")));
        }
        if (input.On > today)
        {
            errors.Add(
                new("on", T.Of("ngày đo không sau hôm nay.", "the day is not after today."))
            );
        }
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }

        void Within(string field, decimal? value, decimal low, decimal high)
        {
            if (value < low || value > high)
            {
                errors.Add(
                    new(field, T.Of($"phải từ {low} đến {high}.", $"must be from {low} to {high}."))
                );
            }
        }
    }
}
