using SharedKernel.Modules;

namespace Education.LearningRecords;

/// <summary>Schools, pupils, marks and the learning record of a lifetime.</summary>
public sealed class LearningRecordsModule : IModule
{
    public Part Part => Part.Education;

    public void Register(ModuleBuilder module) => module.Pages<LearningRecordsModule>();
}
