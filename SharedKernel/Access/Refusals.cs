using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authentication.Cookies;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access.Tokens;
using SharedKernel.Contracts;

namespace SharedKernel.Access;

/// <summary>
/// How a refusal looks: a person in a browser is sent to sign in, or shown the page frame with the reason; a program gets 401
/// or 403 and no page.
/// </summary>
internal sealed class Refusals : IAuthorizationMiddlewareResultHandler
{
    private readonly AuthorizationMiddlewareResultHandler usual = new();

    public async Task HandleAsync(
        RequestDelegate next,
        HttpContext context,
        AuthorizationPolicy policy,
        PolicyAuthorizationResult authorizeResult
    )
    {
        if (!authorizeResult.Forbidden)
        {
            await usual.HandleAsync(next, context, policy, authorizeResult);
            return;
        }
        var permission = policy.Requirements.OfType<PermissionRequirement>().FirstOrDefault();
        await Record(
            context,
            CurrentCaller.From(context.User),
            permission?.Permission.ToString() ?? ""
        );
        if (IsPage(context) && HttpMethods.IsGet(context.Request.Method))
        {
            // The router asks the same question again and shows why instead of the page (Routes.razor, NotAuthorized).
            context.Response.StatusCode = StatusCodes.Status403Forbidden;
            await next(context);
            return;
        }
        await usual.HandleAsync(next, context, policy, authorizeResult);
    }

    public static async Task Record(HttpContext context, Caller caller, string permission) =>
        await context
            .RequestServices.GetRequiredService<IAudit>()
            .Record(
                caller,
                new(
                    ActionOf(context.Request.Method),
                    context.Request.Path + context.Request.QueryString,
                    [],
                    Allowed: false,
                    permission
                )
            );

    /// <summary>Nobody is signed in: a page leads to the sign-in page, everything else is a plain 401.</summary>
    public static Task AskToSignIn(RedirectContext<CookieAuthenticationOptions> redirect)
    {
        var context = redirect.HttpContext;
        if (
            IsPage(context)
            || context.Request.Path == AuthorizeClient.Path
            || context.Request.Headers["Sec-Fetch-Mode"] == "navigate"
        )
        {
            context.Response.Redirect(redirect.RedirectUri);
            return Task.CompletedTask;
        }
        context.Response.StatusCode = StatusCodes.Status401Unauthorized;
        context.Response.Headers.WWWAuthenticate = """Bearer realm="Records" """.Trim();
        return Task.CompletedTask;
    }

    public static Task Forbid(RedirectContext<CookieAuthenticationOptions> redirect)
    {
        redirect.HttpContext.Response.StatusCode = StatusCodes.Status403Forbidden;
        return Task.CompletedTask;
    }

    private static bool IsPage(HttpContext context) =>
        context.GetEndpoint()?.Metadata.GetMetadata<ComponentTypeMetadata>() is not null;

    private static AuditAction ActionOf(string method) =>
        HttpMethods.IsGet(method) || HttpMethods.IsHead(method) ? AuditAction.Read
        : HttpMethods.IsPost(method) ? AuditAction.Create
        : HttpMethods.IsDelete(method) ? AuditAction.Delete
        : AuditAction.Update;
}
