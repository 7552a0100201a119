using System.Text.Json.Nodes;
using Health.Fhir.Store;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr.Papers;

/// <summary>A signed paper may be withdrawn and nothing else, by no page and no interface (NĐ 23/2025).</summary>
public sealed class PaperStaysSigned : IFhirWriteRule
{
    private static readonly string[] Free = ["status", "meta", "text"];

    public bool Governs(string type) => type is "DocumentReference";

    public void Check(ReadOnlyMemory<byte> current, ReadOnlyMemory<byte>? next)
    {
        var was = JsonNode.Parse(current.Span)!.AsObject();
        if (was["masterIdentifier"]?["system"]?.ToString() != VnCore.PaperCode)
        {
            return;
        }
        var becomes = next is { } body ? JsonNode.Parse(body.Span)!.AsObject() : null;
        var reopened =
            was["status"]?.ToString() != "current" && becomes?["status"]?.ToString() == "current";
        foreach (var name in Free)
        {
            was.Remove(name);
            becomes?.Remove(name);
        }
        if (becomes is null || reopened || !JsonNode.DeepEquals(was, becomes))
        {
            throw new Conflict(
                T.Of(
                    "Giấy đã ký không sửa, không xóa được; hãy hủy rồi cấp giấy mới.",
                    "A signed paper cannot be changed or deleted; withdraw it and issue a new one."
                )
            );
        }
    }
}
