using Health.Fhir.Store.Place;
using static Health.Fhir.Store.Place.ColumnKind;

namespace Health.Fhir.Store.Rows;

/// <summary>All rows of a group of transactions, by table, written at once in the order of <see cref="Write"/>.</summary>
/// <param name="checking">Keeps in <see cref="Index"/> what the links of the resource rows must say, too.</param>
internal sealed class RowBatch(Dialect dialect, bool checking = false)
{
    private readonly IndexColumns removed = new(false);
    private readonly IndexColumns added = new(checking && dialect.HasLinks);

    private readonly Columns created = Resource(dialect.HasLinks);
    private readonly Columns changed = new(
        "resource",
        [
            ("key", Long),
            ("version", Int),
            ("stored_as", Short),
            ("updated", Long),
            ("compartment", Int),
            ("shape", Int),
            ("body", Bytes),
            .. Links(dialect.HasLinks),
        ]
    );
    private readonly Columns history = new(
        "history",
        ("key", Long),
        ("version", Int),
        ("stored_as", Short),
        ("updated", Long),
        ("compartment", Int),
        ("body", Bytes)
    );

    /// <param name="links">With the column that only <see cref="Dialect.HasLinks"/> has.</param>
    public static Columns Resource(bool links = false) =>
        new(
            "resource",
            [
                ("key", Long),
                ("type", Short),
                ("id", Bytes),
                ("version", Int),
                ("stored_as", Short),
                ("updated", Long),
                ("compartment", Int),
                ("shape", Int),
                ("body", Bytes),
                .. Links(links),
            ]
        );

    private static (string, ColumnKind)[] Links(bool links) =>
        links ? [("links", ColumnKind.Longs)] : [];

    /// <param name="rows">Null for what has no values, such as a deletion.</param>
    public void Create(long key, byte[] id, StoredVersion version, IndexRows? rows)
    {
        AddLinks(created, rows);
        AddTo(created, key, id, version);
    }

    public static void AddTo(Columns rows, long key, byte[] id, StoredVersion version) =>
        rows.Add(0, key)
            .Add(1, (long)Key.TypeOf(key))
            .Add(2, id)
            .Add(3, (long)version.Number)
            .Add(4, (long)version.StoredAs)
            .Add(5, version.Updated)
            .Add(6, (long)version.Compartment)
            .Add(7, (long)version.Shape)
            .Add(8, version.Body)
            .EndRow();

    /// <param name="rows">Null for what has no values, such as a deletion.</param>
    public void Change(long key, StoredVersion version, IndexRows? rows)
    {
        AddLinks(changed, rows);
        changed
            .Add(0, key)
            .Add(1, (long)version.Number)
            .Add(2, (long)version.StoredAs)
            .Add(3, version.Updated)
            .Add(4, (long)version.Compartment)
            .Add(5, (long)version.Shape)
            .Add(6, version.Body)
            .EndRow();
    }

    private void AddLinks(Columns table, IndexRows? rows)
    {
        if (dialect.HasLinks)
        {
            var links = rows?.Links.Select(link => IndexRows.LinkOf(link.Parameter, link.Target));
            table.Add(table.Names.Length - 1, $"{{{string.Join(',', links ?? [])}}}");
        }
    }

    public void Keep(long key, StoredVersion version) =>
        history
            .Add(0, key)
            .Add(1, (long)version.Number)
            .Add(2, (long)version.StoredAs)
            .Add(3, version.Updated)
            .Add(4, (long)version.Compartment)
            .Add(5, version.Body)
            .EndRow();

    public void Add(long key, int compartment, IEnumerable<int> alsoIn, IndexRows rows) =>
        added.Add(key, compartment, alsoIn, rows);

    public void Remove(long key, int compartment, IEnumerable<int> alsoIn, IndexRows rows) =>
        removed.Add(key, compartment, alsoIn, rows);

    /// <summary>The index rows that were added, by table.</summary>
    public IEnumerable<Columns> Index =>
        added.Links is { } links ? added.All.Append(links) : added.All;

    public async Task Write(Session session, CancellationToken cancel)
    {
        foreach (var table in removed.All)
        {
            await session.Delete(table, cancel);
        }
        await session.Insert(history, cancel);
        await session.Update(changed, 1, cancel);
        await session.Insert(created, cancel);
        foreach (var table in added.All)
        {
            await session.Insert(table, cancel);
        }
    }

    private sealed class IndexColumns(bool withLinks)
    {
        private readonly Columns tokens = new(
            "token",
            ("parameter", Int),
            ("code", Int),
            ("compartment", Int),
            ("key", Long)
        );
        private readonly Columns references = new(
            "reference",
            ("parameter", Int),
            ("target", Long),
            ("compartment", Int),
            ("key", Long),
            ("version", Int)
        );
        private readonly Columns dates = new(
            "date",
            ("compartment", Int),
            ("parameter", Int),
            ("key", Long),
            ("low", Long),
            ("high", Long)
        );
        private readonly Columns quantities = new(
            "quantity",
            ("compartment", Int),
            ("parameter", Int),
            ("key", Long),
            ("unit", Int),
            ("low", ColumnKind.Double),
            ("high", ColumnKind.Double)
        );
        private readonly Columns texts = new(
            "string",
            ("parameter", Int),
            ("normalised", ColumnKind.Text),
            ("compartment", Int),
            ("key", Long),
            ("exact", Long)
        );
        private readonly Columns composites = new(
            "composite",
            ("parameter", Int),
            ("first", Long),
            ("compartment", Int),
            ("key", Long),
            ("ordinal", Int),
            ("second", Long),
            ("low", ColumnKind.Double),
            ("high", ColumnKind.Double),
            ("third_low", ColumnKind.Double),
            ("third_high", ColumnKind.Double),
            ("text", ColumnKind.Text),
            ("exact", Long)
        );
        private readonly Columns shared = new("shared", ("compartment", Int), ("key", Long));

        /// <summary>What the links of the resource rows say, for checking them; never written.</summary>
        public Columns? Links { get; } =
            withLinks ? new("link", ("key", Long), ("parameter", Int), ("target", Long)) : null;

        public IEnumerable<Columns> All =>
            [tokens, references, dates, quantities, texts, composites, shared];

        public void Add(long key, int compartment, IEnumerable<int> alsoIn, IndexRows rows)
        {
            foreach (var other in alsoIn)
            {
                shared.Add(0, (long)other).Add(1, key).EndRow();
            }
            foreach (var row in rows.Tokens)
            {
                tokens
                    .Add(0, (long)row.Parameter)
                    .Add(1, (long)row.Code)
                    .Add(2, (long)compartment)
                    .Add(3, key)
                    .EndRow();
            }
            foreach (var row in rows.References)
            {
                references
                    .Add(0, (long)row.Parameter)
                    .Add(1, row.Target)
                    .Add(2, (long)compartment)
                    .Add(3, key)
                    .Add(4, (long)row.Version)
                    .EndRow();
            }
            foreach (var (parameter, target) in Links is null ? [] : rows.Links)
            {
                Links!.Add(0, key).Add(1, (long)parameter).Add(2, target).EndRow();
            }
            foreach (var row in rows.Dates)
            {
                dates
                    .Add(0, (long)compartment)
                    .Add(1, (long)row.Parameter)
                    .Add(2, key)
                    .Add(3, row.Low)
                    .Add(4, row.High)
                    .EndRow();
            }
            foreach (var row in rows.Quantities)
            {
                quantities
                    .Add(0, (long)compartment)
                    .Add(1, (long)row.Parameter)
                    .Add(2, key)
                    .Add(3, (long)row.Unit)
                    .Add(4, row.Low)
                    .Add(5, row.High)
                    .EndRow();
            }
            foreach (var row in rows.Texts)
            {
                texts
                    .Add(0, (long)row.Parameter)
                    .Add(1, row.Normalised)
                    .Add(2, (long)compartment)
                    .Add(3, key)
                    .Add(4, row.Exact)
                    .EndRow();
            }
            foreach (var row in rows.Composites)
            {
                composites
                    .Add(0, (long)row.Parameter)
                    .Add(1, row.First)
                    .Add(2, (long)compartment)
                    .Add(3, key)
                    .Add(4, (long)row.Ordinal)
                    .Add(5, row.Second)
                    .Add(6, row.Low)
                    .Add(7, row.High)
                    .Add(8, row.ThirdLow)
                    .Add(9, row.ThirdHigh)
                    .Add(10, row.Text)
                    .Add(11, row.Exact)
                    .EndRow();
            }
        }
    }
}

/// <summary>A version as its row holds it.</summary>
/// <param name="Updated">Milliseconds since 1970, UTC.</param>
/// <param name="Compartment">Number of the Patient it lies with; 0 for none.</param>
/// <param name="Body">As encoded by <see cref="BodyCodec"/>; empty for a deletion or for what is only referred to.</param>
internal readonly record struct StoredVersion(
    int Number,
    StoredAs StoredAs,
    long Updated,
    int Compartment,
    int Shape,
    byte[] Body
);
