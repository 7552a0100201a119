using System.Globalization;
using Interop.Host.Demo;
using Interop.Host.Logs;
using Interop.Host.Pages;
using Microsoft.AspNetCore.Localization;
using Microsoft.Extensions.Logging.Console;
using MudBlazor.Services;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Trace;
using SharedKernel.Access;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Persistence;
using SharedKernel.Persistence.Sealing;
using SharedKernel.Ui;

namespace Interop.Host;

/// <summary>The composition root: the only code that sees every module's implementation.</summary>
public static class RecordsApp
{
    private static readonly IModule[] Modules =
    [
        new SharedKernel.Access.AccessModule(),
        new SharedKernel.Citizens.CitizensModule(),
        new SharedKernel.Payments.PaymentsModule(),
        new Health.Fhir.Store.FhirStoreModule(),
        new Health.Fhir.Api.FhirApiModule(),
        new Health.Fhir.Api.Operations.Terminology.TerminologyModule(),
        new Health.Fhir.Jobs.FhirJobsModule(),
        new Health.Fhir.Views.FhirViewsModule(),
        new Health.Fhir.Subscriptions.FhirSubscriptionsModule(),
        new Health.Emr.EmrModule(),
        new Education.LearningRecords.LearningRecordsModule(),
        new Education.OneRoster.OneRosterModule(),
        new Education.University.UniversityModule(),
        new Interop.Registries.RegistriesModule(),
        new Interop.Prices.PricesModule(),
    ];

    /// <param name="adjust">For tests: a fake clock, a sandbox address.</param>
    public static WebApplication Build(
        HostOptions options,
        Action<WebApplicationBuilder>? adjust = null
    )
    {
        var builder = WebApplication.CreateBuilder(
            new WebApplicationOptions
            {
                ApplicationName = "Interop.Host",
                ContentRootPath = AppContext.BaseDirectory,
            }
        );
        foreach (var (name, value) in options.Settings)
        {
            builder.Configuration[name] = value;
        }
        builder.Configuration["open"] = options.Open.ToString();
        builder.Configuration["demo"] = options.Demo.ToString();
        builder.Configuration["data"] = options.DataFolder;
        if (options.Demo)
        {
            builder.Configuration[$"Payments:Banks:{FeeDemo.Bank}:Bin"] ??= FeeDemo.Bin;
            builder.Configuration[$"Payments:Banks:{FeeDemo.Bank}:SecretFile"] ??=
                FeeDemo.SecretFile(options.DataFolder);
        }
        if (options.Input is { } input)
        {
            builder.Configuration["Fhir:Reader:Input"] = input.ToString();
        }
        builder.WebHost.UseUrls(options.Urls.Split(';'));
        builder.WebHost.UseStaticWebAssets();
        HttpLimits.Apply(builder);

        var composition = new Composition();
        composition.Parts.UnionWith(options.Parts);
        builder.Services.AddSingleton(composition);
        builder.Services.AddSingleton(options);
        builder.Services.AddSingleton(options.Database);
        builder.Services.AddSingleton(TimeProvider.System);
        builder.Services.AddVault(builder.Configuration, options.DataFolder);
        builder.Services.AddSingleton<Reseal>();
        builder.Services.AddHostedService(services => services.GetRequiredService<Reseal>());
        builder.Services.AddSingleton<OutboxSignal>();
        builder.Services.AddSingleton<OutboxDispatcher>();
        builder.Services.AddHostedService(services =>
            services.GetRequiredService<OutboxDispatcher>()
        );
        var modules = new ModuleBuilder(
            builder.Services,
            builder.Configuration,
            options.Database,
            composition
        );
        foreach (var module in Modules.Where(module => composition.Parts.Contains(module.Part)))
        {
            modules.Register(module);
        }
        composition.Elsewhere = Elsewhere(builder, options, composition);

        builder.Services.AddRazorComponents().AddInteractiveServerComponents();
        builder.Services.AddMudServices();
        builder.Services.AddCascadingAuthenticationState();
        builder.Services.AddHttpContextAccessor();
        builder.Services.AddProblemDetails();
        // A body that cannot be read is refused in words too, not by an empty 400.
        builder.Services.Configure<RouteHandlerOptions>(routes => routes.ThrowOnBadRequest = true);
        builder.Services.AddExceptionHandler<RefusalHandler>();
        builder.Services.AddResponseCompression(compression => compression.EnableForHttps = true);
        AddObservability(builder);
        adjust?.Invoke(builder);

        var app = builder.Build();
        app.UseExceptionHandler();
        app.UseResponseCompression();
        app.UseRequestLocalization(Languages());
        app.UseAccess();
        app.UseAntiforgery();
        app.MapStaticAssets().AllowAnonymous();
        app.MapHealthChecks("/health/live", new() { Predicate = _ => false }).AllowAnonymous();
        app.MapHealthChecks("/health/ready").AllowAnonymous();
        app.MapGet("/language", ChooseLanguage).AllowAnonymous();
        foreach (var map in composition.Routes)
        {
            map(app);
        }
        app.MapRazorComponents<App>()
            .AddInteractiveServerRenderMode()
            .AddAdditionalAssemblies([.. composition.Pages.Distinct()]);
        return app;
    }

    /// <summary>What the parts that are left out would have registered, so that their events wait for a process that runs them.</summary>
    private static Composition? Elsewhere(
        WebApplicationBuilder builder,
        HostOptions options,
        Composition here
    )
    {
        var absent = Modules.Where(module => !here.Parts.Contains(module.Part)).ToList();
        if (absent.Count == 0)
        {
            return null;
        }
        var elsewhere = new Composition();
        // A module may wrap what another has registered; nothing of this collection is ever made.
        IServiceCollection unused = new ServiceCollection();
        foreach (var service in builder.Services)
        {
            unused.Add(service);
        }
        var modules = new ModuleBuilder(unused, builder.Configuration, options.Database, elsewhere);
        absent.ForEach(modules.Register);
        return elsewhere;
    }

    /// <summary>For a command whose output is read by a person: only warnings, on the error stream.</summary>
    public static void Quietly(WebApplicationBuilder builder)
    {
        builder.Logging.ClearProviders();
        builder.Logging.AddFilter(level => level >= LogLevel.Warning);
        builder.Logging.AddSimpleConsole(console => console.SingleLine = true);
        builder.Services.Configure<ConsoleLoggerOptions>(console =>
            console.LogToStandardErrorThreshold = LogLevel.Trace
        );
    }

    /// <summary>Brings every module's database to the present schema.</summary>
    /// <exception cref="VaultMissing">The databases are sealed and their key ring is not there.</exception>
    public static async Task Migrate(IServiceProvider services, CancellationToken cancel = default)
    {
        // Before anything is changed.
        services.GetRequiredService<Vault>();
        foreach (var database in services.GetServices<ModuleDatabase>())
        {
            await using var scope = services.CreateAsyncScope();
            var db = (ModuleDb)scope.ServiceProvider.GetRequiredService(database.Context);
            await Providers.Migrate(db, services.GetRequiredService<DatabaseOptions>(), cancel);
        }
    }

    private static void AddObservability(WebApplicationBuilder builder)
    {
        builder.Services.AddHealthChecks().AddCheck<DatabasesReady>("databases");
        if (!builder.Configuration.GetValue<bool>("demo"))
        {
            builder.Logging.ClearProviders();
            builder.Logging.AddConsole(console => console.FormatterName = PrivateConsole.Name);
            builder.Logging.AddConsoleFormatter<PrivateConsole, ConsoleFormatterOptions>();
        }
        if (builder.Configuration["OTEL_EXPORTER_OTLP_ENDPOINT"] is { Length: > 0 })
        {
            builder
                .Services.AddOpenTelemetry()
                .WithTracing(traces =>
                    traces
                        .AddAspNetCoreInstrumentation()
                        .AddHttpClientInstrumentation()
                        .AddSource("Npgsql", "Records.*")
                )
                .WithMetrics(metrics =>
                    metrics
                        .AddAspNetCoreInstrumentation()
                        .AddRuntimeInstrumentation()
                        .AddMeter("Records.*")
                )
                .UseOtlpExporter();
        }
    }

    private static RequestLocalizationOptions Languages()
    {
        CultureInfo[] cultures = [T.Vietnamese, T.English];
        var languages = new RequestLocalizationOptions
        {
            DefaultRequestCulture = new RequestCulture(T.Vietnamese),
            SupportedCultures = cultures,
            SupportedUICultures = cultures,
        };
        // Vietnamese first: only an explicit choice changes the language, not the browser's default.
        languages.RequestCultureProviders = [new CookieRequestCultureProvider()];
        return languages;
    }

    private static IResult ChooseLanguage(HttpContext context, string to, string? back)
    {
        var culture = to == "en" ? T.English : T.Vietnamese;
        context.Response.Cookies.Append(
            CookieRequestCultureProvider.DefaultCookieName,
            CookieRequestCultureProvider.MakeCookieValue(new RequestCulture(culture)),
            new CookieOptions
            {
                MaxAge = TimeSpan.FromDays(365),
                IsEssential = true,
                HttpOnly = true,
            }
        );
        return Results.LocalRedirect(
            back is ['/', ..] and not ['/', '/' or '\\', ..] ? "~" + back : "~/"
        );
    }
}
