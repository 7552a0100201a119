using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using OpenIddict.Abstractions;
using SharedKernel.Contracts;

namespace SharedKernel.Access;

/// <summary>The caller of one request, circuit or job, read from the claims of who signed in.</summary>
public sealed class CurrentCaller : ICurrentCaller
{
    public Caller Caller { get; private set; } = Caller.Nobody;

    public void Become(Caller caller) => Caller = caller;

    public static Caller From(ClaimsPrincipal user)
    {
        if (user.Identity is not { IsAuthenticated: true } identity)
        {
            return Caller.Nobody;
        }
        // A browser session is bounded by its roles alone; a token also by its scopes, and one without any may do nothing.
        var session =
            identity.AuthenticationType == IdentityConstants.ApplicationScheme
            || identity.AuthenticationType == OpenAuthentication.SchemeName;
        return new Caller(
            user.FindFirstValue("sub") ?? "",
            user.FindFirstValue("name") ?? "",
            user.FindAll("role")
                .Where(claim => Enum.TryParse<Role>(claim.Value, out _))
                .Select(claim => Enum.Parse<Role>(claim.Value))
                .ToHashSet(),
            user.FindFirstValue("org"),
            CitizenId.TryParse(user.FindFirstValue("citizen"), null, out var citizen)
                ? citizen
                : null,
            session ? null : user.GetScopes().ToHashSet()
        )
        {
            Patient = session ? null : user.FindFirstValue("patient"),
        };
    }
}
