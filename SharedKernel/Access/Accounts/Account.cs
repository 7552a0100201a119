using Microsoft.AspNetCore.Identity;
using SharedKernel.Contracts;

namespace SharedKernel.Access.Accounts;

/// <summary>Somebody who can sign in. Identity keeps the password hash, the lock-out and the second factor.</summary>
public sealed class Account : IdentityUser
{
    public const int LongestUserName = 100;

    public Account()
    {
        Id = Guid.CreateVersion7().ToString();
        SecurityStamp = Guid.CreateVersion7().ToString();
    }

    /// <summary>As shown to people and in the audit trail.</summary>
    public required string FullName { get; set; }

    public required List<Role> Roles { get; set; }

    /// <summary>Title and workplace, as shown beside the name.</summary>
    public string? Post { get; set; }

    /// <summary>Facility or school code of the post.</summary>
    public string? Organisation { get; set; }

    /// <summary>The person's own record, which they may read as a citizen.</summary>
    public CitizenId? Citizen { get; set; }

    /// <summary>Made by <c>demo</c>, with a password that everybody knows; signs in only while the host runs as demo.</summary>
    public bool IsDemo { get; init; }
}
