namespace SharedKernel.Citizens.Match;

/// <summary>How two values of a field are compared: into which of its levels they fall, best first.</summary>
public abstract class Comparison
{
    /// <summary>The level of a pair of which one value, or both, are not there: no evidence either way.</summary>
    public const int Missing = -1;

    private protected Comparison(IReadOnlyList<Level> levels) => Levels = levels;

    /// <summary>Best first; the last is "different".</summary>
    public IReadOnlyList<Level> Levels { get; }

    /// <summary>
    /// For so many of the best levels the weight depends on how frequent the value is: two people named Nguyễn Văn Hùng agree by
    /// chance, two named Tôn Nữ Hạ Mây hardly.
    /// </summary>
    public virtual int FrequencyLevels => 0;

    /// <summary>What is counted for that.</summary>
    internal virtual KeyOf FrequencyKey => KeyOf.Value;

    /// <summary>The level of two written values, or <see cref="Missing"/>.</summary>
    public abstract int Compare(string? left, string? right);

    internal abstract Column NewColumn();
}

/// <typeparam name="T">A value taken apart once, when the record is read, so that a comparison allocates nothing.</typeparam>
public abstract class Comparison<T> : Comparison
    where T : struct
{
    private protected Comparison(IReadOnlyList<Level> levels)
        : base(levels) { }

    /// <summary>False for a text that says nothing, such as an empty one; it then counts as missing.</summary>
    internal abstract bool TryRead(string text, out T value);

    /// <summary>Symmetric: the order of the two never matters.</summary>
    internal abstract int Compare(in T left, in T right);

    /// <summary>Equal for values that must meet in a block; 0 if the value has no such part.</summary>
    internal abstract ulong Key(in T value, KeyOf part);

    public sealed override int Compare(string? left, string? right) =>
        left is not null
        && right is not null
        && TryRead(left, out var a)
        && TryRead(right, out var b)
            ? Compare(a, b)
            : Missing;

    internal sealed override Column NewColumn() => new Column<T>(this);

    private protected static NotSupportedException HasNo(KeyOf part) =>
        new($"There is no {part} of this field to block on.");
}
