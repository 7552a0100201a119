using OpenIddict.Abstractions;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Access.Tokens.Clients;

/// <summary>Lets a program or an app in no more: it and all that was granted to it go. Access tokens it holds end by themselves, within 15 minutes.</summary>
public sealed class RevokeClient(
    IOpenIddictApplicationManager applications,
    IAccess access,
    ICurrentCaller current,
    IAudit audit
) : IFeature
{
    /// <exception cref="NotFound">There is no such client.</exception>
    public async Task Run(string id, CancellationToken cancel = default)
    {
        access.Demand(current.Caller, Permission.Administer);
        var client =
            await applications.FindByClientIdAsync(id, cancel)
            ?? throw new NotFound($"The client '{id}'");
        // Its authorizations and refresh tokens are deleted with it.
        await applications.DeleteAsync(client, cancel);
        await audit.Record(current.Caller, new(AuditAction.Delete, $"Client/{id}", []), cancel);
    }
}
