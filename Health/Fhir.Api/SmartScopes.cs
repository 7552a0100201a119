using Health.Fhir.Api.Formats;
using SharedKernel.Contracts;

namespace Health.Fhir.Api;

/// <summary>
/// The one place where the SMART App Launch 2 scopes of a token narrow what its roles allow
/// (https://hl7.org/fhir/smart-app-launch/scopes-and-launch-context.html). A token with no such scope is bounded by its roles alone.
/// </summary>
public static class SmartScopes
{
    /// <summary>
    /// Returns the caller to go on as: one let in by <c>patient/</c> scopes alone reaches only that person's own record.
    /// </summary>
    /// <param name="type">Null for an interaction with the whole system, which needs a scope on <c>*</c>.</param>
    /// <param name="letter">One of <c>cruds</c>.</param>
    /// <exception cref="FhirRefusal">403: the token has scopes, and none of them allows this.</exception>
    public static Caller Narrow(Caller caller, string? type, char letter)
    {
        var scopes = caller.Scopes?.Select(Scope.Parse).OfType<Scope>().ToList() ?? [];
        if (scopes.Count == 0 || letter == FhirRoute.AnyScope)
        {
            return caller;
        }
        var granting = scopes.FindAll(scope =>
            scope.Letters.Contains(letter) && (scope.Type == "*" || scope.Type == type)
        );
        if (granting.Count == 0)
        {
            throw new FhirRefusal(
                403,
                "forbidden",
                $"The token's scopes do not allow this: it needs one such as {scopes[0].Context}/{type ?? "*"}.{letter}."
            );
        }
        return granting.TrueForAll(scope => scope.Context == "patient")
            ? caller with
            {
                Roles = new HashSet<Role> { Role.Citizen },
            }
            : caller;
    }

    private sealed record Scope(string Context, string Type, string Letters)
    {
        /// <summary>
        /// Null for scopes of other kinds (<c>openid</c>). One with a query (<c>Observation.rs?category=…</c>) grants nothing: taking it without
        /// its condition would give more than was consented to.
        /// </summary>
        public static Scope? Parse(string text)
        {
            var slash = text.IndexOf('/');
            var dot = text.IndexOf('.', slash + 1);
            if (slash < 0 || dot < 0 || text[..slash] is not ("patient" or "user" or "system"))
            {
                return null;
            }
            var letters = text[(dot + 1)..] switch
            {
                "read" => "rs",
                "write" => "cud",
                "*" => "cruds",
                var v2 when v2.Length > 0 && v2.All("cruds".Contains) => v2,
                _ => "",
            };
            return new(text[..slash], text[(slash + 1)..dot], letters);
        }
    }
}
