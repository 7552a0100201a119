using System.Text.Json.Nodes;
using Health.Fhir.Api;
using Health.Fhir.Jobs;
using Health.Fhir.Jobs.Bulk;
using Health.Fhir.Search.Queries;
using Health.Fhir.Store;
using Health.Fhir.Tests.Api;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using Testing;

namespace Health.Fhir.Tests.Jobs;

/// <summary>An export that is broken off between two checkpoints, and begun again: nothing twice, nothing lost.</summary>
public sealed class ExportRestartTests(ExportRestartTests.NoRunner server)
    : IClassFixture<ExportRestartTests.NoRunner>
{
    /// <summary>Takes jobs and runs none, so that the test runs them.</summary>
    public sealed class NoRunner : RecordsServer
    {
        protected override void Configure(
            Microsoft.AspNetCore.Builder.WebApplicationBuilder builder
        )
        {
            builder.Configuration["fhir:jobs:atOnce"] = "0";
            builder.Configuration["fhir:jobs:fileBytes"] = "900";
            builder.Configuration["fhir:jobs:checkpointBytes"] = "1000";
            builder.Configuration["fhir:jobs:pageBytes"] = "300";
        }
    }

    /// <summary>Who asks, until the process dies at the given question.</summary>
    private sealed class DiesAt(int question) : ICurrentCaller
    {
        private int asked;

        public Caller Caller =>
            ++asked < question ? Caller.TheSystem : throw new OperationCanceledException("Killed.");

        public void Become(Caller caller) { }
    }

    [Fact]
    public async Task It_goes_on_at_its_checkpoint()
    {
        var expected = new List<string>();
        for (var i = 0; i < 25; i++)
        {
            foreach (var type in (string[])["Device", "Location"])
            {
                expected.Add(
                    (
                        await server.Client.Post(
                            $"/{type}",
                            $$"""{"resourceType":"{{type}}","language":"vi"}"""
                        )
                    )
                        .Is(201)
                        .Id
                );
            }
        }
        var address = (await server.Client.Get("/$export?_type=Device,Location")).Address();
        var jobs = server.Services.GetRequiredService<JobStore>();

        // The second type is asked for and never begun; what was written after the last checkpoint is there all the same.
        var (job, holder) = (await jobs.Take(CancellationToken.None))!.Value;
        await Assert.ThrowsAsync<OperationCanceledException>(() => Run(job, holder, new DiesAt(2)));
        await jobs.GiveBack(job.Id, holder, CancellationToken.None);
        var (again, second) = (await jobs.Take(CancellationToken.None))!.Value;
        Assert.NotNull(again.Checkpoint);
        await jobs.Finish(
            again.Id,
            second,
            await Run(again, second, new DiesAt(int.MaxValue)),
            CancellationToken.None
        );

        var manifest = (await server.Client.Get(address)).Is(200);
        var lines = await server.Client.Lines(manifest, "output");
        Assert.Equal(
            expected.Order(),
            lines.Select(line => (string)JsonNode.Parse(line)!["id"]!).Order()
        );
    }

    [Fact]
    public async Task A_deferred_write_that_was_broken_off_is_not_sent_again()
    {
        var address = (
            await server.Client.Post(
                "/Basic",
                """{"resourceType":"Basic","code":{"text":"a"}}""",
                "Prefer: respond-async"
            )
        ).Address();
        var jobs = server.Services.GetRequiredService<JobStore>();
        var (job, holder) = (await jobs.Take(CancellationToken.None))!.Value;
        await using var scope = server.Scope();
        var kind = scope
            .ServiceProvider.GetServices<IJobKind>()
            .Single(kind => kind.Name == job.Kind);
        job.Attempts = 2;

        var refused = await Assert.ThrowsAsync<Health.Fhir.Api.Formats.FhirRefusal>(() =>
            kind.Run(
                new JobRun(job, holder, jobs, server.Services.GetRequiredService<JobFolder>()),
                CancellationToken.None
            )
        );
        await jobs.Fail(
            job.Id,
            holder,
            new JobFailure(refused.Status, refused.Issues),
            CancellationToken.None
        );

        (await server.Client.Get(address)).Refused(500, "incomplete", "cannot know");
    }

    private async Task<JobResult> Run(Job job, Guid holder, ICurrentCaller caller)
    {
        await using var scope = server.Scope();
        var services = scope.ServiceProvider;
        var export = new RunExport(
            services.GetRequiredService<FhirStore>(),
            services.GetRequiredService<SearchParser>(),
            services.GetRequiredService<IAccess>(),
            caller,
            services.GetRequiredService<JobOptions>(),
            services.GetRequiredService<StoreOptions>(),
            TimeProvider.System
        );
        return await export.Run(
            new JobRun(
                job,
                holder,
                services.GetRequiredService<JobStore>(),
                services.GetRequiredService<JobFolder>()
            ),
            CancellationToken.None
        );
    }
}
