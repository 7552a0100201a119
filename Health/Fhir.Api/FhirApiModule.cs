using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Import;
using Health.Fhir.Api.Interactions;
using Health.Fhir.Api.Operations;
using Health.Fhir.Api.Operations.Everything;
using Health.Fhir.Api.Operations.GraphQl;
using Health.Fhir.Api.Operations.Measures;
using Health.Fhir.Api.Operations.Observations;
using Health.Fhir.Api.Operations.Summary;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Queries;
using Health.Fhir.Store;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using SharedKernel.Modules;

namespace Health.Fhir.Api;

/// <summary>The FHIR R4 HTTP interface.</summary>
public sealed class FhirApiModule : IModule
{
    public Part Part => Part.Health;

    public void Register(ModuleBuilder module)
    {
        module.Services.AddSingleton(Limits.From(module.Configuration));
        module.Services.AddSingleton<FhirRoutes>();
        module.Services.AddSingleton<IStartupFilter, RequestQueue>();
        module.Services.AddSingleton<PackagedResources>();
        module.Services.AddSingleton<BundleEntries>();
        module.Services.TryAddSingleton(services => new SearchParser(
            services.GetRequiredService<FhirModel>(),
            services.GetRequiredService<StoreOptions>().Search,
            services.GetRequiredService<TimeProvider>()
        ));
        module.Services.AddScoped<ConditionalReferences>();
        module.Services.Configure<ResponseCompressionOptions>(compression =>
            compression.MimeTypes = [
                .. compression.MimeTypes ?? ResponseCompressionDefaults.MimeTypes,
                Negotiation.FhirJson,
                Negotiation.FhirXml,
                Negotiation.FhirNdjson,
                Negotiation.Csv,
            ]
        );
        module.Wrap<IAuthorizationMiddlewareResultHandler>(others => new FhirRefusals(others));
        module
            .Feature<Capabilities>()
            .Feature<Create>()
            .Feature<Read>()
            .Feature<Update>()
            .Feature<Patch>()
            .Feature<Delete>()
            .Feature<History>()
            .Feature<SearchResources>()
            .Feature<ProcessBundle>()
            .Feature<MatchPatients>()
            .Feature<ReadMeta>()
            .Feature<AddMeta>()
            .Feature<DeleteMeta>()
            .Feature<SearchParameterStatus>()
            .Feature<ReindexSearchParameter>()
            .Feature<PatientEverything>()
            .Feature<EncounterEverything>()
            .Feature<LastObservations>()
            .Feature<ObservationStatistics>()
            .Feature<ComposeDocument>()
            .Feature<SummarizePatient>()
            .Feature<GraphQlQuery>()
            .Feature<EvaluateMeasure>()
            .Feature<SmartConfiguration>()
            .Feature<Unmatched>()
            .Importer<ImportFhir>();
    }
}
