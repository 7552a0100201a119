using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr.Encounters;

public static class EncounterResource
{
    public static DateTimeOffset Started(this Encounter encounter) =>
        encounter.Period?.StartElement?.ToDateTimeOffset(VietnamTime.Offset) ?? default;

    public static string? Reason(this Encounter encounter) =>
        encounter.ReasonCode.FirstOrDefault()?.Text
        ?? encounter.ReasonCode.FirstOrDefault()?.Coding.FirstOrDefault()?.Display
        ?? encounter.Type.FirstOrDefault()?.Text;

    public static string? Doctor(this Encounter encounter) =>
        encounter.Participant.FirstOrDefault()?.Individual?.Display;

    public static bool IsOpen(this Encounter encounter) =>
        encounter.Status
            is not (Encounter.EncounterStatus.Finished or Encounter.EncounterStatus.Cancelled);

    public static (string Text, string Badge) StatusText(this Encounter encounter) =>
        encounter.Status switch
        {
            Encounter.EncounterStatus.Finished => (T.Of("Đã khám xong", "Finished"), "good"),
            Encounter.EncounterStatus.InProgress => (T.Of("Đang khám", "In progress"), "info"),
            Encounter.EncounterStatus.Cancelled => (T.Of("Đã hủy", "Cancelled"), "bad"),
            _ when MoveInQueue.StageOf(encounter) is Stage.Called => (
                T.Of("Đã gọi", "Called"),
                "info"
            ),
            _ => (T.Of("Chờ khám", "Waiting"), "warn"),
        };

    public static string Text(this Condition condition) =>
        condition.Code?.Text
        ?? condition.Code?.Coding.FirstOrDefault()?.Display
        ?? condition.Code?.Coding.FirstOrDefault()?.Code
        ?? "";

    public static string? IcdCode(this Condition condition) =>
        condition.Code?.Coding.Find(coding => coding.System == VnCore.Icd10)?.Code;

    /// <exception cref="NotFound">There is no such encounter.</exception>
    /// <exception cref="Conflict">It is finished: what was written then stays.</exception>
    internal static async Task<Encounter> OpenOne(
        this FhirSession fhir,
        string id,
        CancellationToken cancel
    )
    {
        var encounter =
            await fhir.Read<Encounter>(id, cancel) ?? throw new NotFound($"Encounter {id}");
        return encounter.IsOpen()
            ? encounter
            : throw new Conflict(
                T.Of(
                    "Lượt khám đã kết thúc, không sửa được nữa.",
                    "This visit is finished and can no longer be changed."
                )
            );
    }
}
