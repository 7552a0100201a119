using SharedKernel.Modules;

namespace Health.Fhir.Api;

/// <summary>The FHIR R4 HTTP interface.</summary>
public sealed class FhirApiModule : IModule
{
    public Part Part => Part.Health;

    public void Register(ModuleBuilder module) { }
}
