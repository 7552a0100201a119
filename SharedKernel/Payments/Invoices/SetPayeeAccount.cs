using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Payments.VietQr;
using SharedKernel.Ui;

namespace SharedKernel.Payments.Invoices;

/// <summary>
/// Says to which bank account an organisation is paid. Whoever changes it could turn all its money away, so it is the administrator's, and
/// the audit trail keeps the old and the new number.
/// </summary>
public sealed class SetPayeeAccount(
    PaymentsDb db,
    IAccess access,
    IAudit audit,
    ICurrentCaller current
) : IFeature
{
    /// <param name="Bin">Six digits of the bank, such as 970436.</param>
    /// <param name="Holder">Name on the account, as payers' apps show it.</param>
    public sealed record Input(string? Bin, string? Account, string? Holder);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPut(
                "/api/payees/{organisation}/account",
                (string organisation, Input input, SetPayeeAccount set, CancellationToken cancel) =>
                    set.Run(organisation, input, cancel)
            )
            .Requires(Permission.Administer);

    /// <summary>Those that have an account, by code.</summary>
    public Task<List<PayeeAccount>> List(CancellationToken cancel = default) =>
        db.Accounts.AsNoTracking().OrderBy(account => account.Organisation).ToListAsync(cancel);

    public async Task Run(string organisation, Input input, CancellationToken cancel = default)
    {
        access.Demand(current.Caller, Permission.Administer);
        var (bin, number, holder) = (
            input.Bin?.Trim() ?? "",
            input.Account?.Trim() ?? "",
            input.Holder?.Trim() ?? ""
        );
        // Whatever a QR code cannot carry is no account.
        _ = VietQrPayload.Transfer(bin, number);
        if (holder.Length is 0 or > 300)
        {
            throw new InvalidInput(
                "holder",
                T.Of("ghi tên chủ tài khoản.", "name the holder of the account.")
            );
        }
        if (organisation.Length is < 5 or > 20 || !organisation.All(char.IsAsciiLetterOrDigit))
        {
            throw new InvalidInput(
                "organisation",
                T.Of(
                    $"'{organisation}' không phải mã đơn vị: cần 5 đến 20 chữ số hoặc chữ cái.",
                    $"'{organisation}' is no organisation's code: 5 to 20 digits or letters are needed."
                )
            );
        }
        var account = await db.Accounts.FindAsync([organisation], cancel);
        var before = account is null ? "none" : $"{account.Bin}/{account.Account}";
        if (account is null)
        {
            account = new()
            {
                Organisation = organisation,
                Bin = bin,
                Account = number,
                Holder = holder,
            };
            db.Add(account);
        }
        (account.Bin, account.Account, account.Holder) = (bin, number, holder);
        account.Revision++;
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException)
        {
            throw new Conflict(
                T.Of(
                    $"Tài khoản {number} đã là của đơn vị khác, hoặc người khác vừa sửa; hãy tải lại trang.",
                    $"Account {number} is another organisation's, or somebody else has just changed it; reload the page."
                )
            );
        }
        await audit.Record(
            current.Caller,
            new(
                AuditAction.Update,
                $"PayeeAccount/{organisation}",
                [],
                Detail: $"{before} -> {bin}/{number}"
            ),
            cancel
        );
    }
}
