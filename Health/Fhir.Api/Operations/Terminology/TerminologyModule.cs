using Health.Contracts;
using Health.Fhir.Terminology.Diseases;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Modules;

namespace Health.Fhir.Api.Operations.Terminology;

/// <summary>Code systems and value sets: the packaged ones, those in the store, and the operations on them.</summary>
public sealed class TerminologyModule : IModule
{
    public Part Part => Part.Health;

    public void Register(ModuleBuilder module) =>
        module.Services.AddSingleton<IDiseaseGroups>(Icd10.Of2020);
}
