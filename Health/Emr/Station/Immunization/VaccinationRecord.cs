using Health.Emr.Patients;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using SharedKernel.Ui;
using FhirImmunization = Hl7.Fhir.Model.Immunization;

namespace Health.Emr.Station.Immunization;

/// <summary>
/// Vaccinations as FHIR Immunizations (https://hl7.org/fhir/R4/immunization.html), and back to what the engine judges. A dose that must not be
/// given is an Immunization <c>not-done</c> whose reason is a precaution.
/// </summary>
public static class VaccinationRecord
{
    public const string Cvx = "http://hl7.org/fhir/sid/cvx";
    public const string Programme =
        "http://fhir.ehealth.gov.vn/core/CodeSystem/immunization-series";
    private const string Reasons = "http://terminology.hl7.org/CodeSystem/v3-ActReason";

    /// <summary>Of a dose that must not be given: for good, or only on that day.</summary>
    internal static CodeableConcept NotGiven(bool forGood) =>
        forGood
            ? new(Reasons, "MEDPREC", "medical precaution", "Chống chỉ định")
            : new(Reasons, "IMMUNE", "immunity", "Đã mắc bệnh");

    public static string? Code(this FhirImmunization dose) =>
        dose.VaccineCode?.Coding.Find(coding => coding.System == Cvx)?.Code;

    public static DateOnly? On(this FhirImmunization dose) =>
        dose.Occurrence is FhirDateTime time && PartialDay(time) is { } day ? day : null;

    /// <summary>The vaccine in words, as it was recorded.</summary>
    public static string Name(this FhirImmunization dose) =>
        (dose.Code() is { } code ? Schedule.Vietnamese.Find(code)?.Name : null)
        ?? dose.VaccineCode?.Text
        ?? dose.VaccineCode?.Coding.FirstOrDefault()?.Display
        ?? "";

    public static string? Place(this FhirImmunization dose) =>
        dose
            .Performer.Find(performer =>
                performer.Actor?.Reference?.StartsWith("Organization/", StringComparison.Ordinal)
                == true
            )
            ?.Actor.Display;

    /// <summary>Null when the day of birth is not known to the day, so that no age can be judged.</summary>
    public static Vaccinee? Of(
        Patient patient,
        IReadOnlyList<FhirImmunization> doses,
        bool pregnant = false
    )
    {
        if (patient.Birth() is not { Day: not null } birth)
        {
            return null;
        }
        var refused = doses
            .Where(dose => dose.Status is FhirImmunization.ImmunizationStatusCodes.NotDone)
            .ToList();
        var contraindicated = Named(refused, "MEDPREC");
        if (pregnant)
        {
            contraindicated.TryAdd("live", T.Of("đang mang thai", "she is pregnant"));
        }
        return new(
            birth.First,
            patient.Sex(),
            [
                .. doses
                    .Where(dose =>
                        dose.Status is FhirImmunization.ImmunizationStatusCodes.Completed
                    )
                    .Select(Given)
                    .OfType<GivenDose>(),
            ],
            pregnant,
            contraindicated,
            Named(refused, "IMMUNE").Keys.ToHashSet(StringComparer.Ordinal)
        );
    }

    private static Dictionary<string, string> Named(
        IEnumerable<FhirImmunization> refused,
        string reason
    ) =>
        refused
            .Where(dose => dose.StatusReason?.Coding.Exists(code => code.Code == reason) == true)
            .Select(dose =>
                (
                    What: dose.ProtocolApplied.FirstOrDefault()?.Series,
                    Why: dose.Note.FirstOrDefault()?.Text ?? dose.StatusReason!.Text ?? ""
                )
            )
            .Where(one => one.What is not null)
            .GroupBy(one => one.What!, StringComparer.Ordinal)
            .ToDictionary(same => same.Key, same => same.First().Why, StringComparer.Ordinal);

    private static GivenDose? Given(FhirImmunization dose) =>
        dose.Code() is { } cvx && dose.On() is { } day
            ? new(
                dose.Id!,
                cvx,
                day,
                Expired: dose.ExpirationDateElement is { Value: not null } expiry
                    && PartialDate.TryParse(expiry.Value, null, out var last)
                    && last.Last < day,
                Spoiled: dose.IsSubpotent == true
            )
            : null;

    private static DateOnly? PartialDay(FhirDateTime time) =>
        PartialDate.TryParse(time.Value?.Split('T')[0], null, out var date) && date.Day is not null
            ? time.Value!.Contains('T', StringComparison.Ordinal)
                ? time.ToDateTimeOffset(VietnamTime.Offset).VietnamDay()
                : date.First
            : null;
}
