using System.Buffers;

namespace Health.Fhir.Search.Reading;

// The body as it is stored and answered.
public sealed partial class IndexedResource
{
    /// <summary>
    /// Gives links new texts before the body is written; the index values and compartments that came from them follow.
    /// </summary>
    /// <param name="resolve">From <see cref="Link.Text"/> to the new text (<c>Patient/12</c>), or null to leave it.</param>
    public void ResolveLinks(Func<string, string?> resolve) => throw new NotImplementedException();

    /// <summary>
    /// Writes the body compactly with id, <c>meta.versionId</c> and <c>meta.lastUpdated</c> set and the links as resolved. The
    /// bytes are those that every read returns.
    /// </summary>
    public void WriteBody(
        IBufferWriter<byte> output,
        string id,
        string versionId,
        DateTimeOffset lastUpdated
    ) => throw new NotImplementedException();

    /// <summary>Gives the buffers back.</summary>
    public void Dispose() { }
}
