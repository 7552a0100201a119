namespace SharedKernel.Citizens.Match;

/// <summary>Records taken apart for comparing, column by column. Rows are numbered from 0 in the order in which they came.</summary>
public sealed class PeopleTable(LinkageSchema schema)
{
    public LinkageSchema Schema => schema;
    public int Count { get; private set; }

    internal Column[] Columns { get; } =
    [.. schema.Fields.Select(field => field.Comparison.NewColumn())];

    /// <summary>Takes one record in and gives its row.</summary>
    /// <param name="values">One per field of the schema; null or empty where nothing is known.</param>
    public int Add(params ReadOnlySpan<string?> values)
    {
        if (values.Length != Columns.Length)
        {
            throw new ArgumentException(
                $"A record has {Columns.Length} values, this one {values.Length}.",
                nameof(values)
            );
        }
        for (var field = 0; field < Columns.Length; field++)
        {
            Columns[field].Add(values[field]);
        }
        return Count++;
    }

    /// <summary>A table of one record, to be looked up in another.</summary>
    public static PeopleTable Of(LinkageSchema schema, params ReadOnlySpan<string?> values)
    {
        var table = new PeopleTable(schema);
        table.Add(values);
        return table;
    }

    /// <summary>Hash of the parts, or 0 where one of them is missing.</summary>
    internal ulong Key(int row, (int Field, KeyOf Of)[] parts)
    {
        var hash = 0x9E3779B97F4A7C15UL;
        foreach (var (field, of) in parts)
        {
            var part = Columns[field].Key(row, of);
            if (part == 0)
            {
                return 0;
            }
            hash = Hash.Mix(hash ^ part);
        }
        return hash;
    }
}
