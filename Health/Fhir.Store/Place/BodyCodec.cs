namespace Health.Fhir.Store.Place;

/// <summary>How a body lies in its column: one byte that says how, then the bytes.</summary>
internal sealed class BodyCodec
{
    private const byte Plain = 0;

    public byte[] Encode(short type, ReadOnlySpan<byte> body)
    {
        _ = type;
        var stored = new byte[body.Length + 1];
        stored[0] = Plain;
        body.CopyTo(stored.AsSpan(1));
        return stored;
    }

    public ReadOnlyMemory<byte> Decode(byte[] stored) =>
        stored.Length == 0 ? default : stored.AsMemory(1);
}
