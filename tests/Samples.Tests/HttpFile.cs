using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace Samples.Tests;

/// <summary>Reads and runs a <c>.http</c> file; samples/README.md tells its syntax.</summary>
internal sealed partial class HttpFile(string path)
{
    private readonly Dictionary<string, string> variables = [];
    private readonly HashSet<string> fixedNames = [];
    private readonly Dictionary<string, (HttpResponseMessage Response, string Body)> answers = [];

    /// <summary>Runs every request in order and returns how many there were.</summary>
    /// <param name="given">Variables that the file's own lines do not change.</param>
    public async Task<int> Run(HttpClient client, IReadOnlyDictionary<string, string> given)
    {
        foreach (var (name, value) in given)
        {
            variables[name] = value;
        }
        fixedNames.UnionWith(given.Keys);
        variables["host"] = client.BaseAddress!.ToString().TrimEnd('/');
        var requests = 0;
        foreach (var part in Parts(await File.ReadAllTextAsync(path)))
        {
            if (await RunPart(client, part))
            {
                requests++;
            }
        }
        return requests;
    }

    private static IEnumerable<string> Parts(string text) =>
        RequestBreak().Split(text.ReplaceLineEndings("\n")).Where(part => part.Trim().Length > 0);

    private async Task<bool> RunPart(HttpClient client, string part)
    {
        var lines = part.Split('\n').ToList();
        string? name = null;
        var expected = "2xx";
        var at = 0;
        for (; at < lines.Count; at++)
        {
            var line = lines[at].Trim();
            if (Variable().Match(line) is { Success: true } variable)
            {
                if (fixedNames.Contains(variable.Groups[1].Value))
                {
                    continue;
                }
                variables[variable.Groups[1].Value] = Fill(variable.Groups[2].Value.Trim());
            }
            else if (Directive().Match(line) is { Success: true } directive)
            {
                (name, expected) =
                    directive.Groups[1].Value == "name"
                        ? (directive.Groups[2].Value, expected)
                        : (name, directive.Groups[2].Value);
            }
            else if (
                line.Length > 0
                && !line.StartsWith('#')
                && !line.StartsWith("//", StringComparison.Ordinal)
            )
            {
                break;
            }
        }
        if (at == lines.Count)
        {
            return false;
        }

        var start = Fill(lines[at]).Trim().Split(' ', 3);
        using var request = new HttpRequestMessage(new HttpMethod(start[0]), start[1]);
        var headers = lines.Skip(at + 1).TakeWhile(line => line.Trim().Length > 0).ToList();
        var body = string.Join('\n', lines.Skip(at + 2 + headers.Count)).Trim();
        if (body.StartsWith("< ", StringComparison.Ordinal))
        {
            body = await File.ReadAllTextAsync(
                Path.Combine(Path.GetDirectoryName(path)!, body[2..].Trim())
            );
        }
        if (body.Length > 0)
        {
            request.Content = new ByteArrayContent(Encoding.UTF8.GetBytes(Fill(body)));
        }
        foreach (var header in headers.Select(line => Fill(line).Split(':', 2)))
        {
            if (header[0].Trim().Equals("Content-Type", StringComparison.OrdinalIgnoreCase))
            {
                request.Content!.Headers.ContentType = MediaTypeHeaderValue.Parse(header[1].Trim());
            }
            else
            {
                request.Headers.TryAddWithoutValidation(header[0].Trim(), header[1].Trim());
            }
        }

        var response = await client.SendAsync(request);
        var answer = await response.Content.ReadAsStringAsync();
        var status = (int)response.StatusCode;
        Assert.True(
            expected == "2xx" ? response.IsSuccessStatusCode : status.ToString() == expected,
            $"{Path.GetFileName(path)}: {start[0]} {start[1]} answered {status} instead of {expected}:\n{answer}"
        );
        if (name is not null)
        {
            answers[name] = (response, answer);
        }
        return true;
    }

    private string Fill(string text) =>
        Placeholder()
            .Replace(
                text,
                match =>
                {
                    var expression = match.Groups[1].Value.Trim();
                    return variables.TryGetValue(expression, out var value)
                        ? value
                        : FromAnswer(expression);
                }
            );

    private string FromAnswer(string expression)
    {
        var match = AnswerPart().Match(expression);
        if (!match.Success || !answers.TryGetValue(match.Groups[1].Value, out var answer))
        {
            throw new FormatException(
                $"{path}: {{{{{expression}}}}} is neither a variable nor part of a named answer."
            );
        }
        var (response, body) = answer;
        if (match.Groups[2].Value == "headers")
        {
            var header = match.Groups[3].Value;
            return response.Headers.TryGetValues(header, out var values)
                ? values.First()
                : response.Content.Headers.GetValues(header).First();
        }
        var element = JsonDocument.Parse(body).RootElement;
        foreach (Match step in JsonStep().Matches(match.Groups[3].Value))
        {
            element = step.Groups[2].Success
                ? element[int.Parse(step.Groups[2].Value)]
                : element.GetProperty(step.Groups[1].Value);
        }
        return element.ToString();
    }

    [GeneratedRegex(@"^###.*$", RegexOptions.Multiline)]
    private static partial Regex RequestBreak();

    [GeneratedRegex(@"^@(\w+)\s*=\s*(.*)$")]
    private static partial Regex Variable();

    [GeneratedRegex(@"^(?:#|//)\s*@(name|expect)\s+(\S+)$")]
    private static partial Regex Directive();

    [GeneratedRegex(@"\{\{([^}]+)\}\}")]
    private static partial Regex Placeholder();

    [GeneratedRegex(@"^(\w+)\.response\.(body|headers)\.(.+)$")]
    private static partial Regex AnswerPart();

    [GeneratedRegex(@"\.([A-Za-z_]\w*)|\[(\d+)\]")]
    private static partial Regex JsonStep();
}
