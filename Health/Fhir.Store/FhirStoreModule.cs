using Health.Contracts;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store.Staff;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Persistence.Sealing;

namespace Health.Fhir.Store;

/// <summary>The FHIR R4 store: versions, search indexes, transactions.</summary>
public sealed class FhirStoreModule : IModule
{
    public Part Part => Part.Health;

    public void Register(ModuleBuilder module)
    {
        module.Db<FhirDb, FhirDbSqlite, FhirDbPostgres, FhirDbSqlServer>(FhirDb.SchemaName);
        module.Services.AddSingleton(
            module.Configuration.GetSection("Fhir:Store").Get<StoreOptions>() ?? new StoreOptions()
        );
        module.Services.AddSingleton(
            module.Configuration.GetSection("Fhir:Reader").Get<ReaderOptions>()
                ?? new ReaderOptions()
        );
        // With room for the SearchParameters that are stored.
        module.Services.AddSingleton(FhirModel.R4.Extensible());
        module.Services.AddSingleton<ResourceReader>();
        module.Services.AddSingleton<FhirStore>();
        module.Services.AddHostedService<Definitions.ReindexWorker>();
        module.Reseals<ResealBodies>(
            FhirDb.SchemaName,
            new SealedColumn(FhirDb.SchemaName, "resource", "body")
        );
        module.Services.AddScoped<GuardedStore>();
        module.Services.AddScoped<IFhirReader>(services =>
            services.GetRequiredService<GuardedStore>()
        );
        module.Services.AddScoped<FhirSession>();
        module.Services.AddScoped<IWriteAdmission, AdmitPatient>();
        module.Services.AddScoped<IWriteAdmission, AdmitConsent>();
        module.Services.AddSingleton<IRecordDoor, EmergencyDoor>();
        module.Services.AddSingleton<IScopeConditions, ScopeConditions>();
    }
}
