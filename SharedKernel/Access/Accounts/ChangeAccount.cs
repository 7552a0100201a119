using Microsoft.AspNetCore.Identity;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace SharedKernel.Access.Accounts;

/// <summary>
/// What an account may do and whether it may sign in at all. A change signs every session of the account out within five minutes and its apps
/// at their next refresh; the account itself stays, since the audit trail names it.
/// </summary>
public sealed class ChangeAccount(
    UserManager<Account> accounts,
    IAccess access,
    ICurrentCaller current,
    IAudit audit
) : IFeature
{
    /// <param name="Roles">At least one; not the system's.</param>
    /// <param name="Organisation">Facility or school code; null for none.</param>
    public sealed record Change(
        string? FullName,
        IReadOnlyCollection<Role> Roles,
        string? Post,
        string? Organisation
    );

    /// <exception cref="NotFound">There is no such account.</exception>
    public async Task<Account> Read(string id, CancellationToken cancel = default)
    {
        access.Demand(current.Caller, Permission.Administer);
        cancel.ThrowIfCancellationRequested();
        return await accounts.FindByIdAsync(id) ?? throw new NotFound($"Account {id}");
    }

    /// <exception cref="InvalidInput">A name or role is missing.</exception>
    /// <exception cref="Conflict">It is the last administrator, who would lock everybody out.</exception>
    public async Task Run(string id, Change change, CancellationToken cancel = default)
    {
        var account = await Read(id, cancel);
        var name = change.FullName?.Trim() ?? "";
        var roles = change.Roles.Distinct().Order().ToList();
        if (name.Length is 0 or > 100)
        {
            throw new InvalidInput(
                "name",
                T.Of("Ghi họ và tên, nhiều nhất 100 ký tự.", "Write the name, at most 100 letters.")
            );
        }
        if (roles.Count == 0 || roles.Contains(Role.System) || !roles.TrueForAll(Enum.IsDefined))
        {
            throw new InvalidInput(
                "roles",
                T.Of("Chọn ít nhất một vai trò.", "Choose at least one role.")
            );
        }
        if (!roles.Contains(Role.Administrator))
        {
            await RefuseLastAdministrator(account, cancel);
        }
        var before = Told(account);
        account.FullName = name;
        account.Roles = roles;
        account.Post = NotEmpty(change.Post);
        account.Organisation = NotEmpty(change.Organisation);
        if (Told(account) != before)
        {
            await Save(account, $"{before} -> {Told(account)}", cancel);
        }
    }

    /// <summary>No sign-in any more, by whatever way; see <see cref="Reopen"/>.</summary>
    /// <exception cref="Conflict">It is the last administrator, or the caller's own.</exception>
    public async Task Close(string id, CancellationToken cancel = default)
    {
        var account = await Read(id, cancel);
        if (account.Id == current.Caller.Id)
        {
            throw new Conflict(
                T.Of("Không thể tự đóng tài khoản của mình.", "Nobody can close their own account.")
            );
        }
        await RefuseLastAdministrator(account, cancel);
        account.LockoutEnabled = true;
        account.LockoutEnd = DateTimeOffset.MaxValue;
        await Save(account, "closed", cancel);
    }

    /// <summary>Also ends a lock that wrong passwords have brought about.</summary>
    public async Task Reopen(string id, CancellationToken cancel = default)
    {
        var account = await Read(id, cancel);
        account.LockoutEnd = null;
        account.AccessFailedCount = 0;
        await Save(account, "reopened", cancel);
    }

    private async Task RefuseLastAdministrator(Account account, CancellationToken cancel)
    {
        if (!account.Roles.Contains(Role.Administrator))
        {
            return;
        }
        // Roles are a list in one column; there are few accounts beside the administrators' page.
        var others = await accounts
            .Users.Where(other =>
                other.Id != account.Id && other.LockoutEnd != DateTimeOffset.MaxValue
            )
            .ToListAsync(cancel);
        if (!others.Exists(other => other.Roles.Contains(Role.Administrator)))
        {
            throw new Conflict(
                T.Of(
                    "Đây là quản trị cuối cùng; hãy thêm người khác trước.",
                    "This is the last administrator; make another one first."
                )
            );
        }
    }

    private async Task Save(Account account, string what, CancellationToken cancel)
    {
        // Writes the account too, and ends its sessions.
        var saved = await accounts.UpdateSecurityStampAsync(account);
        if (!saved.Succeeded)
        {
            throw new Conflict(
                T.Of(
                    "Tài khoản vừa được người khác sửa; hãy mở lại.",
                    "Somebody else has just changed this account; open it again."
                )
            );
        }
        await audit.Record(
            current.Caller,
            new(
                AuditAction.Update,
                $"Account/{account.Id}",
                account.Citizen is { } citizen ? [citizen.ToString()] : [],
                Detail: $"{account.UserName}: {what}"
            ),
            cancel
        );
    }

    private static string Told(Account account) =>
        string.Join(
            ", ",
            new[] { account.FullName }
                .Concat(account.Roles.Order().Select(role => role.ToString()))
                .Append(account.Post ?? "")
                .Append(account.Organisation ?? "")
                .Where(part => part.Length > 0)
        );

    private static string? NotEmpty(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
