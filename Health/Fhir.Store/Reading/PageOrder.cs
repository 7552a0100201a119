using System.Globalization;
using System.Text;
using System.Text.Json;
using Health.Fhir.Search.Queries;
using Health.Fhir.Store.Place;
using Health.Fhir.Store.Rows;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;

namespace Health.Fhir.Store.Reading;

/// <summary>Where a page ends: the sort values of its last resource, and its key. Opaque to clients.</summary>
internal sealed record PagePosition(
    bool ByCompartment,
    long Compartment,
    long Key,
    object?[] Values
)
{
    public override string ToString()
    {
        object?[] all = [ByCompartment ? 1L : 0L, Compartment, Key, .. Values];
        return Convert
            .ToBase64String(JsonSerializer.SerializeToUtf8Bytes(all))
            .TrimEnd('=')
            .Replace('+', '-')
            .Replace('/', '_');
    }

    public static PagePosition Parse(string page)
    {
        try
        {
            var text = page.Replace('-', '+').Replace('_', '/');
            var all = JsonSerializer.Deserialize<JsonElement[]>(
                Convert.FromBase64String(text.PadRight((text.Length + 3) / 4 * 4, '='))
            )!;
            return new PagePosition(
                all[0].GetInt64() == 1,
                all[1].GetInt64(),
                all[2].GetInt64(),
                [.. all.Skip(3).Select(Value)]
            );
        }
        catch (Exception error)
            when (error
                    is FormatException
                        or JsonException
                        or InvalidOperationException
                        or IndexOutOfRangeException
                        or NullReferenceException
            )
        {
            throw new InvalidInput("_page", "This is not a page of this search.");
        }
    }

    private static object? Value(JsonElement value) =>
        value.ValueKind switch
        {
            JsonValueKind.Null => null,
            JsonValueKind.String => value.GetString(),
            _ => value.TryGetInt64(out var number) ? number : value.GetDouble(),
        };
}

/// <summary>
/// The order of a search's pages, which ends with the key, so that it is total: a page goes on after the last one's end
/// whatever was written meanwhile.
/// </summary>
internal sealed class PageOrder
{
    public readonly record struct Column(string Expression, bool Descending, bool IsDouble);

    public IReadOnlyList<Column> Columns { get; private init; } = [];

    /// <summary>Derived tables that the expressions need.</summary>
    public string Joins { get; private init; } = "";

    private bool ByCompartment { get; init; }

    public bool IsPlain => Columns.Count == 0;

    /// <summary>Where compartment and key are read: from the index that leads, if it has them.</summary>
    private string Plainly { get; init; } = "r";

    public string Plain => ByCompartment ? $"{Plainly}.compartment, {Plainly}.key" : "r.key";

    public static async Task<PageOrder> Of(
        Session session,
        Dialect dialect,
        Interned interned,
        SearchRequest request,
        SearchPlan plan,
        PagePosition? position,
        CancellationToken cancel
    )
    {
        var columns = new List<Column>();
        var joins = new StringBuilder();
        foreach (var sort in request.Sort)
        {
            columns.Add(await Of(sort));
        }
        return new PageOrder
        {
            Columns = columns,
            Joins = joins.ToString(),
            ByCompartment = position?.ByCompartment ?? plan.ByCompartment,
            // The pages before may have been led by an index that no longer is the best, as when a code has got a second display.
            Plainly = plan.ByCompartment ? "d" : "r",
        };

        async Task<Column> Of(Search.Queries.SortKey sort)
        {
            var parameter = sort.Parameter;
            var descending = sort.Descending;
            var pick = descending ? "MAX" : "MIN";
            if (parameter.Code == "_id")
            {
                return new Column("r.id", descending, false);
            }
            if (parameter.Code == "_lastUpdated")
            {
                return new Column("r.updated", descending, false);
            }
            if (
                await interned.FindParameter(session, parameter.ToString(), cancel)
                is not { } number
            )
            {
                // Nothing has a value: all are equal.
                return new Column("NULL", descending, false);
            }
            var both = number.ToString(CultureInfo.InvariantCulture);
            if (
                await interned.FindParameter(session, IndexRows.Wide(parameter), cancel) is { } wide
            )
            {
                both += string.Create(CultureInfo.InvariantCulture, $", {wide}");
            }
            switch (parameter.Type)
            {
                case SearchParamType.Date:
                    return new Column(ByKey("date", "low"), descending, false);
                case SearchParamType.Number:
                case SearchParamType.Quantity:
                    return new Column(ByKey("quantity", "low"), descending, true);
                case SearchParamType.String:
                    return new Column(ByKey("string", "normalised"), descending, false);
                case SearchParamType.Token:
                {
                    // The token table is ordered by code: its values are gathered once, not looked up for each row.
                    var alias = string.Create(CultureInfo.InvariantCulture, $"o{columns.Count}");
                    var within = plan.Compartment is { } patient
                        ? string.Create(
                            CultureInfo.InvariantCulture,
                            $" AND t.compartment = {patient}"
                        )
                        : "";
                    joins.Append(
                        CultureInfo.InvariantCulture,
                        $" LEFT JOIN (SELECT t.key AS k, {pick}(c.code) AS v FROM {dialect.Schema}token t JOIN {dialect.Schema}code c ON c.id = t.code WHERE t.parameter = {number}{within} GROUP BY t.key) {alias} ON {alias}.k = r.key"
                    );
                    return new Column(alias + ".v", descending, false);
                }
                case SearchParamType.Reference:
                case SearchParamType.Uri:
                    return new Column(
                        $"(SELECT {pick}(v.target) FROM {dialect.Schema}link v WHERE v.parameter = {number} AND v.key = r.key)",
                        descending,
                        false
                    );
                default:
                    throw new InvalidInput("_sort", $"{parameter.Code} cannot be sorted by.");
            }

            string ByKey(string table, string column) =>
                $"(SELECT {pick}(v.{column}) FROM {dialect.Schema}\"{table}\" v WHERE v.compartment = r.compartment AND v.parameter IN ({both}) AND v.key = r.key)";
        }
    }

    public PagePosition PositionOf(long key, StoredResource last, object?[] values) =>
        new(
            ByCompartment,
            last.Compartment,
            key,
            [
                .. values.Select(value =>
                    value is byte[] bytes ? Convert.ToHexStringLower(bytes) : value
                ),
            ]
        );

    public string PlainAfter(PagePosition position, Sql sql) =>
        ByCompartment
            ? $"({Plainly}.compartment > {sql.Bind(position.Compartment)} OR ({Plainly}.compartment = {sql.Bind(position.Compartment)} AND {Plainly}.key > {sql.Bind(position.Key)}))"
            : $"r.key > {sql.Bind(position.Key)}";

    /// <summary>Rows that come after the position: later in the first column in which they differ. Nulls come last.</summary>
    public string After(PagePosition position, Sql sql, string alias)
    {
        if (position.Values.Length != Columns.Count)
        {
            throw new InvalidInput("_page", "This is not a page of this search.");
        }
        var equal = Sql.Always;
        var arms = new List<string>();
        for (var at = 0; at < Columns.Count; at++)
        {
            var column = string.Create(CultureInfo.InvariantCulture, $"{alias}.s{at}");
            var value = position.Values[at];
            if (value is null)
            {
                equal = Sql.And(equal, $"{column} IS NULL");
                continue;
            }
            object bound = Columns[at] switch
            {
                { Expression: "r.id" } => Convert.FromHexString((string)value),
                { IsDouble: true } => Convert.ToDouble(value, CultureInfo.InvariantCulture),
                _ => value,
            };
            var compare = Columns[at].Descending ? "<" : ">";
            arms.Add(Sql.And(equal, $"({column} {compare} {sql.Bind(bound)} OR {column} IS NULL)"));
            equal = Sql.And(equal, $"{column} = {sql.Bind(bound)}");
        }
        arms.Add(Sql.And(equal, $"{alias}.k > {sql.Bind(position.Key)}"));
        return Sql.Or(arms);
    }
}
