using SharedKernel.Modules;

namespace Interop.Registries;

/// <summary>Scheduled exports with a ledger of every run.</summary>
public sealed class RegistriesModule : IModule
{
    public Part Part => Part.Interop;

    public void Register(ModuleBuilder module) => module.Pages<RegistriesModule>();
}
