using SharedKernel.Modules;

namespace Health.Fhir.Store;

/// <summary>The FHIR R4 store: versions, search indexes, transactions.</summary>
public sealed class FhirStoreModule : IModule
{
    public Part Part => Part.Health;

    public void Register(ModuleBuilder module) { }
}
