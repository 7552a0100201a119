namespace SharedKernel.Citizens.Match;

/// <summary>How often each value of a field occurs, and what that is worth where two records agree on it.</summary>
public sealed class Frequencies
{
    /// <summary>So many unseen records with the average chance of agreement stand beside the counted ones: a count of one is not taken at its word.</summary>
    private const double Unseen = 500;

    private readonly Dictionary<ulong, int> counts = [];
    private int records;
    private double average = 1;

    /// <summary>Values that occur once are left out: they weigh as if they had not been counted.</summary>
    internal void Write(BinaryWriter writer)
    {
        writer.Write(records);
        writer.Write(average);
        writer.Write(counts.Count(count => count.Value > 1));
        foreach (var (term, count) in counts.Where(count => count.Value > 1))
        {
            writer.Write(term);
            writer.Write7BitEncodedInt(count);
        }
    }

    internal void Read(BinaryReader reader)
    {
        records = reader.ReadInt32();
        average = reader.ReadDouble();
        for (var left = reader.ReadInt32(); left > 0; left--)
        {
            counts[reader.ReadUInt64()] = reader.Read7BitEncodedInt();
        }
    }

    internal void Add(ulong term)
    {
        if (term != 0)
        {
            records++;
            counts[term] = counts.GetValueOrDefault(term) + 1;
        }
    }

    /// <param name="chance">u of the field's best level: two unrelated people agree with this probability.</param>
    internal void Against(double chance) => average = chance;

    /// <summary>Bits to add to the weight of agreement: above 0 for a rare value, below for a common one.</summary>
    internal float Rarity(ulong term)
    {
        // One of the occurrences is the record itself; a common value hardly notices, a rare one does.
        var others = Math.Max(0, counts.GetValueOrDefault(term) - 1);
        var share = (others + Unseen * average) / (records + Unseen);
        return (float)Math.Log2(average / Math.Max(share, 1e-9));
    }
}
