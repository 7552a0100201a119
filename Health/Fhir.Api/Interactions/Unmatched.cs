using Health.Fhir.Api.Formats;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Modules;

namespace Health.Fhir.Api.Interactions;

/// <summary>
/// Whatever else comes to an address below /fhir: OPTIONS, a method that the address does not take (405), or no address at all
/// (404). https://hl7.org/fhir/R4/http.html#summary
/// </summary>
public sealed class Unmatched : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        // Anonymous, because an error that tells nothing needs no sign-in, and a browser asks OPTIONS before it may send a token.
        routes.Map(FhirRoute.Base + "/{**path}", Answer).AllowAnonymous();

    private static Task Answer(HttpContext http)
    {
        var routes = http.RequestServices.GetRequiredService<FhirRoutes>();
        var path = FhirRoute.Split(http.Request.RouteValues["path"] as string ?? "");
        var methods = routes.MethodsOf(path);
        if (methods.Count > 0 && HttpMethods.IsOptions(http.Request.Method))
        {
            Cors.Preflight(http, string.Join(", ", methods));
            return Task.CompletedTask;
        }
        Cors.Allow(http);
        return FhirHttp.Write(http, FhirErrors.Answer(Refuse(http.Request.Method, path, methods)));
    }

    public static FhirRefusal Refuse(string method, string[] path, IReadOnlyList<string> methods)
    {
        if (path.Length > 0 && !FhirRoute.IsReserved(path[0]) && !ResourceTypes.IsKnown(path[0]))
        {
            return new FhirRefusal(404, "not-supported", ResourceTypes.Unknown(path[0]));
        }
        if (methods.Count > 0)
        {
            var allow = string.Join(", ", methods);
            return new FhirRefusal(
                405,
                "not-supported",
                $"{method} is not for this address; it takes {allow}."
            )
            {
                Allow = allow,
            };
        }
        return new FhirRefusal(
            404,
            "not-supported",
            path.LastOrDefault() is ['$', ..] operation
                ? $"The operation {operation} is not known at this address; /fhir/metadata lists those that are."
                : $"There is nothing at this address; /fhir/metadata lists what there is."
        );
    }
}
