using Microsoft.EntityFrameworkCore;
using OpenIddict.Abstractions;
using SharedKernel.Contracts;
using SharedKernel.Ui;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace SharedKernel.Access.Sessions.Outside;

/// <summary>
/// Which account of ours belongs to which identity at the outside provider: by a link that its owner made while signed in to both, never
/// by a name or an e-mail address that looks alike. Kept in the table of tokens, whose unique index lets an identity be linked once.
/// </summary>
internal sealed class OutsideAccounts(
    OutsideProvider provider,
    IOpenIddictTokenManager tokens,
    IAudit audit,
    TimeProvider clock
)
{
    private const string Kind = "urn:records:outside-account";

    /// <returns>Id of the account; null when nobody has linked this identity.</returns>
    public async Task<string?> Find(string subject, CancellationToken cancel) =>
        await tokens.FindByReferenceIdAsync(Reference(subject), cancel) is { } link
        && await tokens.HasTypeAsync(link, Kind, cancel)
        && await tokens.HasStatusAsync(link, Statuses.Valid, cancel)
            ? await tokens.GetSubjectAsync(link, cancel)
            : null;

    /// <exception cref="Conflict">It is linked to another account, or this account to another identity.</exception>
    public async Task Link(Caller owner, string subject, CancellationToken cancel)
    {
        var known = await Find(subject, cancel);
        if (known == owner.Id)
        {
            return;
        }
        if (known is not null || await IsLinked(owner.Id, cancel))
        {
            throw Taken();
        }
        try
        {
            await tokens.CreateAsync(
                new OpenIddictTokenDescriptor
                {
                    Type = Kind,
                    ReferenceId = Reference(subject),
                    Subject = owner.Id,
                    Status = Statuses.Valid,
                    CreationDate = clock.GetUtcNow(),
                },
                cancel
            );
        }
        catch (Exception error)
            when (error is DbUpdateException or OpenIddictExceptions.ValidationException)
        {
            throw Taken();
        }
        await Record(owner, AuditAction.Create, cancel);
    }

    public async Task<bool> IsLinked(string account, CancellationToken cancel)
    {
        await foreach (var _ in Of(account, cancel))
        {
            return true;
        }
        return false;
    }

    public async Task Unlink(Caller owner, CancellationToken cancel)
    {
        var links = new List<object>();
        await foreach (var link in Of(owner.Id, cancel))
        {
            links.Add(link);
        }
        foreach (var link in links)
        {
            await tokens.DeleteAsync(link, cancel);
        }
        await Record(owner, AuditAction.Delete, cancel);
    }

    private IAsyncEnumerable<object> Of(string account, CancellationToken cancel) =>
        tokens.FindAsync(account, null, Statuses.Valid, Kind, cancel);

    private ValueTask Record(Caller owner, AuditAction action, CancellationToken cancel) =>
        audit.Record(
            owner,
            new(action, $"Account/{owner.Id}", [], Detail: "outside account"),
            cancel
        );

    /// <summary>The manager keeps a hash of it.</summary>
    private string Reference(string subject) =>
        $"outside:{provider.Authority!.AbsoluteUri}\n{subject}";

    private static Conflict Taken() =>
        new(
            T.Of(
                "Tài khoản bên ngoài này đã liên kết với tài khoản khác, hoặc bạn đã liên kết một tài khoản khác.",
                "This outside account is linked to another account, or yours to another one."
            )
        );
}
