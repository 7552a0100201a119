using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Access.Accounts;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Access.Sessions;

/// <summary>Ends the browser session. A form post with its antiforgery token, so that no other site can do it.</summary>
public sealed class SignOut : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/sign-out",
                async (
                    // Reading the form is what makes the antiforgery check refuse.
                    IFormCollection form,
                    SignInManager<Account> signIn,
                    ICurrentCaller current,
                    IAudit audit,
                    CancellationToken cancel
                ) =>
                {
                    if (current.Caller.IsSignedIn)
                    {
                        await audit.Record(
                            current.Caller,
                            new(AuditAction.Execute, "sign-out", []),
                            cancel
                        );
                    }
                    await signIn.SignOutAsync();
                    return Results.LocalRedirect("~/");
                }
            )
            .AllowAnonymous();
}
