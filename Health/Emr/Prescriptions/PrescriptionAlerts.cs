using Health.Emr.DecisionSupport;
using Health.Fhir.Store;
using Hl7.Fhir.Model;

namespace Health.Emr.Prescriptions;

/// <summary>
/// Decision support in a prescription: its alerts among the findings, and at signing each interrupting alert as a DetectedIssue with
/// the reason it was passed over, or that it was followed (https://hl7.org/fhir/R4/detectedissue.html).
/// </summary>
internal static class PrescriptionAlerts
{
    public static PrescriptionReview Add(
        PrescriptionReview review,
        PrescriptionDraft draft,
        ReadPatientFacts.Result known
    )
    {
        var uses = review
            .Lines.Select(line =>
                DrugUses.Of(line.Drug, line.Line, IndexOf(draft, line.Line).ToString())
            )
            .Concat(known.Taking.Select((use, i) => use with { Ref = $"taking-{i}" }))
            .ToList();
        var alerts = DecisionRules.Check(uses, known.Facts).Select(alert => Of(alert, draft));
        return review with
        {
            Findings =
            [
                .. review
                    .Findings.Concat(alerts)
                    .OrderByDescending(finding => finding.Stops)
                    .ThenByDescending(finding => finding.Severity),
            ],
        };
    }

    public static void Keep(
        ReviewPrescription.Situation situation,
        PrescriptionDraft draft,
        IReadOnlyList<MedicationRequest> orders,
        DateTimeOffset at,
        FhirChanges changes
    )
    {
        var overridden = situation
            .Review.Findings.Where(finding => finding is { Key: not null, Override: not null })
            .ToList();
        foreach (var finding in overridden)
        {
            var line = finding.Line is { } i ? draft.Lines[i].Drug : null;
            changes.Create(
                Issue(
                    situation,
                    at,
                    finding.Key!,
                    finding.Message,
                    finding.Override!,
                    orders.Where(order => PrescriptionDocument.DrugCodeOf(order) == line)
                )
            );
        }
        var still = situation.Review.Findings.Select(finding => finding.Key).ToHashSet();
        foreach (var key in (draft.Seen ?? []).Distinct().Where(key => !still.Contains(key)))
        {
            if (RuleOf(key) is not null)
            {
                changes.Create(Issue(situation, at, key, null, OverrideReasons.Followed, []));
            }
        }
    }

    /// <summary>The check that an alert's key names; null for what is no key.</summary>
    internal static AlertRule? RuleOf(string key) =>
        Enum.TryParse<AlertRule>(key.Split(':')[0], ignoreCase: true, out var rule)
        && key.Contains(':', StringComparison.Ordinal)
            ? rule
            : null;

    private static DetectedIssue Issue(
        ReviewPrescription.Situation situation,
        DateTimeOffset at,
        string key,
        string? message,
        string reason,
        IEnumerable<MedicationRequest> implicated
    ) =>
        new()
        {
            Meta = new Meta
            {
                Tag = [new Coding(AlertCodes.Facility, situation.Post.FacilityCode)],
            },
            Identifier = [new Identifier(AlertCodes.Key, key)],
            Status = ObservationStatus.Final,
            Code = new CodeableConcept(AlertCodes.Rule, RuleOf(key).ToString()),
            Severity = DetectedIssue.DetectedIssueSeverity.High,
            Patient = VnCore.Reference(situation.Patient),
            Identified = new FhirDateTime(at),
            Author = situation.Post.Practitioner,
            Implicated = [.. implicated.Select(order => VnCore.Reference(order))],
            Detail = message,
            Mitigation =
            [
                new DetectedIssue.MitigationComponent
                {
                    Action = new CodeableConcept(OverrideReasons.System, reason),
                    DateElement = new FhirDateTime(at),
                    Author = situation.Post.Practitioner,
                },
            ],
        };

    private static Finding Of(Alert alert, PrescriptionDraft draft)
    {
        var reason =
            alert.Level is AlertLevel.Stop
                ? OverrideReasons
                    .Find(draft.Overrides?.FirstOrDefault(one => one.Key == alert.Key)?.Reason)
                    ?.Code
                : null;
        return new Finding(
            alert.Level switch
            {
                AlertLevel.Stop => Severity.Stop,
                AlertLevel.Caution => Severity.Warn,
                _ => Severity.Inform,
            },
            alert.Level is AlertLevel.NotRun ? "not-run" : alert.Rule.ToString().ToLowerInvariant(),
            alert
                .Refs.Select(reference => int.TryParse(reference, out var line) ? line : (int?)null)
                .FirstOrDefault(line => line is not null),
            alert.Message,
            alert.Source,
            alert.Detail,
            alert.Level is AlertLevel.Stop ? alert.Key : null,
            reason
        );
    }

    private static int IndexOf(PrescriptionDraft draft, PrescriptionDraft.Line line)
    {
        for (var i = 0; i < draft.Lines.Count; i++)
        {
            if (ReferenceEquals(draft.Lines[i], line))
            {
                return i;
            }
        }
        return -1;
    }
}
