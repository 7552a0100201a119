using System.Collections.Concurrent;
using System.Text;

namespace Health.Fhir.Search.Definitions;

/// <summary>What a value is in JSON and for searching. Backbone elements and data types that no search parameter reads are <see cref="Complex"/>.</summary>
internal enum DataKind : byte
{
    Complex,
    Resource,
    Boolean,
    Integer,
    UnsignedInt,
    PositiveInt,
    Decimal,
    String,
    Markdown,
    Code,
    Id,
    Uri,
    Url,
    Canonical,
    Oid,
    Uuid,
    Date,
    DateTime,
    Instant,
    Time,
    Base64,
    Xhtml,
    Coding,
    CodeableConcept,
    Identifier,
    ContactPoint,
    HumanName,
    Address,
    Reference,
    Quantity,
    Money,
    Range,
    SampledData,
    Period,
    Timing,
}

/// <summary>
/// The elements of one R4 type by JSON name, made from <see cref="R4Tables"/> the first time a body has one. Shared by all threads.
/// </summary>
internal sealed class TypeTable
{
    private static readonly ConcurrentDictionary<string, TypeTable> Tables = new();

    private readonly R4Tables.TypeRow row;
    private volatile Elements? elements;

    private TypeTable(R4Tables.TypeRow row)
    {
        this.row = row;
        Name = row.Name;
        Kind = row.IsResource ? DataKind.Resource : KindOf(row.Name);
    }

    /// <summary><c>Patient</c>, <c>Patient.contact</c>, <c>string</c>.</summary>
    public string Name { get; }

    public DataKind Kind { get; }

    /// <summary>Resource, DomainResource.</summary>
    public bool IsAbstract => row.IsAbstract;

    public bool IsPrimitive => Kind is >= DataKind.Boolean and <= DataKind.Xhtml;

    /// <summary>By slot. Choices (<c>value[x]</c>) take one slot for all their names.</summary>
    public IReadOnlyList<string> Slots => Built.SlotNames;

    /// <summary>A bit per slot that must be there.</summary>
    public ulong Required => Built.Required;

    /// <summary>-1 when there is no such element. For a choice the name without its type: <c>value</c>.</summary>
    public int Slot(string name) => Array.IndexOf(Built.SlotNames, name);

    public ElementTable? Find(ReadOnlySpan<byte> jsonName) => Built.Find(jsonName);

    public IReadOnlyList<ElementTable> All => Built.Table;

    /// <summary>Null when R4 has no such type.</summary>
    public static TypeTable? Get(string name) =>
        Tables.TryGetValue(name, out var known) ? known
        : R4Tables.Instance.Types.TryGetValue(name, out var found)
            ? Tables.GetOrAdd(found.Name, static (_, row) => new TypeTable(row), found)
        : null;

    private Elements Built => elements ?? Build();

    private Elements Build()
    {
        var slots = new List<string>();
        ulong required = 0;
        foreach (var element in row.Elements)
        {
            if (element.Slot == slots.Count)
            {
                slots.Add(element.Name);
            }
            if (element.IsRequired)
            {
                required |= 1UL << element.Slot;
            }
        }
        var table = row.Elements.ConvertAll(element => new ElementTable(
            element.Name,
            element.JsonName,
            element.Slot,
            element.IsList,
            element.Type.Length == 0 ? null : Get(element.Type),
            element.Binding.Length == 0 ? null : CodeTable.Of(element.Binding)
        ));
        return elements = new Elements(table, [.. slots], required);
    }

    private static DataKind KindOf(string name) =>
        name switch
        {
            "boolean" => DataKind.Boolean,
            "integer" => DataKind.Integer,
            "unsignedInt" => DataKind.UnsignedInt,
            "positiveInt" => DataKind.PositiveInt,
            "decimal" => DataKind.Decimal,
            "string" => DataKind.String,
            "markdown" => DataKind.Markdown,
            "code" => DataKind.Code,
            "id" => DataKind.Id,
            "uri" => DataKind.Uri,
            "url" => DataKind.Url,
            "canonical" => DataKind.Canonical,
            "oid" => DataKind.Oid,
            "uuid" => DataKind.Uuid,
            "date" => DataKind.Date,
            "dateTime" => DataKind.DateTime,
            "instant" => DataKind.Instant,
            "time" => DataKind.Time,
            "base64Binary" => DataKind.Base64,
            "xhtml" => DataKind.Xhtml,
            "Coding" => DataKind.Coding,
            "CodeableConcept" => DataKind.CodeableConcept,
            "Identifier" => DataKind.Identifier,
            "ContactPoint" => DataKind.ContactPoint,
            "HumanName" => DataKind.HumanName,
            "Address" => DataKind.Address,
            "Reference" => DataKind.Reference,
            "Quantity" or "Age" or "Duration" or "Count" or "Distance" => DataKind.Quantity,
            "Money" => DataKind.Money,
            "Range" => DataKind.Range,
            "SampledData" => DataKind.SampledData,
            "Period" => DataKind.Period,
            "Timing" => DataKind.Timing,
            _ => DataKind.Complex,
        };

    /// <summary>Names hashed by length and their first eight bytes, which is enough to keep most buckets single.</summary>
    private sealed class Elements
    {
        private readonly byte[] buckets;
        private readonly int mask;

        public Elements(List<ElementTable> table, string[] slotNames, ulong required)
        {
            Table = [.. table];
            SlotNames = slotNames;
            Required = required;
            var size = 16;
            while (size < Table.Length * 4)
            {
                size *= 2;
            }
            mask = size - 1;
            buckets = new byte[size];
            for (var index = 0; index < Table.Length; index++)
            {
                var place = Hash(Table[index].Utf8Name) & mask;
                while (buckets[place] != 0)
                {
                    place = (place + 1) & mask;
                }
                buckets[place] = (byte)(index + 1);
            }
        }

        public ElementTable[] Table { get; }
        public string[] SlotNames { get; }
        public ulong Required { get; }

        public ElementTable? Find(ReadOnlySpan<byte> name)
        {
            for (var place = Hash(name) & mask; buckets[place] != 0; place = (place + 1) & mask)
            {
                var candidate = Table[buckets[place] - 1];
                if (name.SequenceEqual(candidate.Utf8Name))
                {
                    return candidate;
                }
            }
            return null;
        }

        private static int Hash(ReadOnlySpan<byte> name)
        {
            var hash = (uint)name.Length;
            foreach (var letter in name.Length > 16 ? name[^16..] : name)
            {
                hash = (hash * 31) + letter;
            }
            return (int)(hash ^ (hash >> 15)) & int.MaxValue;
        }
    }
}

/// <summary>One element of a type as one JSON property may write it.</summary>
/// <param name="Name"><c>value</c>.</param>
/// <param name="JsonName"><c>valueQuantity</c>.</param>
/// <param name="Slot">Its place among the elements of its type; the names of a choice share one.</param>
/// <param name="Type">Null when any resource may stand here.</param>
/// <param name="Codes">The codes of a required binding; null when any code will do.</param>
internal sealed record ElementTable(
    string Name,
    string JsonName,
    int Slot,
    bool IsList,
    TypeTable? Type,
    CodeTable? Codes
)
{
    public byte[] Utf8Name { get; } = Encoding.UTF8.GetBytes(JsonName);

    public bool Equals(ElementTable? other) => ReferenceEquals(this, other);

    public override int GetHashCode() => JsonName.GetHashCode(StringComparison.Ordinal);
}

/// <summary>The codes of a required binding.</summary>
internal sealed class CodeTable
{
    private static readonly ConcurrentDictionary<string, CodeTable> Tables = new();

    private readonly Dictionary<string, string> systemByCode;
    private readonly Dictionary<string, string>.AlternateLookup<ReadOnlySpan<char>> lookup;

    private CodeTable(string key)
    {
        (Name, var members) = R4Tables.Instance.Codes[key];
        systemByCode = members.ToDictionary(member => member.Code, member => member.System);
        lookup = systemByCode.GetAlternateLookup<ReadOnlySpan<char>>();
    }

    public string Name { get; }

    public IReadOnlyCollection<string> Codes => systemByCode.Keys;

    public static CodeTable Of(string key) =>
        Tables.GetOrAdd(key, static key => new CodeTable(key));

    /// <summary>The code and its system as shared strings; false when it is not one of them.</summary>
    public bool TryFind(ReadOnlySpan<byte> code, out string known, out string system)
    {
        Span<char> letters = stackalloc char[128];
        if (
            code.Length <= letters.Length
            && Encoding.UTF8.TryGetChars(code, letters, out var length)
            && lookup.TryGetValue(letters[..length], out var actual, out var value)
        )
        {
            (known, system) = (actual, value);
            return true;
        }
        (known, system) = ("", "");
        return false;
    }
}
