using Health.Fhir.Validation.Content;

namespace Health.Fhir.Validation.Rules;

/// <summary>Collects findings, each once; a trial (does it match this slice?) has a report of its own.</summary>
internal sealed class Report
{
    private readonly HashSet<(string, string)> said = [];
    private readonly List<Finding> findings = [];

    public IReadOnlyList<Finding> Findings => findings;

    public int Errors { get; private set; }

    public void Error(Element at, string code, string text) =>
        Add(FindingSeverity.Error, at, code, text);

    public void Warning(Element at, string code, string text) =>
        Add(FindingSeverity.Warning, at, code, text);

    public void Information(Element at, string code, string text) =>
        Add(FindingSeverity.Information, at, code, text);

    private void Add(FindingSeverity severity, Element at, string code, string text)
    {
        var path = at.Path;
        if (said.Add((path, text)))
        {
            findings.Add(new(severity, code, text, path, at.Line, at.Column));
            Errors += severity is FindingSeverity.Error ? 1 : 0;
        }
    }
}
