namespace Health.Fhir.Store.Place;

internal enum ColumnKind
{
    Short,
    Int,
    Long,
    Double,
    Text,
    Bytes,

    /// <summary>A list of whole numbers, as PostgreSQL writes one: <c>{1,2}</c>.</summary>
    Longs,
}

/// <summary>Rows on their way to one table, column by column: SQLite binds them one by one, PostgreSQL takes them as arrays.</summary>
internal sealed class Columns
{
    public Columns(string table, params (string Name, ColumnKind Kind)[] columns)
    {
        Table = table;
        Names = [.. columns.Select(column => column.Name)];
        Kinds = [.. columns.Select(column => column.Kind)];
        longs = new List<long>[columns.Length];
        doubles = new List<double>[columns.Length];
        objects = new List<object>[columns.Length];
        for (var at = 0; at < columns.Length; at++)
        {
            longs[at] = [];
            doubles[at] = [];
            objects[at] = [];
        }
    }

    private readonly List<long>[] longs;
    private readonly List<double>[] doubles;
    private readonly List<object>[] objects;

    public string Table { get; }
    public string[] Names { get; }
    public ColumnKind[] Kinds { get; }
    public int Count { get; private set; }

    /// <summary>Fill every column of a row, then call <see cref="EndRow"/>.</summary>
    public Columns Add(int column, long value)
    {
        longs[column].Add(value);
        return this;
    }

    public Columns Add(int column, double value)
    {
        doubles[column].Add(value);
        return this;
    }

    public Columns Add(int column, string value)
    {
        objects[column].Add(value);
        return this;
    }

    public Columns Add(int column, byte[] value)
    {
        objects[column].Add(value);
        return this;
    }

    public void EndRow() => Count++;

    public long Long(int column, int row) => longs[column][row];

    public double Double(int column, int row) => doubles[column][row];

    public string Text(int column, int row) => (string)objects[column][row];

    public byte[] Bytes(int column, int row) => (byte[])objects[column][row];

    /// <summary>The rows' numbers, ordered by their columns from the first on, as the tables' trees are.</summary>
    public int[] InOrder()
    {
        var order = new int[Count];
        for (var row = 0; row < order.Length; row++)
        {
            order[row] = row;
        }
        Array.Sort(order, Compare);
        return order;
    }

    private int Compare(int one, int other)
    {
        for (var column = 0; column < Kinds.Length; column++)
        {
            var order = Kinds[column] switch
            {
                ColumnKind.Text or ColumnKind.Longs => string.CompareOrdinal(
                    Text(column, one),
                    Text(column, other)
                ),
                ColumnKind.Bytes => Bytes(column, one)
                    .AsSpan()
                    .SequenceCompareTo(Bytes(column, other)),
                ColumnKind.Double => Double(column, one).CompareTo(Double(column, other)),
                _ => longs[column][one].CompareTo(longs[column][other]),
            };
            if (order != 0)
            {
                return order;
            }
        }
        return 0;
    }

    /// <summary>A typed array of a whole column.</summary>
    public Array ToArray(int column) =>
        Kinds[column] switch
        {
            ColumnKind.Short => longs[column].ConvertAll(value => (short)value).ToArray(),
            ColumnKind.Int => longs[column].ConvertAll(value => (int)value).ToArray(),
            ColumnKind.Long => longs[column].ToArray(),
            ColumnKind.Double => doubles[column].ToArray(),
            ColumnKind.Text or ColumnKind.Longs => objects[column]
                .ConvertAll(value => (string)value)
                .ToArray(),
            _ => objects[column].ConvertAll(value => (byte[])value).ToArray(),
        };
}
