using System.Text.Json.Serialization;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.DecisionSupport.CdsHooks;

/// <summary>
/// Takes what became of a card (https://cds-hooks.hl7.org/2.0/#feedback): followed, or passed over with a reason. It is counted with
/// the alerts of our own prescriptions; the same feedback twice counts once. Nothing about a person is kept.
/// </summary>
public sealed class TakeCdsFeedback(FhirSession fhir, ICurrentCaller current, TimeProvider clock)
    : IFeature
{
    /// <summary>Where a client belongs to no facility.</summary>
    private const string OtherSystems = "cds-hooks";

    public sealed record Input(IReadOnlyList<Input.Outcome>? Feedback)
    {
        public sealed record Outcome(
            string? Card,
            [property: JsonPropertyName("outcome")] string? Result,
            Reason? OverrideReason,
            DateTimeOffset? OutcomeTimestamp
        );

        public sealed record Reason(
            [property: JsonPropertyName("reason")] Code? Coded,
            string? UserComment
        );

        public sealed record Code(
            [property: JsonPropertyName("code")] string? Value,
            string? System
        );
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/cds-services/{id}/feedback",
                async (TakeCdsFeedback feature, string id, Input input, CancellationToken cancel) =>
                {
                    await feature.Run(id, input, cancel);
                    return Results.Ok(new { });
                }
            )
            .Requires(Permission.ReadHealthRecords);

    /// <exception cref="NotFound">There is no such service.</exception>
    /// <exception cref="InvalidInput">Names what is missing or wrong in which outcome.</exception>
    public async Task Run(string id, Input input, CancellationToken cancel = default)
    {
        _ = CdsService.Of(id);
        var outcomes = input.Feedback ?? [];
        var errors = outcomes.SelectMany(Check).ToList();
        if (outcomes.Count == 0)
        {
            errors.Add(new("feedback", T.Of("Chưa có phản hồi nào.", "There is no feedback.")));
        }
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }
        var changes = new FhirChanges();
        foreach (var outcome in outcomes.DistinctBy(outcome => outcome.Card))
        {
            changes.Update(Issue(outcome));
        }
        using var ownWork = new OwnWork(current);
        await fhir.Commit(changes, cancel);
    }

    private DetectedIssue Issue(Input.Outcome outcome)
    {
        var coded = outcome.OverrideReason?.Coded;
        var reason =
            outcome.Result == "accepted"
                ? new CodeableConcept(OverrideReasons.System, OverrideReasons.Followed)
                : new CodeableConcept(coded?.System, coded?.Value ?? "unspecified");
        return new DetectedIssue
        {
            Id = outcome.Card!.ToLowerInvariant(),
            Meta = new Meta
            {
                Tag =
                [
                    new Coding(AlertCodes.Facility, current.Caller.Organisation ?? OtherSystems),
                ],
            },
            Status = ObservationStatus.Final,
            Code = new CodeableConcept(AlertCodes.Rule, CdsCard.RuleOf(outcome.Card).ToString()),
            Severity = DetectedIssue.DetectedIssueSeverity.High,
            Identified = new FhirDateTime(
                (outcome.OutcomeTimestamp ?? clock.GetUtcNow()).InVietnam()
            ),
            Mitigation = [new DetectedIssue.MitigationComponent { Action = reason }],
        };
    }

    private static IEnumerable<FieldError> Check(Input.Outcome outcome, int i)
    {
        if (CdsCard.RuleOf(outcome.Card) is null)
        {
            yield return new(
                $"feedback[{i}].card",
                T.Of("Không phải thẻ của máy chủ này.", "This is no card of this server.")
            );
        }
        if (outcome.Result is not ("accepted" or "overridden"))
        {
            yield return new(
                $"feedback[{i}].outcome",
                T.Of("Cần accepted hoặc overridden.", "accepted or overridden is needed.")
            );
        }
    }
}
