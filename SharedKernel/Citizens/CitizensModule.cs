using SharedKernel.Modules;

namespace SharedKernel.Citizens;

/// <summary>One person, one record: register, look up, link.</summary>
public sealed class CitizensModule : IModule
{
    public Part Part => Part.Kernel;

    public void Register(ModuleBuilder module) => module.Pages<CitizensModule>();
}
