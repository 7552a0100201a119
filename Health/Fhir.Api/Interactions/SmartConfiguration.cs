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
                // The same as in /.well-known/openid-configuration, letter by letter.
                issuer = issuer + "/",
                jwks_uri = issuer + "/.well-known/jwks",
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
                token_endpoint_auth_methods_supported = new[]
                {
                    "client_secret_basic",
                    "client_secret_post",
                    "private_key_jwt",
                },
                token_endpoint_auth_signing_alg_values_supported = new[] { "RS384", "ES384" },
                scopes_supported = new[]
                {
                    "openid",
                    "profile",
                    "fhirUser",
                    "launch",
                    "launch/patient",
                    "offline_access",
                    "patient/*.cruds",
                    "user/*.cruds",
                    "system/*.cruds",
                },
                capabilities = new[]
                {
                    "launch-ehr",
                    "launch-standalone",
                    "authorize-post",
                    "client-public",
                    "client-confidential-symmetric",
                    "client-confidential-asymmetric",
                    "sso-openid-connect",
                    "context-banner",
                    "context-style",
                    "context-ehr-patient",
                    "context-ehr-encounter",
                    "context-standalone-patient",
                    "permission-offline",
                    "permission-patient",
                    "permission-user",
                    "permission-v1",
                    "permission-v2",
                },
            }
        );
    }
}
