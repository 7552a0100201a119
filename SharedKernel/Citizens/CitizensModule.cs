using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Citizens;

/// <summary>One person, one record: register, look up, link.</summary>
public sealed class CitizensModule : IModule
{
    public Part Part => Part.Kernel;

    public void Register(ModuleBuilder module)
    {
        module
            .Db<CitizensDb, CitizensSqlite, CitizensPostgres, CitizensSqlServer>(
                CitizensDb.SchemaName
            )
            .Feature<RegisterCitizen>()
            .Feature<FindCitizens>()
            .Feature<SearchCitizens>()
            .Feature<ReadIdentityCard>()
            .Feature<LinkRecord>()
            .Menu(
                new MenuItem(
                    Part.Kernel,
                    "Công dân",
                    "Citizens",
                    "/citizens",
                    Icons.Material.Outlined.Badge,
                    Permission.ReadCitizens
                )
            )
            .Pages<CitizensModule>();
        module.Services.AddScoped<ICitizens, CitizenDirectory>();
    }
}
