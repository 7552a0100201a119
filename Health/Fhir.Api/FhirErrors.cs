using System.Data.Common;
using Health.Fhir.Api.Formats;
using Health.Fhir.Search.Queries;
using Health.Fhir.Store;
using Health.Fhir.Terminology;
using Microsoft.AspNetCore.Http;
using SharedKernel.Contracts;
using SharedKernel.Persistence;

namespace Health.Fhir.Api;

/// <summary>
/// Every refusal as an OperationOutcome with its status (https://hl7.org/fhir/R4/http.html#summary,
/// https://hl7.org/fhir/R4/operationoutcome.html).
/// </summary>
public static class FhirErrors
{
    /// <summary>Null for what is no refusal but a fault of ours.</summary>
    public static FhirRefusal? RefusalOf(Exception error) =>
        error switch
        {
            FhirRefusal refusal => refusal,
            WriteRefused refused => RefusalOf(refused.Reason),
            PreconditionFailed => new(412, "conflict", error.Message),
            StoreBusy => new(503, "throttled", error.Message) { RetryAfterSeconds = 1 },
            SearchTimedOut => new(503, "timeout", error.Message),
            InvalidSearch search => new(
                400,
                [
                    .. search.Errors.Select(parameter =>
                        Issue.Error(
                            "not-supported",
                            $"{parameter.Name}: {parameter.Reason}",
                            parameter.Name
                        )
                    ),
                ]
            ),
            InvalidInput input => new(
                400,
                [
                    .. input.Errors.Select(field =>
                        Issue.Error("invalid", field.Message, field.Field)
                    ),
                ]
            ),
            NotFound => new(404, "not-found", error.Message),
            TerminologyRefusal unanswered => new(
                unanswered.Code is "not-found" ? 404 : 422,
                unanswered.Code,
                error.Message
            ),
            Conflict => new(409, "conflict", error.Message),
            AccessDenied => new(403, "forbidden", error.Message),
            BadHttpRequestException bad => new(
                bad.StatusCode,
                bad.StatusCode is 413 ? "too-long" : "invalid",
                bad.Message
            ),
            _ when Providers.IsFull(error) => new(
                507,
                "no-store",
                "No room is left where the database lies: whoever runs the server must make some. What was to be written may have been: look, then try again."
            ),
            _ when IsAway(error) => new(
                503,
                "transient",
                "The database does not answer. What was to be written may have been: look, then try again."
            )
            {
                RetryAfterSeconds = 2,
            },
            _ => null,
        };

    /// <summary>The database restarts, fails over, or has no connection left; EF Core wraps what it says.</summary>
    private static bool IsAway(Exception? error) =>
        error is not null
        && (error is DbException { IsTransient: true } || IsAway(error.InnerException));

    public static FhirAnswer Answer(FhirRefusal refusal) =>
        FhirAnswer.Outcome(refusal.Status, refusal.Issues) with
        {
            Allow = refusal.Allow,
            RetryAfterSeconds = refusal.RetryAfterSeconds,
        };
}
