using Interop.Host;
using Interop.Host.Demo;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Persistence;
using Xunit;

namespace Testing;

/// <summary>
/// The real server on a free loopback port with an empty database, shared by the tests of one class:
/// <c>class SomeTests(RecordsServer server) : IClassFixture&lt;RecordsServer&gt;</c>. Derive to change <see cref="Configure"/>.
/// </summary>
public class RecordsServer : IAsyncLifetime
{
    private readonly TestDatabase database = new();
    private WebApplication? app;

    /// <summary>Open: every caller is an administrator. Override with false to test sign-in and refusals.</summary>
    protected virtual bool Open => true;

    protected virtual bool Demo => false;

    protected virtual InputMode Input => InputMode.Strict;

    /// <summary>By name, such as <c>Access:OutsideProvider:Authority</c>: for what modules read while they are put together.</summary>
    protected virtual IReadOnlyDictionary<string, string?> Settings { get; } =
        new Dictionary<string, string?>();

    /// <summary>A fake clock, a sandbox address.</summary>
    protected virtual void Configure(WebApplicationBuilder builder) { }

    public Uri Address { get; private set; } = null!;

    public HttpClient Client { get; private set; } = null!;

    public IServiceProvider Services => app!.Services;

    public virtual async ValueTask InitializeAsync()
    {
        var options = new HostOptions(
            new HashSet<Part> { Part.Health, Part.Education, Part.Interop },
            database.Options,
            "http://127.0.0.1:0",
            Open,
            Demo
        )
        {
            DataFolder = database.Folder,
            Input = Input,
            Settings = Settings,
        };
        app = RecordsApp.Build(
            options,
            builder =>
            {
                builder.Logging.ClearProviders();
                // What goes wrong inside the server stands in the output of the run that failed because of it.
                builder
                    .Logging.AddFilter<ConsoleLoggerProvider>(null, LogLevel.Error)
                    .AddSimpleConsole();
                Configure(builder);
            }
        );
        await RecordsApp.Migrate(app.Services);
        if (Demo)
        {
            await DemoWorld.Load(app.Services);
        }
        await app.StartAsync();
        Address = new Uri(app.Urls.First());
        Client = NewClient();
    }

    public DatabaseOptions Database => database.Options;

    public string DataFolder => database.Folder;

    public HttpClient NewClient() => new() { BaseAddress = Address };

    /// <summary>A scope that acts as the system, for arranging and for looking behind the front door.</summary>
    public AsyncServiceScope Scope()
    {
        var scope = Services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
        return scope;
    }

    public virtual async ValueTask DisposeAsync()
    {
        Client?.Dispose();
        if (app is not null)
        {
            await app.StopAsync();
            await app.DisposeAsync();
        }
        database.Dispose();
        GC.SuppressFinalize(this);
    }
}
