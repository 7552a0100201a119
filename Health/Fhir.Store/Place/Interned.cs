using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Values;

namespace Health.Fhir.Store.Place;

/// <summary>
/// Texts that repeat, kept once and known by an integer: parameter names, code systems, codes with their display, urls, and the
/// sets of parameters that a resource has values for. A number never changes its meaning, so a cached one is right on every
/// host; what is not cached is looked up, then inserted.
/// </summary>
internal sealed class Interned(StoredCode storedCode)
{
    private const int MaxCached = 200_000;

    private readonly ConcurrentDictionary<string, int> parameters = new();
    private readonly ConcurrentDictionary<string, int> systems = new();
    private readonly ConcurrentDictionary<string, int> urls = new();
    private readonly ConcurrentDictionary<(string? System, string? Code, string? Text), int> codes =
        new();
    private readonly ConcurrentDictionary<string, int> shapes = new();
    private int[] parameterOf = [];

    /// <summary>What a transaction needs before its rows can be made; fill it, call <see cref="Interned.Ensure"/>, then ask.</summary>
    public sealed class Wanted
    {
        internal HashSet<string> Parameters { get; } = [];
        internal HashSet<string> Systems { get; } = [];
        internal HashSet<string> Urls { get; } = [];
        internal HashSet<(string? System, string? Code, string? Text)> Codes { get; } = [];
        internal HashSet<string> Shapes { get; } = [];
    }

    /// <summary>One that knows nothing yet, for work whose numbers a rollback takes back.</summary>
    public Interned Another() => new(storedCode);

    /// <summary>How a code may stand in the table of codes; see <see cref="StoredCode.Both"/>.</summary>
    public string[] Spellings(string code) => storedCode.Both(code);

    /// <summary>For the writer, between groups: memory stays bounded however many identifiers there are.</summary>
    public void Trim()
    {
        if (codes.Count > MaxCached)
        {
            codes.Clear();
        }
        if (urls.Count > MaxCached)
        {
            urls.Clear();
        }
    }

    /// <summary>After a rollback: numbers given out in it do not exist.</summary>
    public void Forget()
    {
        parameters.Clear();
        systems.Clear();
        urls.Clear();
        codes.Clear();
        shapes.Clear();
        parameterOf = [];
    }

    public void WantParameter(Wanted wanted, SearchParameterInfo parameter)
    {
        if (parameter.Ordinal >= parameterOf.Length || parameterOf[parameter.Ordinal] == 0)
        {
            wanted.Parameters.Add(parameter.ToString());
        }
    }

    public void WantParameter(Wanted wanted, string name)
    {
        if (!parameters.ContainsKey(name))
        {
            wanted.Parameters.Add(name);
        }
    }

    public void WantCode(Wanted wanted, string? system, string? code, string? text)
    {
        if (!codes.ContainsKey((system, code, text)))
        {
            wanted.Codes.Add((system, code, text));
            if (system is not null && !systems.ContainsKey(Bounded(system)))
            {
                wanted.Systems.Add(Bounded(system));
            }
        }
    }

    public void WantUrl(Wanted wanted, string url)
    {
        if (!urls.ContainsKey(Bounded(url)))
        {
            wanted.Urls.Add(Bounded(url));
        }
    }

    public void WantShape(Wanted wanted, string shape)
    {
        if (!shapes.ContainsKey(shape))
        {
            wanted.Shapes.Add(shape);
        }
    }

    public int Parameter(SearchParameterInfo parameter)
    {
        var known = parameterOf;
        if (parameter.Ordinal < known.Length && known[parameter.Ordinal] != 0)
        {
            return known[parameter.Ordinal];
        }
        var number = parameters[parameter.ToString()];
        var grown = new int[Math.Max(known.Length, parameter.Ordinal + 64)];
        known.CopyTo(grown, 0);
        grown[parameter.Ordinal] = number;
        // Two threads may each publish a copy; what the loser had is looked up again.
        parameterOf = grown;
        return number;
    }

    public int Parameter(string name) => parameters[name];

    public int System(string system) => systems[Bounded(system)];

    public int Code(string? system, string? code, string? text) => codes[(system, code, text)];

    public int Url(string url) => urls[Bounded(url)];

    public int Shape(string shape) => shapes[shape];

    /// <summary>Makes sure that all that is wanted has a number.</summary>
    /// <param name="session">On a shared database not the one of the transaction: numbers are settled whatever becomes of it.</param>
    public async Task Ensure(Session session, Wanted wanted, CancellationToken cancel)
    {
        await EnsureTexts(session, "parameter", wanted.Parameters, parameters, cancel);
        await EnsureTexts(session, "system", wanted.Systems, systems, cancel);
        await EnsureTexts(session, "url", wanted.Urls, urls, cancel);
        await EnsureCodes(session, wanted.Codes, cancel);
        await EnsureShapes(session, wanted.Shapes, cancel);
    }

    /// <summary>Numbers for reading: what is not in the database has none.</summary>
    public async Task<int?> FindParameter(Session session, string name, CancellationToken cancel)
    {
        if (!parameters.TryGetValue(name, out var number))
        {
            await FindTexts(session, "parameter", [name], parameters, cancel);
            return parameters.TryGetValue(name, out number) ? number : null;
        }
        return number;
    }

    /// <summary>Numbers of those that there are, by name; asks once for all that are not known yet.</summary>
    public async Task<IReadOnlyDictionary<string, int>> FindParameters(
        Session session,
        IEnumerable<string> names,
        CancellationToken cancel
    )
    {
        var found = new Dictionary<string, int>();
        var unknown = new List<string>();
        foreach (var name in names)
        {
            if (parameters.TryGetValue(name, out var number))
            {
                found[name] = number;
            }
            else
            {
                unknown.Add(name);
            }
        }
        if (unknown.Count > 0)
        {
            await FindTexts(session, "parameter", unknown, parameters, cancel);
            foreach (var name in unknown)
            {
                if (parameters.TryGetValue(name, out var number))
                {
                    found[name] = number;
                }
            }
        }
        return found;
    }

    public async Task<int?> FindSystem(Session session, string system, CancellationToken cancel)
    {
        var text = Bounded(system);
        if (!systems.TryGetValue(text, out var number))
        {
            await FindTexts(session, "system", [text], systems, cancel);
            return systems.TryGetValue(text, out number) ? number : null;
        }
        return number;
    }

    public async Task<int?> FindUrl(Session session, string url, CancellationToken cancel)
    {
        var text = Bounded(url);
        if (!urls.TryGetValue(text, out var number))
        {
            await FindTexts(session, "url", [text], urls, cancel);
            return urls.TryGetValue(text, out number) ? number : null;
        }
        return number;
    }

    /// <summary>A text as it stands in an index column: too long a one keeps its beginning and a hash of the whole.</summary>
    public static string Bounded(string text) =>
        text.Length <= FhirDb.IndexedLength
            ? text
            : text[..(FhirDb.IndexedLength - 66)]
                + "…"
                + Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));

    private static async Task EnsureTexts(
        Session session,
        string table,
        HashSet<string> texts,
        ConcurrentDictionary<string, int> known,
        CancellationToken cancel
    )
    {
        await FindTexts(session, table, texts, known, cancel);
        var missing = new Columns(table, ("text", ColumnKind.Text));
        // In one order on every host, so that two cannot wait for each other.
        foreach (
            var text in texts.Where(text => !known.ContainsKey(text)).Order(StringComparer.Ordinal)
        )
        {
            missing.Add(0, text).EndRow();
        }
        if (missing.Count > 0)
        {
            await session.InsertMissing(missing, cancel);
            await FindTexts(session, table, texts, known, cancel);
        }
    }

    private static async Task FindTexts(
        Session session,
        string table,
        IEnumerable<string> texts,
        ConcurrentDictionary<string, int> known,
        CancellationToken cancel
    )
    {
        var asked = texts.Where(text => !known.ContainsKey(text)).ToList();
        var keys = new Columns(table, ("text", ColumnKind.Text));
        asked.ForEach(text => keys.Add(0, text).EndRow());
        await session.Lookup(
            keys,
            "id",
            (row, reader, at) => known[asked[row]] = reader.GetInt32(at),
            lockRows: false,
            cancel
        );
    }

    private async Task EnsureCodes(
        Session session,
        HashSet<(string? System, string? Code, string? Text)> wanted,
        CancellationToken cancel
    )
    {
        if (wanted.Count == 0)
        {
            return;
        }
        var asked = wanted.ToList();
        await FindCodes(session, asked, cancel);
        var missing = asked
            .Where(code => !codes.ContainsKey(code))
            .Select(Row)
            .Distinct()
            .OrderBy(row => row.Code, StringComparer.Ordinal)
            .ThenBy(row => row.System)
            .ThenBy(row => row.Text, StringComparer.Ordinal)
            .ToList();
        if (missing.Count > 0)
        {
            var rows = CodeKeys();
            missing.ForEach(row => AddCode(rows, row));
            await session.InsertMissing(rows, cancel);
            await FindCodes(session, asked, cancel);
        }
    }

    private async Task FindCodes(
        Session session,
        List<(string? System, string? Code, string? Text)> asked,
        CancellationToken cancel
    )
    {
        var unknown = asked.Where(code => !codes.ContainsKey(code)).ToList();
        var keys = CodeKeys();
        unknown.ForEach(code => AddCode(keys, Row(code)));
        await session.Lookup(
            keys,
            "id",
            (row, reader, at) => codes[unknown[row]] = reader.GetInt32(at),
            lockRows: false,
            cancel
        );
    }

    private (int System, string Code, string Text) Row(
        (string? System, string? Code, string? Text) code
    ) =>
        (
            code.System is null ? 0 : systems[Bounded(code.System)],
            storedCode.Of(code.System, code.Code ?? ""),
            code.Text is null ? "" : Bounded(SearchText.Normalise(code.Text))
        );

    private static Columns CodeKeys() =>
        new(
            "code",
            ("code", ColumnKind.Text),
            ("system", ColumnKind.Int),
            ("text", ColumnKind.Text)
        );

    private static void AddCode(Columns rows, (int System, string Code, string Text) code) =>
        rows.Add(0, code.Code).Add(1, (long)code.System).Add(2, code.Text).EndRow();

    private async Task EnsureShapes(
        Session session,
        HashSet<string> wanted,
        CancellationToken cancel
    )
    {
        if (wanted.Count == 0)
        {
            return;
        }
        var asked = wanted.Order(StringComparer.Ordinal).ToList();
        await FindShapes(session, asked, cancel);
        var missing = new Columns("shape", ("hash", ColumnKind.Bytes), ("text", ColumnKind.Text));
        foreach (var shape in asked.Where(shape => !shapes.ContainsKey(shape)))
        {
            missing.Add(0, HashOf(shape)).Add(1, shape).EndRow();
        }
        if (missing.Count > 0)
        {
            await session.InsertMissing(missing, cancel);
            await FindShapes(session, asked, cancel);
        }
    }

    private async Task FindShapes(Session session, List<string> asked, CancellationToken cancel)
    {
        var unknown = asked.Where(shape => !shapes.ContainsKey(shape)).ToList();
        var keys = new Columns("shape", ("hash", ColumnKind.Bytes));
        unknown.ForEach(shape => keys.Add(0, HashOf(shape)).EndRow());
        await session.Lookup(
            keys,
            "id",
            (row, reader, at) => shapes[unknown[row]] = reader.GetInt32(at),
            lockRows: false,
            cancel
        );
    }

    private static byte[] HashOf(string shape) => SHA256.HashData(Encoding.UTF8.GetBytes(shape));

    /// <summary><c>,4,17,23,</c>: sorted, so that equal sets are one shape, with commas around so that one number can be found.</summary>
    public static string ShapeOf(IEnumerable<int> parameterNumbers) =>
        ","
        + string.Concat(
            parameterNumbers
                .Distinct()
                .Order()
                .Select(number => number.ToString(CultureInfo.InvariantCulture) + ",")
        );
}
