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
    public static Caller Narrow(Caller caller, FhirRoute route, string? type) =>
        route.Permission is not { } permission || route.Scope == '-'
            ? caller
            : Narrow(caller, permission, route.Scope, type);

    /// <inheritdoc cref="Narrow(Caller, FhirRoute, string?)"/>
    public static Caller Narrow(Caller caller, Permission permission, char letter, string? type)
    {
        if (caller.Scopes is null)
        {
            return caller;
        }
        var granting = caller
            .Scopes.Where(scope => Grants(scope, permission, type ?? "*", letter))
            .ToHashSet();
        return granting.Count > 0
            ? caller with
            {
                Scopes = granting,
                TokenScopes = caller.TokenScopes ?? caller.Scopes,
            }
            : throw new FhirRefusal(
                403,
                "forbidden",
                $"The token's scopes do not allow this: it needs one such as system/{type ?? "*"}.{letter}."
            );
    }

    /// <summary>
    /// Whether the scopes allow reading or finding resources of this type as far as the narrowed caller reaches: one that is for a
    /// patient's own record does not when the others reach everybody's.
    /// </summary>
    public static bool Allow(Caller signedIn, Caller narrowed, string type)
    {
        if (signedIn.Scopes is not { } all || narrowed.Scopes is not { } some)
        {
            return true;
        }
        var isOwn = some.All(IsOfPatient);
        return all.Any(scope =>
            (isOwn || !IsOfPatient(scope))
            && (
                Grants(scope, Permission.ReadHealthRecords, type, 'r')
                || Grants(scope, Permission.ReadHealthRecords, type, 's')
            )
        );
    }

    private static bool Grants(string scope, Permission permission, string type, char letter) =>
        scope == "records/*"
        || scope == $"records/{permission}"
        || SmartScope.TryParse(scope, null, out var smart)
            // A condition narrows what is read, in the store (TypeScopes). Whether what is written would meet it cannot be told before it is
            // written: so it lets nothing be written.
            && (smart.Query is null || letter is 'r' or 's')
            && smart.Allows(type, letter);

    private static bool IsOfPatient(string scope) =>
        scope.StartsWith("patient/", StringComparison.Ordinal);
}
