using System.Globalization;

namespace Health.Fhir.Store.Reading;

/// <summary>The values of one statement. Numbers of ours (parameters, types) stand in the text; whatever a caller gave is bound.</summary>
/// <param name="prefix">Of its aliases; another one for what goes into statements of others.</param>
internal sealed class Sql(string prefix = "x")
{
    /// <summary>A condition that nothing passes.</summary>
    public const string Never = "1 = 0";

    public const string Always = "1 = 1";

    private int aliases;

    public List<object> Values { get; } = [];

    public string Bind(object value)
    {
        Values.Add(value);
        return string.Create(CultureInfo.InvariantCulture, $"@{Values.Count - 1}");
    }

    /// <summary><c>= @1</c> or <c>IN (@1, @2)</c>.</summary>
    public string OneOf<TValue>(IReadOnlyCollection<TValue> values)
        where TValue : notnull =>
        values.Count == 1
            ? "= " + Bind(values.First())
            : $"IN ({string.Join(", ", values.Select(value => Bind(value)))})";

    public string Alias() => string.Create(CultureInfo.InvariantCulture, $"{prefix}{aliases++}");

    public static string And(params IEnumerable<string> conditions) =>
        Join(conditions, "AND", Always, Never);

    public static string Or(params IEnumerable<string> conditions) =>
        Join(conditions, "OR", Never, Always);

    public static string Not(string condition) =>
        condition switch
        {
            Never => Always,
            Always => Never,
            _ => $"NOT ({condition})",
        };

    private static string Join(
        IEnumerable<string> conditions,
        string word,
        string neutral,
        string absorbing
    )
    {
        var left = conditions.Where(condition => condition != neutral).Distinct().ToList();
        return left.Contains(absorbing) ? absorbing
            : left.Count == 0 ? neutral
            : left.Count == 1 ? left[0]
            : "(" + string.Join($" {word} ", left) + ")";
    }
}
