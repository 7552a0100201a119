using Interop.Registries.Forms;
using Interop.Registries.Insurance;
using Interop.Registries.OpenData;
using Interop.Registries.Quality;
using Interop.Registries.Schools;
using Interop.Registries.Sending;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Interop.Registries;

/// <summary>Scheduled exports with a ledger of every run.</summary>
public sealed class RegistriesModule : IModule
{
    public Part Part => Part.Interop;

    public void Register(ModuleBuilder module)
    {
        module
            .Db<RegistriesDb, RegistriesSqlite, RegistriesPostgres, RegistriesSqlServer>(
                RegistriesDb.SchemaName
            )
            .Feature<RunExport>()
            .Feature<ReadExports>()
            .Feature<WatchReports>()
            .Feature<ReadRecords>()
            .Feature<CancelExport>()
            .Feature<ResumeExports>()
            .Feature<PrepareSnapshot>()
            .Feature<CheckFigures>()
            .Feature<ResolveFinding>()
            .Feature<ApproveSnapshot>()
            .Feature<ReadSnapshot>()
            .Feature<SendSnapshots>()
            .Feature<PublishFigures>()
            .Feature<FillClaim>()
            .Feature<ReadClaim>()
            .Feature<ListClaims>()
            .Pages<RegistriesModule>()
            .Menu(
                new MenuItem(
                    Part.Interop,
                    "Báo cáo định kỳ",
                    "Reports",
                    "/exports",
                    Icons.Material.Outlined.Assessment,
                    Permission.ReadStatistics
                )
            )
            .Menu(
                new MenuItem(
                    Part.Interop,
                    "Hồ sơ BHYT",
                    "Insurance cases",
                    "/insurance/claims",
                    Icons.Material.Outlined.HealthAndSafety,
                    Permission.WriteHealthRecords
                )
            )
            .Menu(
                new MenuItem(
                    Part.Interop,
                    "Số liệu mở",
                    "Open figures",
                    "/open-data/health",
                    Icons.Material.Outlined.QueryStats,
                    null
                )
            );
        module
            .Services.AddScoped<ReadVisits>()
            .AddScoped<ReadFacts>()
            .AddExport<OutpatientMorbidity>()
            .AddExport<MorbidityForm>()
            .AddExport<CommunityDeathForm>()
            .AddExport<MotherAndChildForm>()
            .AddExport<ImmunizationForm>()
            .AddExport<ChronicDiseaseForm>()
            .AddExport<SchoolResults>()
            .AddExport<SchoolPupils>()
            .AddScoped<IOpenDatasets>(services => services.GetRequiredService<PublishFigures>())
            .AddSingleton<ExportCatalogue>()
            .AddSingleton<ExportLeases>()
            .AddSingleton<ExportFolder>()
            .AddSingleton<Destinations>()
            .AddSingleton<HttpDestination.Client>()
            .AddHostedService<ExportWorker>()
            .AddExportSchedule(module.Database);
    }
}

public static class ExportRegistration
{
    public static IServiceCollection AddExport<TExport>(this IServiceCollection services)
        where TExport : class, IExport =>
        services.AddScoped<TExport>().AddSingleton(TExport.Definition);
}
