using Health.Fhir.Api.Formats;
using SharedKernel.Contracts;

namespace Health.Fhir.Api;

/// <summary>
/// The one place where the SMART App Launch 2 scopes of a token narrow what its roles allow, by resource type and interaction
/// (https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html). How far they reach, the access table says.
/// </summary>
public static class SmartScopes
{
    /// <summary>
    /// The caller with only those scopes that allow this, so that a token which has <c>patient/Patient.rs</c> beside
    /// <c>system/Observation.rs</c> reads its own Patient and no other.
    /// </summary>
    /// <param name="type">Null for an interaction with the whole system, which needs a scope on <c>*</c>.</param>
    /// <exception cref="FhirRefusal">403: the token has no scope for this.</exception>
    public static Caller Narrow(Caller caller, FhirRoute route, string? type)
    {
        if (caller.Scopes is null || route.Permission is null)
        {
            return caller;
        }
        var granting = caller
            .Scopes.Where(scope =>
                scope == "records/*"
                || scope == $"records/{route.Permission}"
                || SmartScope.TryParse(scope, null, out var smart)
                    // One with a query grants nothing: taking it without its condition would give more than was consented to.
                    && smart.Query is null
                    && smart.Allows(type ?? "*", route.Scope)
            )
            .ToHashSet();
        return granting.Count > 0
            ? caller with
            {
                Scopes = granting,
            }
            : throw new FhirRefusal(
                403,
                "forbidden",
                $"The token's scopes do not allow this: it needs one such as system/{type ?? "*"}.{route.Scope}."
            );
    }
}
