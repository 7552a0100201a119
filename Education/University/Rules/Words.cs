using System.Globalization;
using SharedKernel.Ui;

namespace Education.University.Rules;

/// <summary>How figures and ranks are written for people.</summary>
public static class Words
{
    public static string Text(this Rank rank) =>
        rank switch
        {
            Rank.Excellent => T.Of("Xuất sắc", "Excellent"),
            Rank.VeryGood => T.Of("Giỏi", "Very good"),
            Rank.Good => T.Of("Khá", "Good"),
            Rank.Average => T.Of("Trung bình", "Average"),
            Rank.Weak => T.Of("Yếu", "Weak"),
            _ => T.Of("Kém", "Poor"),
        };

    /// <summary><c>8,5</c>, in English <c>8.5</c>.</summary>
    public static string Text(this decimal figure, string format = "0.##") =>
        figure.ToString(format, T.IsEnglish ? CultureInfo.InvariantCulture : T.Vietnamese);
}
