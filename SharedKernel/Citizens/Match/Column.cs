using System.Runtime.CompilerServices;

namespace SharedKernel.Citizens.Match;

/// <summary>All values of one field, by row.</summary>
internal abstract class Column
{
    /// <summary>Bits to add on the levels that depend on frequency; set by <see cref="Frequencies"/>.</summary>
    public float[] Rarity { get; protected set; } = [];

    public abstract void Add(string? text);
    public abstract int Level(int row, Column other, int otherRow);
    public abstract ulong Key(int row, KeyOf part);
    public abstract void Weigh(Frequencies? frequencies);
}

internal sealed class Column<T>(Comparison<T> comparison) : Column
    where T : struct
{
    private T[] values = new T[4];
    private bool[] has = new bool[4];
    private int count;

    public override void Add(string? text)
    {
        if (count == values.Length)
        {
            Array.Resize(ref values, count * 2);
            Array.Resize(ref has, count * 2);
        }
        has[count] = text is not null && comparison.TryRead(text, out values[count]);
        count++;
    }

    public override int Level(int row, Column other, int otherRow)
    {
        var that = Unsafe.As<Column<T>>(other);
        return has[row] && that.has[otherRow]
            ? comparison.Compare(in values[row], in that.values[otherRow])
            : Comparison.Missing;
    }

    public override ulong Key(int row, KeyOf part) =>
        has[row] ? comparison.Key(in values[row], part) : 0;

    public override void Weigh(Frequencies? frequencies)
    {
        if (comparison.FrequencyLevels == 0)
        {
            return;
        }
        if (Rarity.Length < count)
        {
            var longer = Rarity;
            Array.Resize(ref longer, values.Length);
            Rarity = longer;
        }
        for (var row = 0; row < count; row++)
        {
            Rarity[row] =
                frequencies is not null && has[row]
                    ? frequencies.Rarity(comparison.Key(in values[row], comparison.FrequencyKey))
                    : 0;
        }
    }
}
