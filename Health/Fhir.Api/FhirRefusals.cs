using Health.Fhir.Api.Formats;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Http;

namespace Health.Fhir.Api;

/// <summary>
/// Below /fhir a refused caller gets 401 or 403 with an OperationOutcome (https://hl7.org/fhir/R4/security.html#AccessDenied), never a
/// sign-in page; everywhere else what was there before goes on.
/// </summary>
public sealed class FhirRefusals(IAuthorizationMiddlewareResultHandler others)
    : IAuthorizationMiddlewareResultHandler
{
    public Task HandleAsync(
        RequestDelegate next,
        HttpContext context,
        AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult
    )
    {
        if (
            authorizeResult.Succeeded
            || !context.Request.Path.StartsWithSegments(FhirRoute.Base, StringComparison.Ordinal)
        )
        {
            return others.HandleAsync(next, context, policy, authorizeResult);
        }
        if (authorizeResult.Forbidden)
        {
            return FhirHttp.Write(
                context,
                FhirAnswer.Outcome(
                    403,
                    Issue.Error("forbidden", "The caller's roles do not allow this.")
                )
            );
        }
        // A token that was sent and did not sign anybody in is expired or not ours (RFC 6750 §3.1).
        var invalid = context.Request.Headers.Authorization.Count > 0;
        context.Response.Headers.WWWAuthenticate = invalid
            ? "Bearer realm=\"fhir\", error=\"invalid_token\""
            : "Bearer realm=\"fhir\"";
        return FhirHttp.Write(
            context,
            FhirAnswer.Outcome(
                401,
                Issue.Error(
                    invalid ? "expired" : "login",
                    invalid
                        ? "The token is not valid or has expired: get a new one at /connect/token."
                        : "Sign in first: send 'Authorization: Bearer …' with a token from /connect/token."
                )
            )
        );
    }
}
