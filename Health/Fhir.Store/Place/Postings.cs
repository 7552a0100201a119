using System.Globalization;
using Health.Fhir.Store.Rows;

namespace Health.Fhir.Store.Place;

/// <summary>
/// PostgreSQL: tokens and references as lists. A heap row costs 28 bytes and its place in a tree 16 more, so the resources that share
/// a parameter, a value and a compartment stand in one row, by chunks of 256 keys, which bounds what a change must write again.
/// Hosts take keys in blocks, so two of them rarely meet in a row.
/// </summary>
internal static class Postings
{
    private const int ChunkBits = 8;

    private static readonly string Chunk = string.Create(
        CultureInfo.InvariantCulture,
        $"((key & {Key.NumberMask}) >> {ChunkBits})::integer"
    );

    /// <summary>Reads the lists as the rows that SQLite has, and the links of a resource; part of the migration.</summary>
    public static readonly string[] Views =
    [
        "CREATE VIEW fhir.token AS SELECT p.parameter, p.code, p.compartment, k.key FROM fhir.token_posting p, unnest(p.keys) k(key)",
        "CREATE VIEW fhir.reference AS SELECT p.parameter, p.target, p.compartment, k.key, p.version FROM fhir.reference_posting p, unnest(p.keys) k(key)",
        string.Create(
            CultureInfo.InvariantCulture,
            $"CREATE VIEW fhir.link AS SELECT r.key, (l.link >> {IndexRows.LinkShift})::integer AS parameter, l.link & {(1L << IndexRows.LinkShift) - 1} AS target FROM fhir.resource r, unnest(r.links) l(link)"
        ),
    ];

    public static bool Holds(Columns rows) => rows.Table is "token" or "reference";

    public static string Insert(Columns rows) =>
        $"""
            INSERT INTO {Table(rows)} AS t ({Value(rows)}, chunk, keys)
            SELECT {Value(rows)}, {Chunk}, array_agg(key) FROM {Given(rows)} GROUP BY {Value(
                rows
            )}, {Chunk} ORDER BY {Value(rows)}, {Chunk}
            ON CONFLICT ({Value(rows)}, chunk) DO UPDATE SET keys = t.keys || excluded.keys
            """;

    public static string Remove(Columns rows) =>
        $"""
            UPDATE {Table(
                rows
            )} t SET keys = ARRAY(SELECT key FROM unnest(t.keys) k(key) WHERE key <> ALL (gone.keys))
            FROM ({Gone(rows)}) gone WHERE {Same(rows)}
            """;

    public static string RemoveEmpty(Columns rows) =>
        $"DELETE FROM {Table(rows)} t USING ({Gone(rows)}) gone WHERE {Same(rows)} AND t.keys = '{{}}'";

    private static string Gone(Columns rows) =>
        $"SELECT {Value(rows)}, {Chunk} AS chunk, array_agg(key) AS keys FROM {Given(rows)} GROUP BY {Value(rows)}, {Chunk} ORDER BY {Value(rows)}, {Chunk}";

    private static string Table(Columns rows) => $"{FhirDb.SchemaName}.{rows.Table}_posting";

    private static string Given(Columns rows) =>
        $"unnest({string.Join(", ", Enumerable.Range(1, rows.Names.Length).Select(at => $"${at}"))}) g({string.Join(", ", rows.Names)})";

    private static string Same(Columns rows) =>
        string.Join(
            " AND ",
            rows.Names.Where(name => name != "key")
                .Append("chunk")
                .Select(name => $"t.{name} = gone.{name}")
        );

    private static string Value(Columns rows) =>
        string.Join(", ", rows.Names.Where(name => name != "key"));
}
