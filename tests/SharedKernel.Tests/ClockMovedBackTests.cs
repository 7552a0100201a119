using System.Net;
using System.Net.Http.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access.Audit;
using SharedKernel.Access.Sessions.SecondFactor;
using SharedKernel.Contracts;
using Testing;

namespace SharedKernel.Tests;

/// <summary>
/// The server's clock is set back by three hours while it works, as happens when a machine meets its time server again: nothing that was spent
/// is good once more, nothing is lost, and nobody is locked out of new work.
/// </summary>
public sealed class ClockMovedBackTests(ClockMovedBackTests.Server server)
    : IClassFixture<ClockMovedBackTests.Server>
{
    private static readonly TimeSpan Back = TimeSpan.FromHours(3);

    public sealed class Server : DemoServer
    {
        public MovableClock Clock { get; } = new();

        protected override void Configure(WebApplicationBuilder builder) =>
            builder.Services.AddSingleton<TimeProvider>(Clock);
    }

    /// <summary>The real clock and its timers, with a hand on the time of day.</summary>
    public sealed class MovableClock : TimeProvider
    {
        public TimeSpan Offset { get; set; }

        public override DateTimeOffset GetUtcNow() => base.GetUtcNow() + Offset;
    }

    [Fact]
    public async Task Nothing_spent_is_good_again_and_work_goes_on()
    {
        var before = server.Clock.GetUtcNow();
        using var doctor = await server.SignInAs("bacsi");
        Assert.Equal(HttpStatusCode.OK, (await doctor.GetAsync("/citizens?q=lan")).StatusCode);
        using var program = await server.WithToken();
        Assert.Equal(
            HttpStatusCode.OK,
            (await program.GetAsync("/api/citizens?name=lan")).StatusCode
        );
        for (var attempt = 0; attempt < 6; attempt++)
        {
            await server.NewBrowser().PostSignIn("duocsi", "wrong");
        }
        var rows = await Rows();

        server.Clock.Offset = -Back;

        // What was locked stays locked: the clock frees nobody.
        Assert.NotEqual(
            HttpStatusCode.Redirect,
            (
                await server
                    .NewBrowser()
                    .PostSignIn("duocsi", Interop.Host.Demo.DemoAccounts.Password)
            ).StatusCode
        );
        // Sessions and tokens of before are taken or refused, and never an error of the server.
        Assert.Contains(
            (await doctor.GetAsync("/citizens?q=lan")).StatusCode,
            new[] { HttpStatusCode.OK, HttpStatusCode.Redirect }
        );
        Assert.Contains(
            (await program.GetAsync("/api/citizens?name=lan")).StatusCode,
            new[] { HttpStatusCode.OK, HttpStatusCode.Unauthorized }
        );
        // New ones work at once.
        using var again = await server.SignInAs("bacsi");
        Assert.Equal(HttpStatusCode.OK, (await again.GetAsync("/citizens?q=lan")).StatusCode);
        using var fresh = await server.WithToken();
        var made = await fresh.PostAsJsonAsync(
            "/api/citizens",
            new CitizenDetails("Lùi Thị Giờ", new(1990, 1, 1), Sex.Female, "001190000555")
        );
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var id = (await made.Content.ReadFromJsonAsync<CitizenRegistration>())!.Citizen.Id;
        Assert.Equal(HttpStatusCode.OK, (await fresh.GetAsync($"/api/citizens/{id}")).StatusCode);

        // The trail is in the order of what happened, though its times go back.
        var after = await Rows();
        Assert.True(after.Count > rows.Count);
        Assert.Equal(rows.Count, after.Take(rows.Count).Count(row => row.At <= before + Back));
        Assert.Contains(after.Skip(rows.Count), row => row.At < before);
        await using var scope = server.Scope();
        Assert.Empty((await scope.ServiceProvider.GetRequiredService<VerifyAudit>().Run()).Faults);

        server.Clock.Offset = TimeSpan.Zero;
        // A token ends when it was to end, whatever the clock did meanwhile.
        server.Clock.Offset = TimeSpan.FromMinutes(20);
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await program.GetAsync("/api/citizens?name=lan")).StatusCode
        );
        server.Clock.Offset = TimeSpan.Zero;
    }

    [Fact]
    public void A_code_that_was_used_is_not_good_again()
    {
        byte[] key = [.. "12345678901234567890"u8];
        var now = DateTimeOffset.FromUnixTimeSeconds(1_900_000_000);
        var used = Totp.Match(key, Totp.Code(key, Totp.StepAt(now)), now, after: -1);
        Assert.NotNull(used);
        foreach (var back in new[] { TimeSpan.Zero, Totp.Step, TimeSpan.FromHours(3) })
        {
            var then = now - back;
            for (var step = Totp.StepAt(then) - 1; step <= Totp.StepAt(then) + 1; step++)
            {
                var code = Totp.Match(key, Totp.Code(key, step), then, used.Value);
                // Only a step that comes after the last one used, which a clock set back does not reach.
                Assert.True(code is null || code > used);
            }
        }
    }

    private async Task<List<AuditRow>> Rows()
    {
        await using var scope = server.Scope();
        return await scope
            .ServiceProvider.GetRequiredService<AuditDb>()
            .Rows.AsNoTracking()
            .OrderBy(row => row.Sequence)
            .ToListAsync();
    }
}
