using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Access.Accounts;

/// <summary>Who can sign in to this installation, by name. Only administrators see it.</summary>
public sealed class ListAccounts(AccessDb db, IAccess access, ICurrentCaller current) : IFeature
{
    private const int Most = 500;

    public async Task<IReadOnlyList<Account>> Run(CancellationToken cancel = default)
    {
        access.Demand(current.Caller, Permission.Administer);
        return await db
            .Accounts.AsNoTracking()
            .OrderBy(account => account.NormalizedUserName)
            .Take(Most)
            .ToListAsync(cancel);
    }
}
