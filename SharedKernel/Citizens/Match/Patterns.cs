namespace SharedKernel.Citizens.Match;

/// <summary>How many pairs show which levels over all fields. There are few patterns for many pairs, and EM needs no more.</summary>
internal sealed class Patterns(LinkageSchema schema)
{
    private readonly Dictionary<ulong, double> counts = [];
    private readonly sbyte[] levels = new sbyte[schema.Fields.Count];

    internal readonly record struct Row(sbyte[] Levels, double Count);

    public void Add(Scorer comparer, PeopleTable table, int i, int j, double count)
    {
        comparer.Levels(table, i, table, j, levels);
        var code = 0UL;
        for (var field = 0; field < levels.Length; field++)
        {
            code = code * Steps(field) + (ulong)(levels[field] + 1);
        }
        System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(
            counts,
            code,
            out _
        ) += count;
    }

    public Row[] Rows() =>
        [.. counts.OrderBy(pair => pair.Key).Select(pair => new Row(Decode(pair.Key), pair.Value))];

    private sbyte[] Decode(ulong code)
    {
        var decoded = new sbyte[schema.Fields.Count];
        for (var field = decoded.Length - 1; field >= 0; field--)
        {
            decoded[field] = (sbyte)((int)(code % Steps(field)) - 1);
            code /= Steps(field);
        }
        return decoded;
    }

    private ulong Steps(int field) => (ulong)schema.Fields[field].Comparison.Levels.Count + 1;
}
