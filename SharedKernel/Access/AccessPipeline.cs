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
        app.UseRateLimiter();
        app.UseAuthentication();
        app.Use(TellWhoIsAsking);
        app.UseAuthorization();
        return app;
    }

    private static async Task TellWhoIsAsking(HttpContext context, RequestDelegate next)
    {
        var caller = CurrentCaller.From(context.User);
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
