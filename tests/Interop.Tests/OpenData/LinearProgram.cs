namespace Interop.Tests.OpenData;

/// <summary>
/// A small dense two-phase simplex with Bland's rule (it never cycles): minimises over x ≥ 0 with equations A·x = b. For the attacks on small tables; independent of the product.
/// </summary>
internal static class LinearProgram
{
    private const double Small = 1e-9;

    /// <returns>The minimum; negative infinity when it has none.</returns>
    public static double Minimum(
        IReadOnlyList<(double[] Factors, double Sum)> equations,
        double[] goal
    )
    {
        var (rows, columns) = (equations.Count, goal.Length);
        var width = columns + rows + 1;
        var table = new double[rows + 1, width];
        var basis = new int[rows];
        for (var row = 0; row < rows; row++)
        {
            var sign = equations[row].Sum < 0 ? -1 : 1;
            for (var column = 0; column < columns; column++)
            {
                table[row, column] = sign * equations[row].Factors[column];
            }
            table[row, columns + row] = 1;
            table[row, width - 1] = sign * equations[row].Sum;
            basis[row] = columns + row;
        }
        // Phase one: drive the artificial variables out.
        for (var column = 0; column < width; column++)
        {
            table[rows, column] = column >= columns && column < width - 1 ? 1 : 0;
            for (var row = 0; row < rows; row++)
            {
                table[rows, column] -= table[row, column];
            }
        }
        Solve(table, basis, columns + rows);
        Assert.True(
            Math.Abs(table[rows, width - 1]) < 1e-6,
            "What was published is not consistent."
        );
        for (var row = 0; row < rows; row++)
        {
            if (basis[row] >= columns)
            {
                var column = Enumerable
                    .Range(0, columns)
                    .FirstOrDefault(one => Math.Abs(table[row, one]) > Small, -1);
                if (column >= 0)
                {
                    Pivot(table, basis, row, column);
                }
            }
        }
        // Phase two: the goal itself, with what is in the basis taken out of it.
        for (var column = 0; column < width; column++)
        {
            table[rows, column] = column < columns ? goal[column] : 0;
        }
        for (var row = 0; row < rows; row++)
        {
            if (basis[row] < columns && Math.Abs(goal[basis[row]]) > 0)
            {
                var factor = table[rows, basis[row]];
                for (var column = 0; column < width; column++)
                {
                    table[rows, column] -= factor * table[row, column];
                }
            }
        }
        return Solve(table, basis, columns) ? -table[rows, width - 1] : double.NegativeInfinity;
    }

    private static bool Solve(double[,] table, int[] basis, int columns)
    {
        var (rows, last) = (basis.Length, table.GetLength(1) - 1);
        while (true)
        {
            var enter = Enumerable
                .Range(0, columns)
                .FirstOrDefault(column => table[rows, column] < -Small, -1);
            if (enter < 0)
            {
                return true;
            }
            var leave = -1;
            for (var row = 0; row < rows; row++)
            {
                if (table[row, enter] > Small)
                {
                    var ratio = table[row, last] / table[row, enter];
                    var best =
                        leave < 0
                            ? double.PositiveInfinity
                            : table[leave, last] / table[leave, enter];
                    if (
                        ratio < best - Small
                        || (ratio < best + Small && leave >= 0 && basis[row] < basis[leave])
                    )
                    {
                        leave = row;
                    }
                }
            }
            if (leave < 0)
            {
                return false;
            }
            Pivot(table, basis, leave, enter);
        }
    }

    private static void Pivot(double[,] table, int[] basis, int at, int column)
    {
        var width = table.GetLength(1);
        var pivot = table[at, column];
        for (var one = 0; one < width; one++)
        {
            table[at, one] /= pivot;
        }
        for (var row = 0; row < table.GetLength(0); row++)
        {
            if (row == at || table[row, column] == 0)
            {
                continue;
            }
            var factor = table[row, column];
            for (var one = 0; one < width; one++)
            {
                table[row, one] -= factor * table[at, one];
            }
        }
        basis[at] = column;
    }
}
