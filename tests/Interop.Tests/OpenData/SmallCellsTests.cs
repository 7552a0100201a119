using CsCheck;
using Interop.Registries.OpenData;

namespace Interop.Tests.OpenData;

/// <summary>
/// Tables are hidden and then attacked with linear programming: the attacker knows every published number, that the totals add up and that no count is negative,
/// and asks for the smallest and the largest value that each hidden small count can have.
/// </summary>
public sealed class SmallCellsTests
{
    [Fact]
    public void A_small_count_alone_in_its_row_and_column_takes_three_others_with_it()
    {
        var table = WithTotals(
            new long[,]
            {
                { 4, 50, 60 },
                { 70, 80, 90 },
                { 30, 20, 25 },
            }
        );
        var hidden = SmallCells.Hide(table, 10);
        Assert.True(hidden[0, 0]);
        Assert.Equal(4, Count(hidden));
        // The cheapest cycle: 4–50–20–30.
        Assert.True(hidden[0, 1] && hidden[2, 0] && hidden[2, 1]);
        // No total had to go.
        Assert.False(hidden[0, 3] || hidden[3, 0] || hidden[3, 3]);
    }

    [Fact]
    public void Nothing_small_hides_nothing_and_zero_is_shown()
    {
        var table = WithTotals(
            new long[,]
            {
                { 0, 50 },
                { 70, 80 },
            }
        );
        Assert.Equal(0, Count(SmallCells.Hide(table, 10)));
    }

    [Fact]
    public void A_table_that_cannot_be_protected_is_hidden_whole()
    {
        var table = WithTotals(
            new long[,]
            {
                { 3 },
            }
        );
        Assert.Equal(4, Count(SmallCells.Hide(table, 10)));
    }

    [Fact]
    public void A_threshold_of_zero_hides_nothing() =>
        Assert.Equal(
            0,
            Count(
                SmallCells.Hide(
                    WithTotals(
                        new long[,]
                        {
                            { 1, 2 },
                            { 3, 4 },
                        }
                    ),
                    0
                )
            )
        );

    [Fact]
    public void Totals_that_do_not_fit_are_refused() =>
        Assert.Throws<ArgumentException>(() =>
            SmallCells.Hide(
                new long[,]
                {
                    { 1, 2 },
                    { 1, 3 },
                },
                10
            )
        );

    [Fact]
    public void Hiding_the_small_counts_alone_would_not_do()
    {
        // The attack itself works: with only the small count hidden, it is solved.
        var table = WithTotals(
            new long[,]
            {
                { 4, 50 },
                { 70, 80 },
            }
        );
        var hidden = new bool[3, 3];
        hidden[0, 0] = true;
        Assert.Equal((4.0, 4.0), Attack(table, hidden, (0, 0)));
    }

    [Fact]
    public void No_small_count_can_be_found_within_less_than_the_threshold() =>
        Gen.Select(
                Gen.Int[1, 6],
                Gen.Int[1, 6],
                Gen.Int[0, 2].Select(at => new[] { 3, 5, 10 }[at]),
                Gen.Int[0, 10_000]
            )
            .Sample(
                (rows, columns, threshold, seed) =>
                {
                    var random = new Random(seed);
                    var counts = new long[rows, columns];
                    for (var row = 0; row < rows; row++)
                    {
                        for (var column = 0; column < columns; column++)
                        {
                            counts[row, column] = random.Next(5) switch
                            {
                                0 => 0,
                                1 or 2 => random.Next(1, 12),
                                _ => random.Next(5, 300),
                            };
                        }
                    }
                    var table = WithTotals(counts);
                    var hidden = SmallCells.Hide(table, threshold);
                    for (var row = 0; row <= rows; row++)
                    {
                        for (var column = 0; column <= columns; column++)
                        {
                            var count = table[row, column];
                            if (count is 0 || count > threshold)
                            {
                                continue;
                            }
                            Assert.True(hidden[row, column]);
                            if (Count(hidden) == hidden.Length)
                            {
                                continue;
                            }
                            var (low, high) = Attack(table, hidden, (row, column));
                            Assert.True(
                                high - low >= threshold - 1e-6,
                                $"{count} lies between {low} and {high}"
                            );
                            // The network and the linear programme are two ways to the same range.
                            var (least, most) = SmallCells.Range(table, hidden, (row, column));
                            Assert.Equal(least, low, 4);
                            Assert.Equal(Math.Min(most, Far), Math.Min(high, Far), 4);
                        }
                    }
                },
                iter: 300
            );

    private const long Far = 1_000_000;

    private static long[,] WithTotals(long[,] counts)
    {
        var (rows, columns) = (counts.GetLength(0), counts.GetLength(1));
        var table = new long[rows + 1, columns + 1];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                table[row, column] = counts[row, column];
                table[row, columns] += counts[row, column];
                table[rows, column] += counts[row, column];
                table[rows, columns] += counts[row, column];
            }
        }
        return table;
    }

    private static int Count(bool[,] hidden) => hidden.Cast<bool>().Count(one => one);

    /// <summary>The smallest and the largest value of one hidden cell.</summary>
    private static (double Low, double High) Attack(
        long[,] table,
        bool[,] hidden,
        (int Row, int Column) cell
    )
    {
        var (rows, columns) = (table.GetLength(0), table.GetLength(1));
        var unknown = new List<(int Row, int Column)>();
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                if (hidden[row, column])
                {
                    unknown.Add((row, column));
                }
            }
        }
        var equations = new List<(double[] Factors, double Sum)>();
        void Equation(Func<(int Row, int Column), int> sign)
        {
            var factors = unknown.Select(one => (double)sign(one)).ToArray();
            var known = 0.0;
            for (var row = 0; row < rows; row++)
            {
                for (var column = 0; column < columns; column++)
                {
                    if (!hidden[row, column])
                    {
                        known += sign((row, column)) * table[row, column];
                    }
                }
            }
            equations.Add((factors, -known));
        }
        for (var line = 0; line < rows; line++)
        {
            var row = line;
            Equation(one =>
                one.Row != row ? 0
                : one.Column == columns - 1 ? -1
                : 1
            );
        }
        for (var line = 0; line < columns; line++)
        {
            var column = line;
            Equation(one =>
                one.Column != column ? 0
                : one.Row == rows - 1 ? -1
                : 1
            );
        }
        var goal = unknown.Select(one => one == cell ? 1.0 : 0.0).ToArray();
        var low = LinearProgram.Minimum(equations, goal);
        var high = -LinearProgram.Minimum(equations, [.. goal.Select(one => -one)]);
        return (low, high);
    }
}
