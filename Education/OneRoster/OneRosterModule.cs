using Education.OneRoster.Csv;
using SharedKernel.Modules;

namespace Education.OneRoster;

/// <summary>The OneRoster 1.2 face.</summary>
public sealed class OneRosterModule : IModule
{
    public Part Part => Part.Education;

    public void Register(ModuleBuilder module) => module.Importer<ImportPackage>();
}
