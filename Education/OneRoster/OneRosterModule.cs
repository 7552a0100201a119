using AutoMapper;
using Education.OneRoster.Csv;
using Education.OneRoster.Rest;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using SharedKernel.Modules;

namespace Education.OneRoster;

/// <summary>The OneRoster 1.2 face.</summary>
public sealed class OneRosterModule : IModule
{
    public Part Part => Part.Education;

    public void Register(ModuleBuilder module)
    {
        module.Services.AddSingleton(services =>
            new MapperConfiguration(
                mapper =>
                {
                    mapper.LicenseKey = services.GetRequiredService<IConfiguration>()[
                        "AutoMapper:LicenseKey"
                    ];
                    mapper.AddProfile<Mapping>();
                },
                services.GetRequiredService<ILoggerFactory>()
            ).CreateMapper()
        );
        module.Services.AddScoped<ReadOneRoster>();
        module.Services.AddScoped<WriteGradebook>();
        module
            .Feature<ServeRostering>()
            .Feature<ServeGradebook>()
            .Feature<ServeResources>()
            .Feature<DiscoverOneRoster>()
            .Feature<ExportPackage>()
            .Importer<ImportPackage>();
    }
}
