using System.Text.Json.Nodes;
using Health.Fhir.Store;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr.Prescriptions;

/// <summary>
/// What was signed can no longer be changed or deleted, by no page and no interface (TT 26/2025/TT-BYT; NĐ 23/2025): the signed
/// document may only move on as <see cref="PrescriptionStates"/> allows, and its orders may only go on to be dispensed, stopped or
/// cancelled. Everything else is a new prescription that replaces it.
/// </summary>
public sealed class SignedStaysSigned : IFhirWriteRule
{
    /// <summary>What may change: how far it has come, and what the server itself writes.</summary>
    private static readonly string[] Free = ["status", "statusReason", "meta", "text"];

    public bool Governs(string type) => type is "DocumentReference" or "MedicationRequest";

    public void Check(ReadOnlyMemory<byte> current, ReadOnlyMemory<byte>? next)
    {
        var was = JsonNode.Parse(current.Span)!.AsObject();
        if (!IsSigned(was))
        {
            return;
        }
        if (next is not { } body)
        {
            throw new Conflict(
                T.Of("Đơn đã ký không được xóa.", "A signed prescription cannot be deleted.")
            );
        }
        var becomes = JsonNode.Parse(body.Span)!.AsObject();
        if (Text(was, "resourceType") == "DocumentReference")
        {
            var (state, after) = (StateOf(was), StateOf(becomes));
            if (state != after && !state.CanBecome(after))
            {
                throw new Conflict(
                    T.Of(
                        $"Đơn {state.Text().ToLowerInvariant()} không chuyển sang “{after.Text()}” được.",
                        $"A prescription that is {state.Text().ToLowerInvariant()} cannot become “{after.Text()}”."
                    )
                );
            }
        }
        else if (IsOver(was) && Text(was, "status") != Text(becomes, "status"))
        {
            throw new Conflict(
                T.Of(
                    "Đơn này không còn hiệu lực và không mở lại được.",
                    "This prescription no longer holds and cannot be opened again."
                )
            );
        }
        foreach (var name in Free)
        {
            was.Remove(name);
            becomes.Remove(name);
        }
        if (!JsonNode.DeepEquals(was, becomes))
        {
            throw new Conflict(
                T.Of(
                    "Đơn đã ký không sửa được; hãy thay bằng đơn mới.",
                    "A signed prescription cannot be changed; replace it by a new one."
                )
            );
        }
    }

    private static bool IsSigned(JsonObject resource) =>
        Text(resource, "resourceType") switch
        {
            "DocumentReference" => Text(resource, "docStatus") == "final"
                && Text(resource["masterIdentifier"], "system") == VnCore.PrescriptionCode,
            _ => Text(resource, "status") != "draft"
                && Text(resource["groupIdentifier"], "system") == VnCore.PrescriptionCode,
        };

    /// <summary>An order that was withdrawn, or handed out in full.</summary>
    private static bool IsOver(JsonObject order) =>
        Text(order, "status") is "cancelled" or "completed" or "entered-in-error";

    private static PrescriptionState StateOf(JsonObject document) =>
        PrescriptionStates.Of(
            Text(document, "docStatus") == "preliminary",
            Text(document, "status") == "superseded",
            Text(document, "status") == "entered-in-error",
            document["meta"]
                ?["tag"]?.AsArray()
                .FirstOrDefault(tag => Text(tag, "system") == PrescriptionStates.Tag)
                is { } tag
                ? Text(tag, "code")
                : null
        );

    private static string? Text(JsonNode? parent, string name) =>
        parent is JsonObject fields && fields[name] is JsonValue value ? value.ToString() : null;
}
