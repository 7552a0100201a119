using System.Security.Claims;
using System.Text.Encodings.Web;
using Microsoft.AspNetCore.Authentication;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using SharedKernel.Contracts;

namespace SharedKernel.Access;

/// <summary>
/// <c>--open</c>: no sign-in, every caller is an administrator. For conformance and load tests on a loopback address only.
/// </summary>
public sealed class OpenAuthentication(
    IOptionsMonitor<AuthenticationSchemeOptions> options,
    ILoggerFactory logger,
    UrlEncoder encoder
) : AuthenticationHandler<AuthenticationSchemeOptions>(options, logger, encoder)
{
    public const string SchemeName = "Open";

    public const string CallerId = "open";

    private static readonly AuthenticateResult Everyone = AuthenticateResult.Success(
        new AuthenticationTicket(
            new ClaimsPrincipal(
                new ClaimsIdentity(
                    [
                        new Claim("sub", CallerId),
                        new Claim("name", "Open administrator"),
                        new Claim("role", nameof(Role.Administrator)),
                    ],
                    SchemeName,
                    "name",
                    "role"
                )
            ),
            SchemeName
        )
    );

    protected override Task<AuthenticateResult> HandleAuthenticateAsync() =>
        Task.FromResult(Everyone);
}
