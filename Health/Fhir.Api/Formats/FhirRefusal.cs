using System.Text;
using System.Text.Json;
using System.Xml;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Formats;

/// <summary>One line of an OperationOutcome (https://hl7.org/fhir/R4/operationoutcome.html).</summary>
/// <param name="Severity">fatal, error, warning or information.</param>
/// <param name="Code">From https://hl7.org/fhir/R4/valueset-issue-type.html.</param>
/// <param name="Diagnostics">What is wrong, where, and what to do; for the person who reads the log of the client.</param>
/// <param name="Expression">FHIRPath of the element in question, or <c>http.header</c> and the parameter's name.</param>
public sealed record Issue(
    string Severity,
    string Code,
    string Diagnostics,
    string? Expression = null
)
{
    public string Diagnostics { get; init; } = Writable(Diagnostics);

    public string? Expression { get; init; } = Expression is null ? null : Writable(Expression);

    public static Issue Error(string code, string diagnostics, string? expression = null) =>
        new("error", code, diagnostics, expression);

    public static Issue Warning(string code, string diagnostics, string? expression = null) =>
        new("warning", code, diagnostics, expression);

    public static Issue Information(string diagnostics) =>
        new("information", "informational", diagnostics);

    /// <summary>A message often says again what was sent; XML cannot write all of it.</summary>
    private static string Writable(string text)
    {
        if (text.All(XmlConvert.IsXmlChar))
        {
            return text;
        }
        var written = new StringBuilder(text.Length);
        foreach (var rune in text.EnumerateRunes())
        {
            written.Append(
                !rune.IsBmp || XmlConvert.IsXmlChar((char)rune.Value) ? rune : Rune.ReplacementChar
            );
        }
        return written.ToString();
    }
}

/// <summary>A request that FHIR refuses, with the status and the issues of the answer.</summary>
public sealed class FhirRefusal(int status, IReadOnlyList<Issue> issues)
    : Refusal(string.Join("; ", issues.Select(issue => issue.Diagnostics)))
{
    public FhirRefusal(int status, string code, string diagnostics, string? expression = null)
        : this(status, [Issue.Error(code, diagnostics, expression)]) { }

    public int Status { get; } = status;

    public IReadOnlyList<Issue> Issues { get; } = issues;

    /// <summary>Methods that the address does take, for the Allow header of a 405.</summary>
    public string? Allow { get; init; }

    public int? RetryAfterSeconds { get; init; }

    /// <summary>The same refusal as that of one entry of a bundle.</summary>
    public FhirRefusal In(string entry) =>
        new(
            Status,
            [
                .. Issues.Select(issue =>
                    issue with
                    {
                        Expression = issue.Expression switch
                        {
                            null or "" or ['h', 't', 't', 'p', '.', ..] => entry,
                            ['B', 'u', 'n', 'd', 'l', 'e', '.', ..] => issue.Expression,
                            // Patient.birthDate in the entry is Bundle.entry[3].resource.birthDate.
                            [>= 'A' and <= 'Z', ..]
                                when issue.Expression.IndexOf('.') is > 0 and var dot =>
                                $"{entry}.resource{issue.Expression[dot..]}",
                            _ => $"{entry}.resource",
                        },
                        Diagnostics = $"{entry}: {issue.Diagnostics}",
                    }
                ),
            ]
        )
        {
            RetryAfterSeconds = RetryAfterSeconds,
        };
}

/// <summary>Writes OperationOutcome without a model in between: errors must be cheap when someone hammers.</summary>
public static class OperationOutcomes
{
    public static void Write(Utf8JsonWriter json, IReadOnlyList<Issue> issues)
    {
        json.WriteStartObject();
        json.WriteString("resourceType", "OperationOutcome");
        json.WriteStartArray("issue");
        foreach (var issue in issues)
        {
            json.WriteStartObject();
            json.WriteString("severity", issue.Severity);
            json.WriteString("code", issue.Code);
            json.WriteString("diagnostics", issue.Diagnostics);
            if (issue.Expression is { Length: > 0 })
            {
                json.WriteStartArray("expression");
                json.WriteStringValue(issue.Expression);
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }
}
