using System.Text.Json.Nodes;
using Health.Fhir.Store;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr.Hospital;

/// <summary>The record of a stay that was closed with its class of retention is archived: no page and no interface changes or deletes it.</summary>
public sealed class ClosedStays : IFhirWriteRule
{
    private static readonly string[] Free = ["meta", "text"];

    public bool Governs(string type) => type is "Encounter";

    public void Check(ReadOnlyMemory<byte> current, ReadOnlyMemory<byte>? next)
    {
        var was = JsonNode.Parse(current.Span)!.AsObject();
        var closed =
            was["extension"] is JsonArray extensions
            && extensions.Any(one => one?["url"]?.ToString() == VnCore.RetainUntil);
        if (!closed)
        {
            return;
        }
        var becomes = next is { } body ? JsonNode.Parse(body.Span)!.AsObject() : null;
        foreach (var name in Free)
        {
            was.Remove(name);
            becomes?.Remove(name);
        }
        if (becomes is null || !JsonNode.DeepEquals(was, becomes))
        {
            throw new Conflict(
                T.Of(
                    "Hồ sơ đã đóng và lưu trữ, không sửa, không xóa được.",
                    "This record is closed and archived; it cannot be changed or deleted."
                )
            );
        }
    }
}
