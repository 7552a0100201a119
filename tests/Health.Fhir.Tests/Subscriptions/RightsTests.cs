using Health.Fhir.Tests.Api;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access;
using SharedKernel.Access.Accounts;
using SharedKernel.Contracts;
using Testing;

namespace Health.Fhir.Tests.Subscriptions;

/// <summary>A subscription tells its owner what the owner may see, at that moment, and nothing else.</summary>
public sealed class RightsTests(RightsTests.Server server) : IClassFixture<RightsTests.Server>
{
    public sealed class Server : DemoServer
    {
        public Receiver Receiver { get; private set; } = null!;

        public override async ValueTask InitializeAsync()
        {
            Receiver = await Receiver.Start();
            await base.InitializeAsync();
        }

        public override async ValueTask DisposeAsync()
        {
            await base.DisposeAsync();
            await Receiver.DisposeAsync();
            GC.SuppressFinalize(this);
        }

        protected override void Configure(WebApplicationBuilder builder) =>
            SubscriptionServer.Quick(builder);
    }

    private string Hook(string path) => server.Receiver.Address + path;

    [Fact]
    public async Task A_program_subscribes_to_what_its_scopes_let_it_read()
    {
        using var program = await server.WithToken("system/Subscription.cruds system/Basic.cruds");

        (
            await program.Post(
                "/Subscription",
                SubscriptionCalls.ByTopic("Patient", Hook("/program")).ToJsonString()
            )
        ).Refused(403, "forbidden", "Patient");
        await program.Subscribe(
            SubscriptionCalls.ByTopic("Basic", Hook("/program"), "full-resource")
        );
        await program.Write("""{"resourceType":"Basic","code":{"text":"x"}}""");

        Assert.NotNull((await server.Receiver.Events("/program", 1))[0].Focus);
    }

    [Fact]
    public async Task Others_neither_change_it_nor_ask_for_its_events()
    {
        using var program = await server.WithToken();
        using var doctor = await server.SignInAs("bacsi");
        using var administrator = await server.SignInAs("quantri");
        var subscription = SubscriptionCalls.ByTopic("Basic", Hook("/others"));
        var id = await program.Subscribe(subscription);
        await program.Becomes(id, "active");
        subscription["id"] = id;

        (await doctor.Put($"/Subscription/{id}", subscription.ToJsonString())).Refused(
            403,
            "forbidden",
            "somebody else's"
        );
        (await doctor.Delete($"/Subscription/{id}")).Refused(403, "forbidden");
        (await doctor.Get($"/Subscription/{id}/$events")).Refused(404, "not-found");
        (await doctor.Get($"/Subscription/{id}/$status")).Refused(404, "not-found");
        // Who administers sees how it is and turns it off, and does not become the one whose rights it has.
        (await administrator.Get($"/Subscription/{id}/$status")).Is(200);
        (await administrator.Put($"/Subscription/{id}", subscription.ToJsonString())).Refused(
            403,
            "forbidden",
            "status off"
        );
        var page = System.Net.WebUtility.HtmlDecode(
            await administrator.GetStringAsync("/subscriptions")
        );
        Assert.Contains(id, page, StringComparison.Ordinal);
        Assert.Contains("Đăng ký nhận thông báo", page, StringComparison.Ordinal);
        Assert.Equal(
            System.Net.HttpStatusCode.Forbidden,
            (await doctor.GetAsync("/subscriptions")).StatusCode
        );
        subscription["status"] = "off";
        (await administrator.Put($"/Subscription/{id}", subscription.ToJsonString())).Is(200);
        await Until.True(
            async () =>
                (await program.Get($"/Subscription/{id}/$status"))
                    .Entries[0]
                    .ToJsonString()
                    .Contains("\"off\"", StringComparison.Ordinal),
            "off"
        );
    }

    [Fact]
    public async Task When_the_owner_loses_the_right_nothing_flows_and_when_the_account_is_closed_it_ends()
    {
        using var program = await server.WithToken();
        using var doctor = await server.SignInAs("bacsi-tyt");
        await program.Subscribe(SubscriptionCalls.ByTopic("Basic", Hook("/witness")));
        var id = await doctor.Subscribe(
            SubscriptionCalls.ByTopic("Basic", Hook("/doctor"), "full-resource")
        );
        var seen = await program.Write("""{"resourceType":"Basic","code":{"text":"1"}}""");
        await server.Receiver.Events("/doctor", 1);

        await Change(account => account.Roles = [Role.Cashier]);
        var hidden = await program.Write("""{"resourceType":"Basic","code":{"text":"2"}}""");
        await Until.True(
            () => server.Receiver.EventsNow("/witness").Any(one => one.Id == hidden),
            "the witness told"
        );
        Assert.Single(server.Receiver.EventsNow("/doctor"));
        await Change(account => account.Roles = [Role.Doctor]);
        var again = await program.Write("""{"resourceType":"Basic","code":{"text":"3"}}""");

        // What was hidden when it happened may still be found while it is looked at once more, and is then the doctor's right again.
        await Until.True(
            () => server.Receiver.EventsNow("/doctor").Any(one => one.Id == again),
            "the doctor told again"
        );
        Assert.Equal(seen, server.Receiver.EventsNow("/doctor")[0].Id);

        await Change(account => account.LockoutEnd = DateTimeOffset.MaxValue);
        await program.Becomes(id, "off");
        Assert.Contains(
            "is no more",
            (string?)(await program.Get($"/Subscription/{id}")).Json["error"],
            StringComparison.Ordinal
        );
    }

    private async Task Change(Action<Account> change)
    {
        await using var scope = server.Scope();
        var db = scope.ServiceProvider.GetRequiredService<AccessDb>();
        change(await db.Accounts.SingleAsync(account => account.UserName == "bacsi-tyt"));
        await db.SaveChangesAsync();
    }
}
