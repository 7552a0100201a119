using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using SharedKernel.Citizens.Facts;
using SharedKernel.Citizens.Lookup;
using SharedKernel.Citizens.Merge;
using SharedKernel.Citizens.Places;
using SharedKernel.Citizens.Review;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Persistence.Sealing;

namespace SharedKernel.Citizens;

/// <summary>One person, one record: register, look up, compare, merge.</summary>
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
            .Feature<CorrectCitizen>()
            .Feature<FindPlaces>()
            .Feature<ReadCommune>()
            .Feature<AddressesToAsk>()
            .Feature<MatchCitizens>()
            .Feature<ReadFacts>()
            .Feature<ReadNumbers>()
            .Feature<NoteGuardian>()
            .Feature<MergeCitizens>()
            .Feature<UnmergeCitizens>()
            .Feature<ReviewPairs>()
            .Feature<Deduplicate>()
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
        module.Reseals<ResealRegister>(
            CitizensDb.SchemaName,
            new SealedColumn(CitizensDb.SchemaName, "vault_mark", "Mark", IsMark: true),
            new SealedColumn(CitizensDb.SchemaName, "identifier", "Sealed")
        );
    }
}
