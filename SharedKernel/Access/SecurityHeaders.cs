using System.Collections.Concurrent;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;

namespace SharedKernel.Access;

/// <summary>
/// Headers that keep a browser from doing what these pages never ask for (OWASP ASVS 5.0, chapter 3): scripts from elsewhere,
/// frames on other sites, guessing of types.
/// </summary>
internal static class SecurityHeaders
{
    private static readonly ConcurrentDictionary<ImportMapDefinition, string> ImportMapHashes = new(
        ReferenceEqualityComparer.Instance
    );

    public static Task Add(HttpContext context, RequestDelegate next)
    {
        context.Response.OnStarting(
            static state =>
            {
                var context = (HttpContext)state;
                var headers = context.Response.Headers;
                headers.XContentTypeOptions = "nosniff";
                headers["Referrer-Policy"] = "same-origin";
                if (
                    context.Response.ContentType?.StartsWith(
                        "text/html",
                        StringComparison.OrdinalIgnoreCase
                    ) == true
                )
                {
                    headers.ContentSecurityPolicy = ContentPolicy(context);
                    headers["Permissions-Policy"] =
                        "camera=(self), microphone=(self), geolocation=(), payment=(), usb=()";
                    headers["Cross-Origin-Opener-Policy"] = "same-origin";
                }
                return Task.CompletedTask;
            },
            context
        );
        return next(context);
    }

    /// <summary>MudBlazor sets style attributes, hence unsafe-inline for styles; scripts are files of ours alone.</summary>
    private static string ContentPolicy(HttpContext context)
    {
        var importMap = context.GetEndpoint()?.Metadata.GetMetadata<ImportMapDefinition>();
        // Signing in or allowing an app may end in a redirect to the app's address, which form-action would forbid.
        var formAction =
            context.Request.Path.StartsWithSegments("/sign-in")
            || context.Request.Path.StartsWithSegments("/connect")
                ? ""
                : "form-action 'self'; ";
        return "default-src 'self'; base-uri 'self'; object-src 'none'; frame-ancestors 'self'; "
            + formAction
            + "style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; font-src 'self' data:; "
            + "media-src 'self' blob:; worker-src 'self' blob:; frame-src 'self' blob:; "
            + $"script-src 'self'{(importMap is null ? "" : " " + HashOf(importMap))}";
    }

    private static string HashOf(ImportMapDefinition importMap) =>
        ImportMapHashes.GetOrAdd(
            importMap,
            map =>
                $"'sha256-{Convert.ToBase64String(SHA256.HashData(Encoding.UTF8.GetBytes(map.ToString())))}'"
        );
}
