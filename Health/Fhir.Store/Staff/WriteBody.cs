using System.Buffers;
using System.Text.Json.Nodes;
using Health.Fhir.Search.Reading;

namespace Health.Fhir.Store.Staff;

/// <summary>What is about to be written, for an admission that must look into it.</summary>
internal static class WriteBody
{
    /// <summary>Null when it is no valid resource of its type: the store says what is wrong with it.</summary>
    public static JsonObject? Of(Write write, ResourceReader reader)
    {
        var read = write.Resource ?? reader.Read(write.Body);
        try
        {
            if (!read.IsValid || read.ResourceType != write.Type)
            {
                return null;
            }
            var body = new ArrayBufferWriter<byte>();
            read.WriteBody(body, write.Id ?? read.Id ?? "new", "1", DateTimeOffset.UnixEpoch);
            return JsonNode.Parse(body.WrittenSpan)!.AsObject();
        }
        finally
        {
            if (write.Resource is null)
            {
                read.Dispose();
            }
        }
    }
}
