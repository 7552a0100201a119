using Education.University.Marks;
using Education.University.Programmes;
using Education.University.Progress;
using Education.University.Registering;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.University;

/// <summary>Programmes, course registration, marks and graduation of universities by Circular 08/2021/TT-BGDĐT.</summary>
public sealed class UniversityModule : IModule
{
    public Part Part => Part.Education;

    public void Register(ModuleBuilder module)
    {
        module.Db<UniversityDb, UniversitySqlite, UniversityPostgres, UniversitySqlServer>(
            UniversityDb.SchemaName
        );
        module.Services.AddScoped<UniversityAccess>();
        module.Services.AddScoped<StudentResults>();
        module.Services.AddSingleton<RegistrationDesk>();
        module
            .Feature<SetUpInstitution>()
            .Feature<PlanProgramme>()
            .Feature<AdmitStudent>()
            .Feature<PlanTerm>()
            .Feature<OpenSection>()
            .Feature<ResizeSection>()
            .Feature<ViewTerm>()
            .Feature<RegisterForSection>()
            .Feature<ViewRegistration>()
            .Feature<EnterSectionMarks>()
            .Feature<PublishSectionMarks>()
            .Feature<RecogniseCredits>()
            .Feature<ConfirmStanding>()
            .Feature<ReadProgress>()
            .Pages<UniversityModule>()
            .Menu(
                new MenuItem(
                    Part.Education,
                    "Học đại học",
                    "University",
                    "/university",
                    Icons.Material.Outlined.AccountBalance,
                    Permission.RegisterCourses
                ),
                new MenuItem(
                    Part.Education,
                    "Lớp học phần",
                    "University sections",
                    "/university/teaching",
                    Icons.Material.Outlined.CoPresent,
                    Permission.WriteMarks
                ),
                new MenuItem(
                    Part.Education,
                    "Đào tạo đại học",
                    "University terms",
                    "/university/terms",
                    Icons.Material.Outlined.AccountBalance,
                    Permission.ManageUniversity
                )
            );
    }
}
