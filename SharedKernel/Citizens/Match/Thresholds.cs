namespace SharedKernel.Citizens.Match;

/// <summary>Where decisions change, in bits (log2 odds that two records are one person). The same for every set of data.</summary>
public static class Thresholds
{
    /// <summary>From here two records are joined without a person: less than one wrong in two hundred and fifty at the threshold itself.</summary>
    public const double Automatic = 8;

    /// <summary>From here a person should look: one in five at the threshold is a match.</summary>
    public const double Review = -2;
}
