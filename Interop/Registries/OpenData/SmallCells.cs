namespace Interop.Registries.OpenData;

/// <summary>
/// Hides the small cells of a table with row and column totals, and as many others as are needed so that nobody can find them from what is left (cell suppression; Fischetti and Salazar 1999 call it the
/// two-dimensional case, which is a network). Counts of 1 to the threshold are hidden; a zero stays. Every small cell is then uncertain by at least the threshold: in the table as published, its
/// value may lie anywhere within a range that wide.
/// </summary>
/// <remarks>
/// Rows and columns, each with their total as one more, are nodes; a cell joins its row and its column. Hidden cells may change together without any published number changing exactly along
/// cycles, up in one cell and down in the next. How far one can go is a maximum flow; where it is too little, the cheapest further cycle through the cell is hidden as well.
/// </remarks>
public static class SmallCells
{
    /// <param name="table">Counts with a total row as the last and a total column as the last; they must add up.</param>
    /// <param name="threshold">Counts of 1 to this are hidden; 0 hides nothing.</param>
    /// <returns>Which cells are hidden; all of them where the table is too small to protect.</returns>
    /// <exception cref="ArgumentException">The totals do not fit the cells.</exception>
    public static bool[,] Hide(long[,] table, int threshold)
    {
        var (rows, columns) = (table.GetLength(0), table.GetLength(1));
        CheckTotals(table);
        var hidden = new bool[rows, columns];
        var small = new List<(int Row, int Column)>();
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                if (table[row, column] is > 0 and var count && count <= threshold)
                {
                    hidden[row, column] = true;
                    small.Add((row, column));
                }
            }
        }
        // Every cycle that is hidden makes ranges wider and none narrower, so one round is enough.
        foreach (var cell in small)
        {
            while (Range(table, hidden, cell) is var (low, high) && high - low < threshold)
            {
                if (!HideCycle(table, hidden, cell, threshold))
                {
                    return All(rows, columns);
                }
            }
        }
        return hidden;
    }

    /// <summary>Between which values a hidden cell can lie, given all that is published and that no count is negative.</summary>
    public static (long Low, long High) Range(
        long[,] table,
        bool[,] hidden,
        (int Row, int Column) cell
    )
    {
        var value = table[cell.Row, cell.Column];
        return (value - Move(table, hidden, cell, -1), value + Move(table, hidden, cell, 1));
    }

    /// <summary>How far the cell can go up (1) or down (-1) while the other hidden cells make up for it.</summary>
    private static long Move(
        long[,] table,
        bool[,] hidden,
        (int Row, int Column) cell,
        int direction
    )
    {
        // As far as matters: beyond this every range is wide enough.
        const long far = 1_000_000_000;
        var (rows, columns) = (table.GetLength(0), table.GetLength(1));
        var flow = new long[rows, columns];
        var limit = direction < 0 ? table[cell.Row, cell.Column] : far;
        var moved = 0L;
        while (moved < limit && Augment(limit - moved) is > 0 and var more)
        {
            moved += more;
        }
        return moved;

        // A path from the cell's column back to its row: each cell on it goes the other way than the one before.
        long Augment(long most)
        {
            var from = new int[rows + columns];
            var room = new long[rows + columns];
            Array.Fill(from, -1);
            var queue = new Queue<int>();
            queue.Enqueue(rows + cell.Column);
            from[rows + cell.Column] = rows + cell.Column;
            room[rows + cell.Column] = most;
            while (queue.TryDequeue(out var node))
            {
                var isColumn = node >= rows;
                for (var other = 0; other < (isColumn ? rows : columns); other++)
                {
                    var (row, column) = isColumn ? (other, node - rows) : (node, other);
                    var next = isColumn ? other : rows + other;
                    if (!hidden[row, column] || (row, column) == cell || from[next] >= 0)
                    {
                        continue;
                    }
                    // Leaving a column, a cell must go against the first one; leaving a row, with it. A total counts the other way round.
                    var sign = (isColumn ? -direction : direction) * SignOf(row, column);
                    var now = table[row, column] + flow[row, column];
                    var free = sign < 0 ? now : far;
                    if (free > 0)
                    {
                        from[next] = node;
                        room[next] = Math.Min(room[node], free);
                        queue.Enqueue(next);
                    }
                }
            }
            if (from[cell.Row] < 0)
            {
                return 0;
            }
            var amount = room[cell.Row];
            for (var node = cell.Row; node != rows + cell.Column; node = from[node])
            {
                var previous = from[node];
                var isColumn = previous >= rows;
                var (row, column) = isColumn ? (node, previous - rows) : (previous, node - rows);
                flow[row, column] +=
                    (isColumn ? -direction : direction) * SignOf(row, column) * amount;
            }
            return amount;
        }

        int SignOf(int row, int column) =>
            (row == rows - 1 ? -1 : 1)
            * (column == columns - 1 ? -1 : 1)
            * (cell.Row == rows - 1 ? -1 : 1)
            * (cell.Column == columns - 1 ? -1 : 1);
    }

    /// <summary>
    /// Hides the path between the cell's row and column that costs the fewest published counts, first among cells that are large enough to take up the whole uncertainty,
    /// then among all that are not zero.
    /// </summary>
    private static bool HideCycle(
        long[,] table,
        bool[,] hidden,
        (int Row, int Column) cell,
        int threshold
    )
    {
        return Try(threshold) || Try(1) || HideBeside();

        // What is hidden already leads round but not far enough: one more cell of the row and of the column.
        bool HideBeside()
        {
            var inRow = Enumerable
                .Range(0, table.GetLength(1))
                .Select(column => (cell.Row, column));
            var inColumn = Enumerable
                .Range(0, table.GetLength(0))
                .Select(row => (row, cell.Column));
            var added = false;
            foreach (var line in new[] { inRow, inColumn })
            {
                var open = line.Where(one =>
                        !hidden[one.Item1, one.Item2] && table[one.Item1, one.Item2] > 0
                    )
                    .ToList();
                if (open.Count > 0)
                {
                    var (row, column) = open.MinBy(one => table[one.Item1, one.Item2]);
                    hidden[row, column] = added = true;
                }
            }
            return added;
        }

        bool Try(long least)
        {
            var (rows, columns) = (table.GetLength(0), table.GetLength(1));
            var cost = new double[rows + columns];
            var from = new int[rows + columns];
            var done = new bool[rows + columns];
            Array.Fill(cost, double.PositiveInfinity);
            cost[rows + cell.Column] = 0;
            from[rows + cell.Column] = -1;
            while (true)
            {
                var node = -1;
                for (var one = 0; one < cost.Length; one++)
                {
                    if (
                        !done[one]
                        && cost[one] < double.PositiveInfinity
                        && (node < 0 || cost[one] < cost[node])
                    )
                    {
                        node = one;
                    }
                }
                if (node < 0)
                {
                    return false;
                }
                if (node == cell.Row)
                {
                    break;
                }
                done[node] = true;
                var isColumn = node >= rows;
                for (var other = 0; other < (isColumn ? rows : columns); other++)
                {
                    var (row, column) = isColumn ? (other, node - rows) : (node, other);
                    var next = isColumn ? other : rows + other;
                    if ((row, column) == cell || table[row, column] < least || done[next])
                    {
                        continue;
                    }
                    // Cells that are hidden already cost next to nothing; a total costs what it counts.
                    var step = hidden[row, column] ? 0.001 : 1 + table[row, column];
                    if (cost[node] + step < cost[next])
                    {
                        (cost[next], from[next]) = (cost[node] + step, node);
                    }
                }
            }
            var added = false;
            for (var node = cell.Row; from[node] >= 0; node = from[node])
            {
                var previous = from[node];
                var (row, column) =
                    previous >= rows ? (node, previous - rows) : (previous, node - rows);
                added |= !hidden[row, column];
                hidden[row, column] = true;
            }
            return added;
        }
    }

    private static bool[,] All(int rows, int columns)
    {
        var all = new bool[rows, columns];
        for (var row = 0; row < rows; row++)
        {
            for (var column = 0; column < columns; column++)
            {
                all[row, column] = true;
            }
        }
        return all;
    }

    private static void CheckTotals(long[,] table)
    {
        var (rows, columns) = (table.GetLength(0), table.GetLength(1));
        for (var row = 0; row < rows; row++)
        {
            var sum = 0L;
            for (var column = 0; column < columns - 1; column++)
            {
                if (table[row, column] < 0)
                {
                    throw new ArgumentException(
                        $"Row {row}, column {column} is negative.",
                        nameof(table)
                    );
                }
                sum += table[row, column];
            }
            if (sum != table[row, columns - 1])
            {
                throw new ArgumentException($"Row {row} does not add up.", nameof(table));
            }
        }
        for (var column = 0; column < columns; column++)
        {
            var sum = 0L;
            for (var row = 0; row < rows - 1; row++)
            {
                sum += table[row, column];
            }
            if (sum != table[rows - 1, column])
            {
                throw new ArgumentException($"Column {column} does not add up.", nameof(table));
            }
        }
    }
}
