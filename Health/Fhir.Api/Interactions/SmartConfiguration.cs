using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Modules;

namespace Health.Fhir.Api.Interactions;

/// <summary>
/// Tells an app where to sign in and what it may ask for.
/// https://hl7.org/fhir/smart-app-launch/STU2.2/conformance.html#using-well-known
/// </summary>
public sealed class SmartConfiguration : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes.MapGet(FhirRoute.Base + "/.well-known/smart-configuration", Answer).AllowAnonymous();

    private static IResult Answer(HttpContext http)
    {
        Cors.Allow(http);
        var issuer = FhirHttp.BaseUrl(http)[..^FhirRoute.Base.Length];
        return Results.Json(
            new
            {
                issuer,
                authorization_endpoint = issuer + "/connect/authorize",
                token_endpoint = issuer + "/connect/token",
                introspection_endpoint = issuer + "/connect/introspect",
                revocation_endpoint = issuer + "/connect/revoke",
                grant_types_supported = new[]
                {
                    "authorization_code",
                    "client_credentials",
                    "refresh_token",
                },
                response_types_supported = new[] { "code" },
                code_challenge_methods_supported = new[] { "S256" },
                scopes_supported = new[] { "patient/*.cruds", "user/*.cruds", "system/*.cruds" },
                capabilities = new[]
                {
                    "client-confidential-symmetric",
                    "permission-v1",
                    "permission-v2",
                },
            }
        );
    }
}
