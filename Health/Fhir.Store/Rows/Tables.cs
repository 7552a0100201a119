namespace Health.Fhir.Store.Rows;

// One class per table, for the migrations alone; the README says what each is for and who reads it.

internal sealed class ResourceRow
{
    public long Key { get; init; }
    public short Type { get; init; }
    public required byte[] Id { get; init; }
    public int Version { get; init; }
    public short StoredAs { get; init; }
    public long Updated { get; init; }
    public int Compartment { get; init; }
    public int Shape { get; init; }
    public required byte[] Body { get; init; }

    /// <summary>PostgreSQL only: what it points to, for includes and chains; see <see cref="IndexRows.LinkOf"/>.</summary>
    public long[] Links { get; init; } = [];
}

internal sealed class HistoryRow
{
    public long Key { get; init; }
    public int Version { get; init; }
    public short StoredAs { get; init; }
    public long Updated { get; init; }
    public int Compartment { get; init; }
    public required byte[] Body { get; init; }
}

internal sealed class SharedRow
{
    public int Compartment { get; init; }
    public long Key { get; init; }
}

internal sealed class TokenRow
{
    public int Parameter { get; init; }
    public int Code { get; init; }
    public int Compartment { get; init; }
    public long Key { get; init; }
}

internal sealed class ReferenceRow
{
    public int Parameter { get; init; }
    public long Target { get; init; }
    public int Compartment { get; init; }
    public long Key { get; init; }
    public int Version { get; init; }
}

/// <summary>PostgreSQL: the resources that have a code, as many as lie in one chunk of keys.</summary>
internal sealed class TokenPosting
{
    public int Parameter { get; init; }
    public int Code { get; init; }
    public int Compartment { get; init; }
    public int Chunk { get; init; }
    public required long[] Keys { get; init; }
}

internal sealed class ReferencePosting
{
    public int Parameter { get; init; }
    public long Target { get; init; }
    public int Compartment { get; init; }
    public int Chunk { get; init; }
    public int Version { get; init; }
    public required long[] Keys { get; init; }
}

internal sealed class DateRow
{
    public int Compartment { get; init; }
    public int Parameter { get; init; }
    public long Key { get; init; }
    public long Low { get; init; }
    public long High { get; init; }
}

internal sealed class QuantityRow
{
    public int Compartment { get; init; }
    public int Parameter { get; init; }
    public long Key { get; init; }
    public int Unit { get; init; }
    public double Low { get; init; }
    public double High { get; init; }
}

internal sealed class StringRow
{
    public int Parameter { get; init; }
    public required string Normalised { get; init; }
    public int Compartment { get; init; }
    public long Key { get; init; }
    public long Exact { get; init; }
}

internal sealed class CompositeRow
{
    public int Parameter { get; init; }
    public long First { get; init; }
    public int Compartment { get; init; }
    public long Key { get; init; }
    public int Ordinal { get; init; }
    public long Second { get; init; }
    public double Low { get; init; }
    public double High { get; init; }
    public double ThirdLow { get; init; }
    public double ThirdHigh { get; init; }
    public required string Text { get; init; }
    public long Exact { get; init; }
}

internal sealed class CodeRow
{
    public int Id { get; init; }
    public int System { get; init; }
    public required string Code { get; init; }
    public required string Text { get; init; }
}

internal abstract class InternedRow
{
    public int Id { get; init; }
    public required string Text { get; init; }
}

internal sealed class ParameterRow : InternedRow;

internal sealed class SystemRow : InternedRow;

internal sealed class UrlRow : InternedRow;

internal sealed class ShapeRow
{
    public int Id { get; init; }
    public required byte[] Hash { get; init; }
    public required string Text { get; init; }
}

internal sealed class CounterRow
{
    public short Type { get; init; }
    public long Last { get; init; }
}

internal sealed class DictionaryRow
{
    public int Id { get; init; }
    public short Type { get; init; }
    public required byte[] Content { get; init; }
}

internal sealed class ImportedFileRow
{
    public required string Hash { get; init; }
    public required string Name { get; init; }
    public long At { get; init; }
}
