using System.Text;
using Health.Fhir.Search.Definitions;

namespace Health.Fhir.Store.Place;

/// <summary>
/// The integer by which tables know a resource: its type in the high bits, its number within the type in the low ones. So a
/// type is a range of keys, and what a reference points to is known without a join.
/// </summary>
internal static class Key
{
    private const int TypeShift = 39;

    /// <summary>The bits of the number within the type.</summary>
    public const long NumberMask = (1L << TypeShift) - 1;

    private static readonly Dictionary<string, short> Numbers = FhirModel
        .R4.ResourceTypes.Select((name, at) => (name, at))
        // R4 is closed: its types keep their alphabetical number for ever. 0 is no type.
        .ToDictionary(type => type.name, type => (short)(type.at + 1));

    private static readonly string[] Names = ["", .. FhirModel.R4.ResourceTypes];

    public static readonly short Patient = NumberOf("Patient");

    public static short NumberOf(string type) => Numbers[type];

    public static string NameOf(short type) => Names[type];

    public static long Of(short type, long number) => ((long)type << TypeShift) | number;

    public static short TypeOf(long key) => (short)(key >> TypeShift);

    /// <summary>The compartment of a Patient is its number.</summary>
    public static int CompartmentOf(long patient) => checked((int)(patient & NumberMask));

    public static (long From, long To) RangeOf(short type) =>
        (Of(type, 0), Of((short)(type + 1), 0) - 1);

    /// <summary>17 bytes for a UUID in canonical form, which most ids are; else the text after a marker.</summary>
    public static byte[] Encode(string id)
    {
        if (id.Length == 36 && Guid.TryParseExact(id, "D", out var guid) && !HasUpper(id))
        {
            var bytes = new byte[17];
            bytes[0] = 1;
            guid.TryWriteBytes(bytes.AsSpan(1), bigEndian: true, out _);
            return bytes;
        }
        var text = new byte[id.Length + 1];
        text[0] = 2;
        Encoding.ASCII.GetBytes(id, text.AsSpan(1));
        return text;
    }

    public static string Decode(ReadOnlySpan<byte> id) =>
        id[0] == 1
            ? new Guid(id[1..], bigEndian: true).ToString("D")
            : Encoding.ASCII.GetString(id[1..]);

    private static bool HasUpper(string id) => id.AsSpan().ContainsAnyInRange('A', 'F');
}
