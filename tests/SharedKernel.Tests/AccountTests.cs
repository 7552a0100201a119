using System.Net;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access;
using SharedKernel.Access.Accounts;
using SharedKernel.Access.Audit;
using SharedKernel.Contracts;
using Testing;

namespace SharedKernel.Tests;

/// <summary>An administrator changes what an account may do, closes it and opens it again, on the page.</summary>
[Collection<DemoServerTests>]
public sealed class AccountTests(DemoServer server)
{
    private const string Password = "Mot-mat-khau-dai";

    [Fact]
    public async Task Roles_and_workplace_change_on_the_page_and_leave_an_audit_row()
    {
        var account = await Make("doi-vai-tro", Role.Doctor);
        using var admin = await server.SignInAs("quantri");
        var answer = await Post(
            admin,
            account,
            "change",
            ("Form.Name", "Nguyễn Thị Đổi"),
            ("Form.Roles", "Teacher"),
            ("Form.Roles", "Citizen"),
            ("Form.Organisation", "0100100001"),
            ("Form.Post", "")
        );
        Assert.Contains("Đã lưu.", answer, StringComparison.Ordinal);
        var changed = await Read(account.Id);
        Assert.Equal([Role.Citizen, Role.Teacher], changed.Roles.Order());
        Assert.Equal(("Nguyễn Thị Đổi", "0100100001"), (changed.FullName, changed.Organisation));
        Assert.NotEqual(account.SecurityStamp, changed.SecurityStamp);
        Assert.Contains(
            "Doctor -> Nguyễn Thị Đổi, Citizen, Teacher",
            await LastAudit(account.Id),
            StringComparison.Ordinal
        );
        using var browser = server.NewBrowser();
        await browser.PostSignIn(account.UserName!, Password);
        Assert.Equal(HttpStatusCode.OK, (await browser.GetAsync("/school")).StatusCode);

        Assert.Contains(
            "Chọn ít nhất một vai trò.",
            await Post(admin, account, "change", ("Form.Name", "Nguyễn Thị Đổi")),
            StringComparison.Ordinal
        );
    }

    [Fact]
    public async Task A_closed_account_signs_in_no_more_until_it_is_opened()
    {
        var account = await Make("dong-tai-khoan", Role.Doctor);
        using var admin = await server.SignInAs("quantri");
        Assert.Contains(
            "đã đóng",
            await Post(admin, account, "close"),
            StringComparison.OrdinalIgnoreCase
        );
        using var browser = server.NewBrowser();
        Assert.NotEqual(
            HttpStatusCode.Redirect,
            (await browser.PostSignIn(account.UserName!, Password)).StatusCode
        );
        Assert.Contains("closed", await LastAudit(account.Id), StringComparison.Ordinal);
        await Post(admin, account, "reopen");
        Assert.Equal(
            HttpStatusCode.Redirect,
            (await browser.PostSignIn(account.UserName!, Password)).StatusCode
        );
    }

    [Fact]
    public async Task The_last_administrator_and_ones_own_account_stay()
    {
        await using var scope = server.Services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<AccessDb>();
        var admin = await db.Accounts.AsNoTracking().SingleAsync(one => one.UserName == "quantri");
        // The server is shared: a start for real leaves an administrator of its own, who counts no more once closed.
        await db
            .Accounts.Where(one => !one.IsDemo)
            .ExecuteUpdateAsync(set =>
                set.SetProperty(one => one.LockoutEnd, DateTimeOffset.MaxValue)
            );
        scope
            .ServiceProvider.GetRequiredService<ICurrentCaller>()
            .Become(new Caller(admin.Id, admin.FullName, admin.Roles.ToHashSet()));
        var change = scope.ServiceProvider.GetRequiredService<ChangeAccount>();
        await Assert.ThrowsAsync<Conflict>(() => change.Close(admin.Id));
        await Assert.ThrowsAsync<Conflict>(() =>
            change.Run(admin.Id, new(admin.FullName, [Role.Doctor], null, null))
        );
        await Assert.ThrowsAsync<NotFound>(() => change.Close("nobody"));
    }

    [Fact]
    public async Task Whoever_is_no_administrator_changes_nothing()
    {
        await using var scope = server.Services.CreateAsyncScope();
        var change = scope.ServiceProvider.GetRequiredService<ChangeAccount>();
        await Assert.ThrowsAsync<AccessDenied>(() => change.Reopen("any"));
    }

    private async Task<Account> Make(string user, Role role)
    {
        await using var scope = server.Scope();
        var account = new Account
        {
            UserName = user,
            FullName = "Nguyễn Thị Mới",
            Roles = [role],
            // The server is shared: whoever serves its data anew must still find nobody of its own.
            IsDemo = true,
        };
        await scope.ServiceProvider.GetRequiredService<CreateAccount>().Run(account, Password);
        return await Read(account.Id);
    }

    private async Task<Account> Read(string id)
    {
        await using var scope = server.Scope();
        return await scope
            .ServiceProvider.GetRequiredService<AccessDb>()
            .Accounts.AsNoTracking()
            .SingleAsync(account => account.Id == id);
    }

    private async Task<string?> LastAudit(string id)
    {
        await using var scope = server.Scope();
        return await scope
            .ServiceProvider.GetRequiredService<AuditDb>()
            .Rows.Where(row => row.What == $"Account/{id}")
            .OrderByDescending(row => row.Sequence)
            .Select(row => row.Detail)
            .FirstAsync();
    }

    private static async Task<string> Post(
        HttpClient admin,
        Account account,
        string form,
        params (string, string)[] fields
    )
    {
        var page = $"/accounts/{account.Id}";
        var answer = await admin.PostAsync(
            page,
            new FormUrlEncodedContent([
                new("__RequestVerificationToken", await admin.AntiforgeryToken(page)),
                new("_handler", form),
                .. fields.Select(field => KeyValuePair.Create(field.Item1, field.Item2)),
            ])
        );
        return WebUtility.HtmlDecode(await answer.Content.ReadAsStringAsync());
    }
}
