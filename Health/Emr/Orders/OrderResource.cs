using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr.Orders;

/// <summary>What the pages read from a ServiceRequest and from what came of it.</summary>
public static class OrderResource
{
    public const string Laboratory = "108252007";
    public const string Imaging = "363679005";
    internal const string Snomed = "http://snomed.info/sct";
    internal const string Interpretations =
        "http://terminology.hl7.org/CodeSystem/v3-ObservationInterpretation";

    /// <summary>Null when the order came from elsewhere and our list does not know it.</summary>
    public static TestService? Service(this ServiceRequest order) =>
        TestCatalogue.Find(order.Code?.Coding.Find(code => code.System == VnCore.TestCodes)?.Code);

    public static string Name(this ServiceRequest order) =>
        order.Service()?.Name
        ?? order.Code?.Text
        ?? order.Code?.Coding.FirstOrDefault()?.Display
        ?? "";

    public static bool IsUrgent(this ServiceRequest order) =>
        order.Priority is RequestPriority.Urgent or RequestPriority.Stat or RequestPriority.Asap;

    public static DateTimeOffset Ordered(this ServiceRequest order) =>
        order.AuthoredOnElement?.ToDateTimeOffset(VietnamTime.Offset) ?? default;

    public static (string Text, string Badge) StatusText(this ServiceRequest order) =>
        order.Status switch
        {
            RequestStatus.Completed => (T.Of("Có kết quả", "Result is in"), "good"),
            RequestStatus.Revoked => (T.Of("Đã hủy", "Cancelled"), "bad"),
            _ => (T.Of("Chờ kết quả", "Waiting"), "warn"),
        };

    /// <summary>HL7's letter of how far it is out of the ordinary; null when it was not judged.</summary>
    public static string? Mark(this Observation observation) =>
        observation.Interpretation.FirstOrDefault()?.Coding.FirstOrDefault()?.Code;

    public static bool IsAbnormal(this Observation observation) =>
        observation.Mark() is "L" or "H" or "LL" or "HH" or "A" or "AA";

    public static bool IsCritical(this Observation observation) =>
        observation.Mark() is "LL" or "HH" or "AA";

    /// <summary>Words and an arrow, never a colour alone.</summary>
    public static string MarkText(string? mark) =>
        mark switch
        {
            "HH" => T.Of("▲▲ nguy hiểm", "▲▲ critical"),
            "LL" => T.Of("▼▼ nguy hiểm", "▼▼ critical"),
            "H" => T.Of("▲ cao", "▲ high"),
            "L" => T.Of("▼ thấp", "▼ low"),
            "A" or "AA" => T.Of("bất thường", "abnormal"),
            _ => "",
        };

    public static string ValueText(this Observation observation) =>
        observation.Value switch
        {
            Quantity quantity =>
                $"{quantity.Value?.ToString("0.##", T.Vietnamese)} {quantity.Unit ?? quantity.Code}",
            CodeableConcept answer => answer.Text ?? answer.Coding.FirstOrDefault()?.Display ?? "",
            FhirString text => text.Value ?? "",
            _ => "",
        };

    public static string RangeText(this Observation observation) =>
        observation.ReferenceRange.FirstOrDefault() is { } range
            ? range.Text
                ?? $"{range.Low?.Value?.ToString("0.##", T.Vietnamese)}–{range.High?.Value?.ToString("0.##", T.Vietnamese)}"
            : "";

    public static string Name(this Observation observation) =>
        observation.Code?.Text ?? observation.Code?.Coding.FirstOrDefault()?.Display ?? "";
}
