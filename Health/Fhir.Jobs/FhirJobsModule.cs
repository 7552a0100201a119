using Health.Fhir.Api;
using Health.Fhir.Jobs.Bulk;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Modules;

namespace Health.Fhir.Jobs;

/// <summary>What the FHIR service does after it has answered: deferred requests, bulk export and import.</summary>
public sealed class FhirJobsModule : IModule
{
    public Part Part => Part.Health;

    public void Register(ModuleBuilder module)
    {
        module
            .Db<JobsDb, JobsSqlite, JobsPostgres, JobsSqlServer>(JobsDb.SchemaName)
            .Feature<ReadJob>()
            .Feature<StartExport>()
            .Feature<StartImport>();
        module.Services.AddSingleton(services =>
            JobOptions.From(services.GetRequiredService<IConfiguration>())
        );
        module.Services.AddSingleton<JobFolder>();
        module.Services.AddSingleton<JobStore>();
        module.Services.AddSingleton<JobRunner>();
        module.Services.AddHostedService(services => services.GetRequiredService<JobRunner>());
        module.Services.AddScoped<IDeferredRequests, DeferRequest>();
        module.Services.AddScoped<IJobKind, DeferRequest>();
        module.Services.AddScoped<IJobKind, RunExport>();
        module.Services.AddScoped<IJobKind, RunImport>();
        module.Services.AddSingleton<ImportSources>();
    }
}
