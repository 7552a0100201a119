using System.Reflection;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Persistence;
using SharedKernel.Persistence.Sealing;

namespace SharedKernel.Modules;

/// <summary>Which part of the system a module belongs to; <c>--modules</c> turns parts on and off. The kernel is always on.</summary>
public enum Part
{
    Kernel,
    Health,
    Education,
    Interop,
}

/// <summary>A module's table of contents: an explicit list, one feature a line, no scanning.</summary>
public interface IModule
{
    Part Part { get; }
    void Register(ModuleBuilder module);
}

/// <summary>A line of the menu, shown to those who have the permission (to everyone when it is null).</summary>
/// <param name="Icon">SVG path data of a 24×24 icon, such as <c>Icons.Material.Outlined.People</c>.</param>
public sealed record MenuItem(
    Part Part,
    string Vietnamese,
    string English,
    string Href,
    string Icon,
    Permission? Permission
);

/// <summary>All that the modules have registered, for the host.</summary>
public sealed class Composition
{
    public List<Action<IEndpointRouteBuilder>> Routes { get; } = [];
    public List<Assembly> Pages { get; } = [];
    public List<MenuItem> Menu { get; } = [];
    public HashSet<Part> Parts { get; } = [Part.Kernel];

    /// <summary>Who in this process wants to hear of what.</summary>
    internal List<Consumer> Consumers { get; } = [];

    /// <summary>What seals, by its name in the key ring, and who brings it under another key.</summary>
    internal List<(string What, Type By)> Reseals { get; } = [];

    /// <summary>Part and schema of every module.</summary>
    internal List<(Part Part, string Schema)> Schemas { get; } = [];

    /// <summary>
    /// What the parts that do not run in this process have registered: another process may run them on the same databases, and events must
    /// wait for it. Null when all parts run here.
    /// </summary>
    public Composition? Elsewhere { get; set; }
}

/// <summary>A handler of an event, by the part that it belongs to.</summary>
internal sealed record Consumer(Part Part, Type Event, Type Handler);

public sealed class ModuleBuilder(
    IServiceCollection services,
    IConfiguration configuration,
    DatabaseOptions database,
    Composition composition
)
{
    public IServiceCollection Services => services;
    public IConfiguration Configuration => configuration;
    public DatabaseOptions Database => database;

    private Part part;

    public void Register(IModule module)
    {
        part = module.Part;
        module.Register(this);
    }

    public ModuleBuilder Feature<TFeature>()
        where TFeature : class, IFeature
    {
        services.AddScoped<TFeature>();
        TFeature.AddServices(services);
        composition.Routes.Add(TFeature.Map);
        return this;
    }

    public ModuleBuilder Db<TContext, TSqlite, TPostgres, TSqlServer>(string schema)
        where TContext : ModuleDb
        where TSqlite : TContext
        where TPostgres : TContext
        where TSqlServer : TContext
    {
        services.AddModuleDb<TContext, TSqlite, TPostgres, TSqlServer>(database, schema);
        composition.Schemas.Add((part, schema));
        return this;
    }

    public ModuleBuilder Handler<TEvent, THandler>()
        where TEvent : class, IEvent
        where THandler : class, IHandle<TEvent>
    {
        composition.Consumers.Add(new(part, typeof(TEvent), typeof(THandler)));
        services.AddScoped<IHandle<TEvent>, THandler>();
        return this;
    }

    /// <summary>What the module keeps sealed; see <see cref="IReseal"/>.</summary>
    /// <param name="what">Its name in the key ring.</param>
    public ModuleBuilder Reseals<TPart>(string what, params IEnumerable<SealedColumn> columns)
        where TPart : class, IReseal
    {
        composition.Reseals.Add((what, typeof(TPart)));
        services.AddScoped<TPart>();
        foreach (var column in columns)
        {
            services.AddSingleton(column);
        }
        return this;
    }

    public ModuleBuilder Importer<TImporter>()
        where TImporter : class, IImporter
    {
        services.AddScoped<IImporter, TImporter>();
        return this;
    }

    /// <summary>Puts a singleton around the one that was registered last, so that a module can answer for its own paths and leave the rest.</summary>
    public ModuleBuilder Wrap<TService>(Func<TService, TService> wrap)
        where TService : class
    {
        var inner = services.Last(service => service.ServiceType == typeof(TService));
        services.AddSingleton(provider =>
            wrap((TService)ActivatorUtilities.CreateInstance(provider, inner.ImplementationType!))
        );
        return this;
    }

    /// <summary>Routable Blazor pages of the assembly that <typeparamref name="T"/> lives in.</summary>
    public ModuleBuilder Pages<T>()
    {
        composition.Pages.Add(typeof(T).Assembly);
        return this;
    }

    public ModuleBuilder Menu(params IEnumerable<MenuItem> items)
    {
        composition.Menu.AddRange(items);
        return this;
    }
}
