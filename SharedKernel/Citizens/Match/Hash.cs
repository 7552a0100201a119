namespace SharedKernel.Citizens.Match;

/// <summary>Hashes that are the same in every process, since learned frequencies are kept under them.</summary>
internal static class Hash
{
    /// <summary>Finalizer of SplitMix64.</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58476D1CE4E5B9;
        value = (value ^ (value >> 27)) * 0x94D049BB133111EB;
        return value ^ (value >> 31);
    }

    /// <summary>Never 0, which means "missing".</summary>
    public static ulong Of(ReadOnlySpan<char> text)
    {
        var hash = 0xCBF29CE484222325UL;
        foreach (var letter in text)
        {
            hash = (hash ^ letter) * 0x100000001B3;
        }
        return Mix(hash) | 1;
    }
}
