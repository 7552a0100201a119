using Health.Emr.Encounters;
using Hl7.Fhir.Model;

namespace Health.Emr.Station;

/// <summary>The two numbers of a blood pressure as components of one Observation (LOINC 85354-9).</summary>
internal static class BloodPressure
{
    public static List<Observation.ComponentComponent> Of(decimal systolic, decimal diastolic) =>
        [Component(VitalSigns.Systolic, systolic), Component(VitalSigns.Diastolic, diastolic)];

    /// <summary>Null when either is missing.</summary>
    public static (decimal Systolic, decimal Diastolic)? Read(Observation? observation) =>
        Value(observation, VitalSigns.Systolic) is { } systolic
        && Value(observation, VitalSigns.Diastolic) is { } diastolic
            ? (systolic, diastolic)
            : null;

    private static decimal? Value(Observation? observation, VitalSign sign) =>
        (
            observation
                ?.Component.Find(component =>
                    component.Code.Coding.Exists(code => code.Code == sign.Loinc)
                )
                ?.Value as Quantity
        )?.Value;

    private static Observation.ComponentComponent Component(VitalSign sign, decimal value) =>
        new()
        {
            Code = new CodeableConcept(VnCore.Loinc, sign.Loinc, sign.English, null),
            Value = new Quantity(value, sign.Ucum, VnCore.Ucum),
        };
}
