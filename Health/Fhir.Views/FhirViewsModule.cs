using SharedKernel.Modules;

namespace Health.Fhir.Views;

/// <summary>Tables out of FHIR resources: SQL on FHIR 2.</summary>
public sealed class FhirViewsModule : IModule
{
    public Part Part => Part.Health;

    public void Register(ModuleBuilder module) => module.Feature<RunView>();
}
