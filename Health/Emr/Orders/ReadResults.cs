using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr.Orders;

/// <summary>A person's results, newest first, each with its values in one line, a page at a time.</summary>
public sealed class ReadResults(FhirSession fhir, PatientIds ids, ReadPatientSummary summary)
    : IFeature
{
    public const int PageSize = 20;

    public sealed record Line(DiagnosticReport Report, IReadOnlyList<Observation> Values)
    {
        public DateTimeOffset At =>
            ReadPatientSummary.When(Report.Effective) is { Year: > 1 } effective
                ? effective
                : Report.Issued ?? default;
    }

    public sealed record Result(
        ReadPatientSummary.Summary Summary,
        IReadOnlyList<Line> Lines,
        DateTimeOffset? Next
    );

    /// <param name="before">Only what lies before this moment; null from the newest on.</param>
    /// <exception cref="NotFound">There is no such patient.</exception>
    public async Task<Result> Run(
        string id,
        DateTimeOffset? before = null,
        CancellationToken cancel = default
    )
    {
        var read = await summary.Run(id, cancel);
        var until = before is { } moment ? $"&date=lt{VnCore.InQuery(moment)}" : "";
        var found = await fhir.SearchAll(
            "DiagnosticReport",
            $"patient={await ids.Run(id, cancel)}{until}&_sort=-date&_count={PageSize + 1}&_include=DiagnosticReport:result",
            cancel
        );
        var values = found.OfType<Observation>().ToDictionary(value => value.Id!);
        var lines = found
            .OfType<DiagnosticReport>()
            .Select(report => new Line(
                report,
                [
                    .. report
                        .Result.Select(one => values.GetValueOrDefault(VnCore.IdOf(one) ?? ""))
                        .OfType<Observation>(),
                ]
            ))
            .ToList();
        return new(
            read,
            [.. lines.Take(PageSize)],
            lines.Count > PageSize ? lines[PageSize - 1].At : null
        );
    }
}
