using SharedKernel.Modules;

namespace Health.Emr;

/// <summary>What doctors, nurses and pharmacists do all day; all of it is FHIR in the store.</summary>
public sealed class EmrModule : IModule
{
    public Part Part => Part.Health;

    public void Register(ModuleBuilder module) => module.Pages<EmrModule>();
}
