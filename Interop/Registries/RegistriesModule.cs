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
            );
        module
            .Services.AddExport<OutpatientMorbidity>()
            .AddExport<SchoolResults>()
            .AddSingleton<ExportCatalogue>()
            .AddSingleton<ExportLeases>()
            .AddSingleton<ExportFolder>()
            .AddExportSchedule(module.Database);
    }
}

public static class ExportRegistration
{
    public static IServiceCollection AddExport<TExport>(this IServiceCollection services)
        where TExport : class, IExport =>
        services.AddScoped<TExport>().AddSingleton(TExport.Definition);
}
