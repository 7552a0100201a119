using System.Net;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;

namespace SharedKernel.Access;

/// <summary>Everything a request passes before it reaches a page or a route: headers, limits, who is asking, whether they may.</summary>
public static class AccessPipeline
{
    public static WebApplication UseAccess(this WebApplication app)
    {
        app.Use(SecurityHeaders.Add);
        app.Use(RefuseSecretsInClearText);
        app.Use(LetScriptsAskForTokens);
        app.UseRateLimiter();
        app.UseAuthentication();
        app.Use(TellWhoIsAsking);
        app.UseAuthorization();
        return app;
    }

    private static async Task TellWhoIsAsking(HttpContext context, RequestDelegate next)
    {
        var caller = CurrentCaller.From(context.User);
        if (context.Request.Headers[PurposeCodes.Header] is [{ Length: > 0 } purpose, ..])
        {
            caller = caller with { Purpose = PurposeCodes.Parse(purpose) };
        }
        context.RequestServices.GetRequiredService<ICurrentCaller>().Become(caller);
        try
        {
            await next(context);
        }
        catch (AccessDenied denied) when (caller.IsSignedIn)
        {
            // Who tried what they may not is part of the trail. Strangers are not: they could fill the disk.
            await Refusals.Record(context, caller, denied.Permission.ToString());
            throw;
        }
    }

    /// <summary>
    /// Apps that run in a browser exchange their codes from pages of their own. They prove themselves by code and verifier, never by our
    /// cookies, so any page may ask: https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#considerations-for-cross-origin-resource-sharing-cors-support
    /// </summary>
    private static Task LetScriptsAskForTokens(HttpContext context, RequestDelegate next)
    {
        var path = context.Request.Path;
        if (
            path != "/connect/token"
            && path != "/connect/revoke"
            && !path.StartsWithSegments("/.well-known")
        )
        {
            return next(context);
        }
        var headers = context.Response.Headers;
        headers.AccessControlAllowOrigin = "*";
        if (!HttpMethods.IsOptions(context.Request.Method))
        {
            return next(context);
        }
        headers.AccessControlAllowMethods = "GET, POST";
        headers.AccessControlAllowHeaders = "Accept, Authorization, Content-Type";
        headers.AccessControlMaxAge = "600";
        context.Response.StatusCode = StatusCodes.Status204NoContent;
        return Task.CompletedTask;
    }

    /// <summary>Client secrets and codes go over TLS; plain http is for this machine alone, as a proxy or a demo.</summary>
    private static Task RefuseSecretsInClearText(HttpContext context, RequestDelegate next)
    {
        var plain =
            context.Request.Path.StartsWithSegments("/connect")
            && !context.Request.IsHttps
            && context.Connection.RemoteIpAddress is { } address
            && !IPAddress.IsLoopback(address);
        if (!plain)
        {
            return next(context);
        }
        context.Response.StatusCode = StatusCodes.Status400BadRequest;
        return context.Response.WriteAsync("Use https here.");
    }
}
