namespace SharedKernel.Citizens.Match;

/// <summary>
/// Which rows are compared with which: for every rule the rows sorted by key. Pairs are walked, never stored; a pair that several
/// rules bring together is walked once.
/// </summary>
internal sealed class Blocks
{
    private readonly PeopleTable table;
    private readonly RuleBlocks[] rules;

    public Blocks(PeopleTable table)
    {
        this.table = table;
        rules = new RuleBlocks[table.Schema.Rules.Count];
        Parallel.For(
            0,
            rules.Length,
            rule => rules[rule] = new RuleBlocks(table, table.Schema.Rules[rule])
        );
    }

    public int CountOfBlocks(int rule) => rules[rule].Starts.Count - 1;

    /// <summary>Pairs of a rule, with those that earlier rules have already.</summary>
    public long CountOfPairs(int rule) => rules[rule].Pairs;

    /// <summary>Calls <paramref name="visit"/> for the pairs of one block that no earlier rule has.</summary>
    public void Walk(int rule, int block, bool again, Action<int, int> visit)
    {
        var own = rules[rule];
        var (start, end) = (own.Starts[block], own.Starts[block + 1]);
        for (var i = start; i < end; i++)
        {
            // A block that nothing could divide is walked as a window.
            var last = Math.Min(end, i + 1 + own.Window);
            for (var j = i + 1; j < last; j++)
            {
                var (left, right) = (own.Rows[i], own.Rows[j]);
                if (again || !Met(rule, left, right))
                {
                    visit(left, right);
                }
            }
        }
    }

    /// <summary>Rows worth comparing with the first row of <paramref name="one"/>, each once.</summary>
    public HashSet<int> Candidates(PeopleTable one)
    {
        var found = new HashSet<int>();
        foreach (var rule in rules)
        {
            rule.AddCandidates(table, one, found);
        }
        return found;
    }

    private bool Met(int rule, int left, int right)
    {
        for (var earlier = 0; earlier < rule; earlier++)
        {
            var blocks = rules[earlier].BlockOf;
            if (blocks[left] >= 0 && blocks[left] == blocks[right])
            {
                return true;
            }
        }
        return false;
    }

    private sealed class RuleBlocks
    {
        private readonly BlockingRule rule;
        private readonly (int Field, KeyOf Of)[] key;
        private readonly (int Field, KeyOf Of)[] then;
        private readonly ulong[] keys;

        public int[] Rows { get; }
        public List<int> Starts { get; } = [];

        /// <summary>Block of a row; -1 where it has no key, or where its block is too large to hold all its pairs.</summary>
        public int[] BlockOf { get; }
        public int Window => 4 * rule.Most;
        public long Pairs { get; private set; }

        public RuleBlocks(PeopleTable table, BlockingRule rule)
        {
            this.rule = rule;
            key = Parts(table, rule.Key);
            then = Parts(table, rule.Then);
            keys = new ulong[table.Count];
            Rows = new int[table.Count];
            BlockOf = new int[table.Count];
            Array.Fill(BlockOf, -1);
            var count = 0;
            for (var row = 0; row < table.Count; row++)
            {
                if (table.Key(row, key) is var value and not 0)
                {
                    (keys[count], Rows[count++]) = (value, row);
                }
            }
            Array.Resize(ref keys, count);
            Array.Sort(keys, Rows, 0, count);
            for (int start = 0, end; start < count; start = end)
            {
                for (end = start + 1; end < count && keys[end] == keys[start]; end++) { }
                Divide(table, start, end, 0);
            }
            Starts.Add(count);
        }

        private static (int, KeyOf)[] Parts(PeopleTable table, IReadOnlyList<KeyPart> parts) =>
            [.. parts.Select(part => (table.Schema.IndexOf(part.Field), part.Of))];

        private void Divide(PeopleTable table, int start, int end, int depth)
        {
            var length = end - start;
            if (length > rule.Most && depth < then.Length)
            {
                var finer = new ulong[length];
                var rows = Rows.AsSpan(start, length);
                for (var i = 0; i < length; i++)
                {
                    finer[i] = table.Columns[then[depth].Field].Key(rows[i], then[depth].Of);
                }
                MemoryExtensions.Sort(finer.AsSpan(), rows);
                for (int from = 0, to; from < length; from = to)
                {
                    for (to = from + 1; to < length && finer[to] == finer[from]; to++) { }
                    Divide(table, start + from, start + to, depth + 1);
                }
                return;
            }
            var whole = length <= Window + 1;
            for (var i = start; whole && i < end; i++)
            {
                BlockOf[Rows[i]] = Starts.Count;
            }
            Pairs += whole ? (long)length * (length - 1) / 2 : (long)length * Window;
            Starts.Add(start);
        }

        public void AddCandidates(PeopleTable table, PeopleTable one, HashSet<int> found)
        {
            var value = one.Key(0, key);
            if (value == 0)
            {
                return;
            }
            var start = FirstAtLeast(value);
            var end = start;
            while (end < keys.Length && keys[end] == value)
            {
                end++;
            }
            var rows = new ArraySegment<int>(Rows, start, end - start);
            foreach (var (field, of) in then)
            {
                if (rows.Count <= rule.Most)
                {
                    break;
                }
                var part = one.Columns[field].Key(0, of);
                rows = rows.Where(row => table.Columns[field].Key(row, of) == part).ToArray();
            }
            found.UnionWith(rows);
        }

        private int FirstAtLeast(ulong value)
        {
            var (low, high) = (0, keys.Length);
            while (low < high)
            {
                var middle = (low + high) / 2;
                (low, high) = keys[middle] < value ? (middle + 1, high) : (low, middle);
            }
            return low;
        }
    }
}
