using System.Text.Json;
using Health.Contracts;
using Health.Fhir.Store;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.DecisionSupport;

/// <summary>
/// How often alerts interrupted in the caller's facility, and how often they were passed over and why: a rule that everybody passes over is
/// a rule to be changed.
/// </summary>
public sealed class ReportAlerts(
    GuardedStore store,
    IFhirReader reader,
    ICurrentCaller current,
    TimeProvider clock
) : IFeature
{
    private const int UsualDays = 90;

    /// <param name="Interruptions">In a hundred prescriptions; null when nothing was signed.</param>
    public sealed record Result(
        DateOnly From,
        DateOnly To,
        long Prescriptions,
        decimal? Interruptions,
        IReadOnlyList<Row> Rules,
        IReadOnlyList<ReasonCount> Reasons
    );

    /// <param name="Shown">Interrupting alerts that a doctor saw before signing.</param>
    public sealed record Row(AlertRule Rule, int Shown, int Followed, int Overridden)
    {
        public decimal OverrideShare =>
            Shown == 0 ? 0 : decimal.Round(100m * Overridden / Shown, 1);
    }

    public sealed record ReasonCount(string Reason, int Count);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/health/decision-support/figures",
                (ReportAlerts feature, DateOnly? from, DateOnly? to, CancellationToken cancel) =>
                    feature.Run(from, to, cancel)
            )
            .Requires(Permission.SignPrescriptions);

    /// <param name="from">Ninety days ago when null; <paramref name="to"/> today.</param>
    public async Task<Result> Run(
        DateOnly? from = null,
        DateOnly? to = null,
        CancellationToken cancel = default
    )
    {
        var last = to ?? clock.Today();
        var first = from ?? last.AddDays(-UsualDays);
        if (first > last)
        {
            throw new InvalidInput(
                "from",
                T.Of("Ngày đầu phải trước ngày cuối.", "The first day must not be after the last.")
            );
        }
        var facility =
            current.Caller.Organisation
            ?? throw new InvalidInput(
                "organisation",
                T.Of(
                    "Tài khoản này chưa gắn với cơ sở khám bệnh, chữa bệnh nào.",
                    "This account belongs to no health facility."
                )
            );
        var issues = new List<(AlertRule Rule, string Reason)>();
        await foreach (
            var body in reader.Scan(
                "DetectedIssue",
                $"_tag={AlertCodes.Facility}|{facility}&identified=ge{first:yyyy-MM-dd}&identified=le{last:yyyy-MM-dd}",
                cancel
            )
        )
        {
            if (Read(body) is { } issue)
            {
                issues.Add(issue);
            }
        }
        var query =
            $"custodian=Organization/{facility}&type={VnCore.Loinc}|57833-6&date=ge{first:yyyy-MM-dd}&date=le{last:yyyy-MM-dd}&_summary=count";
        var signed = (
            await store.Search(
                store.Parse("DocumentReference", query),
                null,
                $"DocumentReference?{query}",
                cancel
            )
        ).Total;
        return new Result(
            first,
            last,
            signed ?? 0,
            signed > 0 ? decimal.Round(100m * issues.Count / signed.Value, 1) : null,
            [
                .. issues
                    .GroupBy(issue => issue.Rule)
                    .Select(rule => new Row(
                        rule.Key,
                        rule.Count(),
                        rule.Count(issue => issue.Reason == OverrideReasons.Followed),
                        rule.Count(issue => issue.Reason != OverrideReasons.Followed)
                    ))
                    .OrderByDescending(row => row.Shown),
            ],
            [
                .. issues
                    .Where(issue => issue.Reason != OverrideReasons.Followed)
                    .GroupBy(issue => issue.Reason)
                    .Select(reason => new ReasonCount(reason.Key, reason.Count()))
                    .OrderByDescending(reason => reason.Count),
            ]
        );
    }

    private static (AlertRule, string)? Read(ReadOnlyMemory<byte> body)
    {
        using var json = JsonDocument.Parse(body);
        var issue = json.RootElement;
        return
            issue.TryGetProperty("mitigation", out var mitigation)
            && Enum.TryParse<AlertRule>(Code(issue.GetProperty("code")), out var rule)
            ? (rule, Code(mitigation[0].GetProperty("action")) ?? "unspecified")
            : null;
    }

    private static string? Code(JsonElement concept) =>
        concept.TryGetProperty("coding", out var coding)
        && coding[0].TryGetProperty("code", out var code)
            ? code.GetString()
            : null;
}
