using System.Security.Claims;
using Microsoft.AspNetCore.Identity;
using SharedKernel.Access.Accounts;
using SharedKernel.Contracts;

namespace SharedKernel.Access.Sessions;

/// <summary>
/// Who signed in, as claims in a cookie or a token, and back: sub, name, role, org, citizen, post. <see cref="CurrentCaller"/>
/// reads them.
/// </summary>
public sealed class CallerClaims : IUserClaimsPrincipalFactory<Account>
{
    /// <summary>A new one signs every session of the account out.</summary>
    public const string Stamp = "stamp";

    public Task<ClaimsPrincipal> CreateAsync(Account user) =>
        Task.FromResult(
            new ClaimsPrincipal(
                Identity(
                    user,
                    IdentityConstants.ApplicationScheme,
                    [new(Stamp, user.SecurityStamp!)]
                )
            )
        );

    public static ClaimsIdentity Identity(
        Account account,
        string authenticationType,
        IEnumerable<Claim> more
    )
    {
        IEnumerable<(string Type, string? Value)> claims =
        [
            ("sub", account.Id),
            ("name", account.FullName),
            .. account.Roles.Select(role => ("role", (string?)role.ToString())),
            ("org", account.Organisation),
            ("citizen", account.Citizen?.ToString()),
            ("post", account.Post),
        ];
        return new ClaimsIdentity(
            claims
                .Where(claim => claim.Value is not null)
                .Select(claim => new Claim(claim.Type, claim.Value!))
                .Concat(more),
            authenticationType,
            "name",
            "role"
        );
    }

    public static Caller CallerOf(Account account) =>
        new(
            account.Id,
            account.FullName,
            account.Roles.ToHashSet(),
            account.Organisation,
            account.Citizen
        );
}
