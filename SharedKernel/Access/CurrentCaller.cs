using System.Security.Claims;
using SharedKernel.Contracts;

namespace SharedKernel.Access;

/// <summary>The caller of one request, circuit or job, read from the claims of who signed in.</summary>
public sealed class CurrentCaller : ICurrentCaller
{
    public Caller Caller { get; private set; } = Caller.Nobody;

    public void Become(Caller caller) => Caller = caller;

    public static Caller From(ClaimsPrincipal user)
    {
        if (user.Identity?.IsAuthenticated != true)
        {
            return Caller.Nobody;
        }
        var scopes = user.FindAll("scope").SelectMany(claim => claim.Value.Split(' ')).ToHashSet();
        return new Caller(
            user.FindFirstValue("sub") ?? user.FindFirstValue(ClaimTypes.NameIdentifier) ?? "",
            user.Identity.Name ?? user.FindFirstValue("name") ?? "",
            user.FindAll("role").Select(claim => Enum.Parse<Role>(claim.Value)).ToHashSet(),
            user.FindFirstValue("org"),
            CitizenId.TryParse(user.FindFirstValue("citizen"), null, out var citizen)
                ? citizen
                : null,
            scopes.Count > 0 ? scopes : null
        );
    }
}
