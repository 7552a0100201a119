using Microsoft.Extensions.Configuration;
using SharedKernel.Access.Accounts;
using SharedKernel.Contracts;

namespace SharedKernel.Access.Sessions.SecondFactor;

/// <summary>
/// Whose password is not enough: <c>SecondFactor:Roles</c> in the configuration, such as <c>Doctor,Administrator</c>. Whoever has
/// set a second factor up is always asked for it.
/// </summary>
public sealed class SecondFactorPolicy
{
    private readonly HashSet<Role> roles;

    /// <exception cref="InvalidOperationException">The configuration names no role of ours: better not to start than to ask nobody.</exception>
    public SecondFactorPolicy(IConfiguration configuration) =>
        roles = [
            .. (configuration["SecondFactor:Roles"] ?? "")
                .Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
                .Select(name =>
                    Enum.TryParse<Role>(name, out var role)
                        ? role
                        : throw new InvalidOperationException(
                            $"SecondFactor:Roles: '{name}' is no role; use {string.Join(", ", Enum.GetNames<Role>())}."
                        )
                ),
        ];

    public bool Demands(Account account) => account.Roles.Any(roles.Contains);
}
