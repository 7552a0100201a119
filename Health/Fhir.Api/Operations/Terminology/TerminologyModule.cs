using Health.Contracts;
using Health.Fhir.Store;
using Health.Fhir.Terminology;
using Health.Fhir.Terminology.Diseases;
using Health.Fhir.Validation;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Modules;

namespace Health.Fhir.Api.Operations.Terminology;

/// <summary>Code systems, value sets and profiles: the packaged ones, those in the store, and the operations on them.</summary>
public sealed class TerminologyModule : IModule
{
    public Part Part => Part.Health;

    public void Register(ModuleBuilder module)
    {
        module.Services.AddSingleton<IDiseaseGroups>(Icd10.Of2020);
        module.Services.AddSingleton<TerminologyCache>();
        module.Services.AddSingleton<ISearchTerminology, SearchTerminology>();
        module.Services.AddScoped<ICanonicalSource, StoredCanonicals>();
        module.Services.AddScoped<TerminologyService>();
        module.Services.AddScoped<Validator>();
        foreach (var (id, body) in VietNamProfiles.All)
        {
            module.Services.AddSingleton(
                new PackagedResource("StructureDefinition", id, () => body)
            );
        }
        module
            .Feature<ExpandValueSet>()
            .Feature<ValidateCodeInValueSet>()
            .Feature<ValidateCodeInCodeSystem>()
            .Feature<LookupCode>()
            .Feature<SubsumesCode>()
            .Feature<TranslateCode>()
            .Feature<ValidateResource>();
    }
}
