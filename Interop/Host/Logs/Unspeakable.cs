using System.Text.RegularExpressions;
using SharedKernel.Contracts;

namespace Interop.Host.Logs;

/// <summary>
/// What no log holds: numbers of people, passwords, secrets, tokens. Library code logs addresses with their queries, forms and the texts of
/// errors, so it is taken out where lines are written and not where they are made.
/// </summary>
public static partial class Unspeakable
{
    private const string Hidden = "***";

    public static string Hide(string text) =>
        text.Length < 6
            ? text
            : Digits()
                .Replace(
                    PrivateNumbers.Replace(
                        Tokens().Replace(Secrets().Replace(text, "$1" + Hidden), Hidden),
                        _ => Hidden
                    ),
                    Hidden
                );

    /// <summary>Of a query, a form or JSON, by their names.</summary>
    [GeneratedRegex(
        """
            ((?<![A-Za-z0-9])(?:[A-Za-z_.]*(?:password|secret|token|assertion|verifier)|code|launch|jti|cookie|authorization|otp)["']?\s*[=:]\s*["']?(?:Bearer\s+|Basic\s+)?)[^\s"'&,;}{\]\[]+
            """,
        RegexOptions.IgnoreCase | RegexOptions.CultureInvariant
    )]
    private static partial Regex Secrets();

    /// <summary>Signed and encrypted tokens wherever they stand, and what the framework protects (cookies, forms, handles).</summary>
    [GeneratedRegex(@"(?:eyJ[A-Za-z0-9_\-]{8,}\.[A-Za-z0-9_\-.]+|CfDJ8[A-Za-z0-9_\-]+)")]
    private static partial Regex Tokens();

    /// <summary>Any long run of digits: insurance numbers and old cards have no form of their own.</summary>
    [GeneratedRegex(@"(?<![A-Za-z0-9.\-:])[0-9]{9,15}(?![A-Za-z0-9.])")]
    private static partial Regex Digits();
}
