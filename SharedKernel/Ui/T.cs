using System.Globalization;

namespace SharedKernel.Ui;

/// <summary>
/// The two languages of the pages side by side where they are used: <c>@T.Of("Lưu", "Save")</c>. Vietnamese is the original;
/// a text without its translation does not compile.
/// </summary>
public static class T
{
    public static readonly CultureInfo Vietnamese = CultureInfo.GetCultureInfo("vi-VN");
    public static readonly CultureInfo English = CultureInfo.GetCultureInfo("en-GB");

    public static bool IsEnglish => CultureInfo.CurrentUICulture.TwoLetterISOLanguageName == "en";

    public static string Of(string vietnamese, string english) => IsEnglish ? english : vietnamese;
}
