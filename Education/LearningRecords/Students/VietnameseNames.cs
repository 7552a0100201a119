using System.Globalization;

namespace Education.LearningRecords.Students;

/// <summary>The order of every class register: by given name (the last word), then family and middle names.</summary>
public sealed class VietnameseNames : IComparer<string>
{
    public static readonly VietnameseNames Order = new();

    private static readonly CompareInfo Letters = CultureInfo.GetCultureInfo("vi-VN").CompareInfo;

    public int Compare(string? x, string? y)
    {
        var byGivenName = Letters.Compare(GivenName(x), GivenName(y), CompareOptions.IgnoreCase);
        return byGivenName != 0 ? byGivenName : Letters.Compare(x, y, CompareOptions.IgnoreCase);
    }

    private static string GivenName(string? fullName) =>
        fullName?.Trim() is { Length: > 0 } name ? name[(name.LastIndexOf(' ') + 1)..] : "";
}
