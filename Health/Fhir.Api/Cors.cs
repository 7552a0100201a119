using System.Net;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace Health.Fhir.Api;

/// <summary>
/// Scripts of other sites may call the interface (https://hl7.org/fhir/R4/http.html#cors): with a token, never with the browser's
/// cookies. An open server has no token to ask for, so there only pages of this machine may.
/// </summary>
public static class Cors
{
    public static void Allow(HttpContext http)
    {
        string? origin = http.Request.Headers.Origin;
        if (origin is null || !IsAllowed(http, origin))
        {
            return;
        }
        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.Vary = "Origin";
        headers.AccessControlExposeHeaders =
            "Content-Location, ETag, Last-Modified, Location, Retry-After, X-Request-Id";
    }

    /// <summary>The browser's question before the real request.</summary>
    public static void Preflight(HttpContext http, string methods)
    {
        http.Response.StatusCode = StatusCodes.Status204NoContent;
        http.Response.Headers.Allow = methods;
        string? origin = http.Request.Headers.Origin;
        if (origin is null || !IsAllowed(http, origin))
        {
            return;
        }
        var headers = http.Response.Headers;
        headers.AccessControlAllowOrigin = origin;
        headers.Vary = "Origin";
        headers.AccessControlAllowMethods = methods;
        headers.AccessControlAllowHeaders =
            "Accept, Authorization, Content-Type, If-Match, If-Modified-Since, If-None-Exist, If-None-Match, Prefer, X-Request-Id";
        headers.AccessControlMaxAge = "600";
    }

    private static bool IsAllowed(HttpContext http, string origin)
    {
        var services = http.RequestServices;
        if (services.GetRequiredService<IConfiguration>().GetValue<bool>("open"))
        {
            return Uri.TryCreate(origin, UriKind.Absolute, out var page)
                && (
                    page.Host == "localhost"
                    || IPAddress.TryParse(page.Host, out var address)
                        && IPAddress.IsLoopback(address)
                );
        }
        var origins = services.GetRequiredService<Limits>().CorsOrigins;
        return origins.Contains("*") || origins.Contains(origin, StringComparer.OrdinalIgnoreCase);
    }
}
