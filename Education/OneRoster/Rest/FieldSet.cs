using System.Globalization;
using System.Linq.Expressions;
using SharedKernel.Contracts;

namespace Education.OneRoster.Rest;

/// <summary>By which fields a collection is filtered and sorted, each as an expression that the database evaluates.</summary>
/// <typeparam name="TRow">A row of the query behind the collection.</typeparam>
public sealed class FieldSet<TRow>
{
    private delegate bool Parser<TValue>(string text, out TValue value);

    private readonly Dictionary<string, Func<Condition, Expression<Func<TRow, bool>>>> filters = [];
    private readonly Dictionary<
        string,
        Func<IQueryable<TRow>, bool, IOrderedQueryable<TRow>>
    > orders = [];

    public IEnumerable<string> Names => filters.Keys;

    /// <summary>Compared letter by letter (Unicode order); <c>~</c> finds a part.</summary>
    public FieldSet<TRow> Text(string name, Expression<Func<TRow, string?>> of)
    {
        Sortable(name, of);
        filters[name] = condition =>
        {
            var value = Expression.Constant(condition.Value);
            return Where(
                of,
                condition.Operator switch
                {
                    "~" => Expression.AndAlso(
                        Expression.NotEqual(of.Body, Expression.Constant(null, typeof(string))),
                        Expression.Call(of.Body, nameof(string.Contains), null, value)
                    ),
                    "=" => Expression.Equal(of.Body, value),
                    "!=" => Expression.NotEqual(of.Body, value),
                    var other => Compare(
                        other,
                        Expression.Call(
                            typeof(string),
                            nameof(string.Compare),
                            null,
                            of.Body,
                            value
                        ),
                        Expression.Constant(0)
                    ),
                }
            );
        };
        return this;
    }

    public FieldSet<TRow> Time(string name, Expression<Func<TRow, DateTimeOffset>> of) =>
        Ordered(
            name,
            of,
            (string text, out DateTimeOffset time) =>
                DateTimeOffset.TryParse(
                    text,
                    CultureInfo.InvariantCulture,
                    DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
                    out time
                )
        );

    public FieldSet<TRow> Day(string name, Expression<Func<TRow, DateOnly>> of) =>
        Ordered(name, of, TryDay);

    public FieldSet<TRow> Day(string name, Expression<Func<TRow, DateOnly?>> of) =>
        Ordered(
            name,
            of,
            (string text, out DateOnly? day) =>
            {
                var read = TryDay(text, out var value);
                day = value;
                return read;
            }
        );

    public FieldSet<TRow> Number(string name, Expression<Func<TRow, int>> of) =>
        Ordered(
            name,
            of,
            (string text, out int number) =>
                int.TryParse(
                    text,
                    NumberStyles.AllowLeadingSign,
                    CultureInfo.InvariantCulture,
                    out number
                )
        );

    /// <summary>Ids are equal or not; what is no id of ours is nobody's.</summary>
    public FieldSet<TRow> Id(string name, Expression<Func<TRow, Guid>> of) =>
        Matched(
                name,
                text =>
                    Guid.TryParse(text, out var id)
                        ? Where(of, Expression.Equal(of.Body, Expression.Constant(id)))
                        : null
            )
            .Sortable(name, of);

    public FieldSet<TRow> Id(string name, Expression<Func<TRow, Guid?>> of) =>
        Matched(
            name,
            text =>
                Guid.TryParse(text, out var id)
                    ? Where(of, Expression.Equal(of.Body, Expression.Constant(id, typeof(Guid?))))
                    : null
        );

    public FieldSet<TRow> Id(string name, Expression<Func<TRow, CitizenId>> of) =>
        Matched(
            name,
            text =>
                CitizenId.TryParse(text, null, out var id)
                    ? Where(of, Expression.Equal(of.Body, Expression.Constant(id)))
                    : null
        );

    /// <summary>A field that is only compared for being equal; <paramref name="match"/> gives null for what is no such value.</summary>
    public FieldSet<TRow> Matched(string name, Func<string, Expression<Func<TRow, bool>>?> match)
    {
        filters[name] = condition =>
        {
            if (condition.Operator is not ("=" or "!="))
            {
                throw OneRosterProblem.Filter($"'{name}' takes = or != only.");
            }
            var found = match(condition.Value) ?? (row => false);
            return condition.Operator == "="
                ? found
                : Expression.Lambda<Func<TRow, bool>>(Expression.Not(found.Body), found.Parameters);
        };
        return this;
    }

    /// <summary>A field that has the same value in every row.</summary>
    public FieldSet<TRow> Always(string name, string value) =>
        Matched(name, text => text == value ? row => true : null);

    /// <exception cref="OneRosterProblem">The filter names another field, or a value that the field cannot have.</exception>
    public IQueryable<TRow> Filter(IQueryable<TRow> rows, OneRosterQuery query)
    {
        var conditions = query
            .Conditions.Select(condition =>
                filters.TryGetValue(condition.Field, out var filter)
                    ? filter(condition)
                    : throw OneRosterProblem.Filter(
                        $"There is no filter on '{condition.Field}' here; use {string.Join(", ", Names)}."
                    )
            )
            .ToList();
        if (conditions is [var first, var second] && query.IsOr)
        {
            var row = first.Parameters[0];
            return rows.Where(
                Expression.Lambda<Func<TRow, bool>>(
                    Expression.OrElse(
                        first.Body,
                        new Renamed(second.Parameters[0], row).Visit(second.Body)
                    ),
                    row
                )
            );
        }
        return conditions.Aggregate(rows, (left, condition) => left.Where(condition));
    }

    /// <summary>In the asked order, then by key, so that pages neither overlap nor leave out.</summary>
    /// <exception cref="OneRosterProblem">There is no order by this field.</exception>
    public IQueryable<TRow> Order(
        IQueryable<TRow> rows,
        OneRosterQuery query,
        Func<IQueryable<TRow>, IOrderedQueryable<TRow>?, IOrderedQueryable<TRow>> byKey
    )
    {
        if (query.Sort is null)
        {
            return byKey(rows, null);
        }
        return orders.TryGetValue(query.Sort, out var order)
            ? byKey(rows, order(rows, query.Descending))
            : throw OneRosterProblem.Invalid(
                $"There is no order by '{query.Sort}' here; use {string.Join(", ", orders.Keys)}."
            );
    }

    private FieldSet<TRow> Ordered<TValue>(
        string name,
        Expression<Func<TRow, TValue>> of,
        Parser<TValue> parse
    )
    {
        Sortable(name, of);
        filters[name] = condition =>
            parse(condition.Value, out var value)
                ? Where(
                    of,
                    Compare(condition.Operator, of.Body, Expression.Constant(value, typeof(TValue)))
                )
                : throw OneRosterProblem.Filter($"'{condition.Value}' is no value of '{name}'.");
        return this;
    }

    private FieldSet<TRow> Sortable<TValue>(string name, Expression<Func<TRow, TValue>> of)
    {
        orders[name] = (rows, descending) =>
            descending ? rows.OrderByDescending(of) : rows.OrderBy(of);
        return this;
    }

    private static Expression Compare(string comparison, Expression left, Expression right) =>
        comparison switch
        {
            "=" => Expression.Equal(left, right),
            "!=" => Expression.NotEqual(left, right),
            ">" => Expression.GreaterThan(left, right),
            ">=" => Expression.GreaterThanOrEqual(left, right),
            "<" => Expression.LessThan(left, right),
            "<=" => Expression.LessThanOrEqual(left, right),
            _ => throw OneRosterProblem.Filter("~ finds a part of a text; this field is no text."),
        };

    private static Expression<Func<TRow, bool>> Where<TValue>(
        Expression<Func<TRow, TValue>> of,
        Expression body
    ) => Expression.Lambda<Func<TRow, bool>>(body, of.Parameters);

    private static bool TryDay(string text, out DateOnly day) =>
        DateOnly.TryParseExact(
            text,
            "yyyy-MM-dd",
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out day
        );

    /// <summary>Puts two conditions on the same row.</summary>
    private sealed class Renamed(ParameterExpression from, ParameterExpression to)
        : ExpressionVisitor
    {
        protected override Expression VisitParameter(ParameterExpression node) =>
            node == from ? to : base.VisitParameter(node);
    }
}
