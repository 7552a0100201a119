using Health.Fhir.Jobs;
using Health.Fhir.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using SharedKernel.Contracts;
using SharedKernel.Persistence;
using Testing;

namespace Health.Fhir.Tests.Jobs;

/// <summary>Who has a job, over several hosts and deaths, with the clock in the test's hand.</summary>
public sealed class JobStoreTests : IAsyncLifetime
{
    private readonly TestDatabase database = new();
    private readonly FakeTimeProvider clock = new(
        new DateTimeOffset(2026, 11, 1, 0, 0, 0, TimeSpan.Zero)
    );
    private ServiceProvider services = null!;

    private static Caller Owner { get; } = Caller.TheSystem with { Id = "owner" };

    public async ValueTask InitializeAsync()
    {
        services = new ServiceCollection()
            .AddSingleton<OutboxSignal>()
            .AddModuleDb<JobsDb, JobsSqlite, JobsPostgres, JobsSqlServer>(
                database.Options,
                JobsDb.SchemaName
            )
            .BuildServiceProvider();
        await using var scope = services.CreateAsyncScope();
        await Providers.Migrate(
            scope.ServiceProvider.GetRequiredService<JobsDb>(),
            database.Options
        );
    }

    public async ValueTask DisposeAsync()
    {
        await services.DisposeAsync();
        database.Dispose();
    }

    /// <summary>As another host would have it: its own store on the same rows.</summary>
    private JobStore Host() =>
        new(services.GetRequiredService<IServiceScopeFactory>(), new JobOptions(), clock);

    private static Task<Job> Add(JobStore host) =>
        host.Add("kind", Owner, "http://here/x", 1, CancellationToken.None);

    [Fact]
    public async Task One_of_many_hosts_gets_a_job()
    {
        await Add(Host());

        var taken = await Task.WhenAll(
            Enumerable.Range(0, 8).Select(_ => Host().Take(CancellationToken.None))
        );

        Assert.Single(taken, one => one is not null);
    }

    [Fact]
    public async Task A_dead_hosts_job_goes_on_elsewhere_and_the_dead_can_write_no_more()
    {
        var (first, second) = (Host(), Host());
        await Add(first);
        var (job, before) = (await first.Take(CancellationToken.None))!.Value;
        Assert.True(await first.Save(job.Id, before, "\"half\"", "half", CancellationToken.None));
        Assert.Null(await second.Take(CancellationToken.None));

        clock.Advance(TimeSpan.FromSeconds(61));
        var (again, after) = (await second.Take(CancellationToken.None))!.Value;

        Assert.Equal((job.Id, 2, "\"half\""), (again.Id, again.Attempts, again.Checkpoint));
        Assert.False(await first.Renew(job.Id, before, CancellationToken.None));
        Assert.False(await first.Save(job.Id, before, "\"late\"", "late", CancellationToken.None));
        Assert.True(await second.Renew(job.Id, after, CancellationToken.None));
    }

    [Fact]
    public async Task A_host_that_stops_in_order_gives_its_job_back_uncounted()
    {
        var host = Host();
        await Add(host);
        var (job, holder) = (await host.Take(CancellationToken.None))!.Value;

        await host.GiveBack(job.Id, holder, CancellationToken.None);

        Assert.Equal(1, (await Host().Take(CancellationToken.None))!.Value.Job.Attempts);
    }

    [Fact]
    public async Task A_job_is_its_owners_alone_and_its_run_learns_when_it_is_cancelled()
    {
        var host = Host();
        var added = await Add(host);
        var (job, holder) = (await host.Take(CancellationToken.None))!.Value;

        Assert.Null(await host.Find(added.Id, "another", CancellationToken.None));
        Assert.False(await host.Cancel(added.Id, "another", CancellationToken.None));
        Assert.True(await host.Renew(job.Id, holder, CancellationToken.None));
        Assert.True(await host.Cancel(added.Id, Owner.Id, CancellationToken.None));
        Assert.False(await host.Renew(job.Id, holder, CancellationToken.None));
    }

    [Fact]
    public async Task One_caller_cannot_fill_the_queue()
    {
        var host = Host();
        for (var i = 0; i < new JobOptions().PerOwner; i++)
        {
            await Add(host);
        }

        var refused = await Assert.ThrowsAsync<Health.Fhir.Api.Formats.FhirRefusal>(() =>
            Add(host)
        );

        Assert.Equal(429, refused.Status);
    }

    [Fact]
    public async Task What_is_done_goes_after_its_time()
    {
        var host = Host();
        await Add(host);
        var (job, holder) = (await host.Take(CancellationToken.None))!.Value;
        await host.Finish(job.Id, holder, new JobResult([]), CancellationToken.None);

        Assert.Empty(await host.Expire(CancellationToken.None));
        clock.Advance(TimeSpan.FromHours(25));

        Assert.Equal([job.Id], await host.Expire(CancellationToken.None));
        Assert.Null(await host.Find(job.Id, Owner.Id, CancellationToken.None));
    }

    [Fact]
    public void The_migrations_of_every_provider_hold_the_whole_model()
    {
        using var sqlite = new JobsSqlite();
        using var postgres = new JobsPostgres();
        using var sqlServer = new JobsSqlServer();
        Assert.False(
            Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.HasPendingModelChanges(
                sqlite.Database
            )
        );
        Assert.False(
            Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.HasPendingModelChanges(
                postgres.Database
            )
        );
        Assert.False(
            Microsoft.EntityFrameworkCore.RelationalDatabaseFacadeExtensions.HasPendingModelChanges(
                sqlServer.Database
            )
        );
    }
}
