using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Interactions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Authorization.Policy;
using Microsoft.AspNetCore.ResponseCompression;
using Microsoft.Extensions.DependencyInjection;
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
        module.Services.AddSingleton<BundleEntries>();
        module.Services.Configure<ResponseCompressionOptions>(compression =>
            compression.MimeTypes = [
                .. compression.MimeTypes ?? ResponseCompressionDefaults.MimeTypes,
                Negotiation.FhirJson,
                Negotiation.FhirXml,
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
            .Feature<ProcessBundle>()
            .Feature<Unmatched>();
    }
}
