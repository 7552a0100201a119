using Health.Fhir.Api;
using Health.Fhir.Store;
using Health.Fhir.Subscriptions.Administration;
using Health.Fhir.Subscriptions.Admission;
using Health.Fhir.Subscriptions.Matching;
using Health.Fhir.Subscriptions.Operations;
using Health.Fhir.Subscriptions.Sending;
using Health.Fhir.Subscriptions.Sockets;
using Health.Fhir.Subscriptions.Topics;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using MudBlazor;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Fhir.Subscriptions;

/// <summary>Subscriptions to what happens in the FHIR store: by topics (the R5 backport guide) and by R4's own criteria.</summary>
public sealed class FhirSubscriptionsModule : IModule
{
    public Part Part => Part.Health;

    public void Register(ModuleBuilder module)
    {
        module.Db<
            SubscriptionsDb,
            SubscriptionsSqlite,
            SubscriptionsPostgres,
            SubscriptionsSqlServer
        >(SubscriptionsDb.SchemaName);
        module.Services.AddSingleton(services =>
            SubscriptionOptions.From(services.GetRequiredService<IConfiguration>())
        );
        module.Services.AddSingleton<SubscriptionTopics>();
        module.Services.AddSingleton<SubscriptionSignal>();
        module.Services.AddSingleton<CriteriaParser>();
        module.Services.AddSingleton<Receivers>();
        module.Services.AddSingleton<ReadContent>();
        module.Services.AddSingleton<HeaderSecrets>();
        module.Services.AddScoped<IWriteAdmission, AdmitSubscription>();
        module.Services.AddSingleton<OwnerView>();
        module.Services.AddSingleton<MatcherStore>();
        module.Services.AddHostedService<Matcher>();
        module.Services.AddSingleton<EventReader>();
        module.Services.AddSingleton<SenderStore>();
        module.Services.AddSingleton<RestHook>();
        module.Services.AddSingleton<ShowState>();
        module.Services.AddHostedService<Sender>();
        module.Services.AddScoped<SubscriptionRows>();
        module.Services.AddSingleton<SocketChannel>();
        module.Services.AddSingleton<IStartupFilter, AcceptSockets>();
        module
            .Feature<ReadStatus>()
            .Feature<ReadEvents>()
            .Feature<GetBindingToken>()
            .Feature<BindSocket>()
            .Feature<ListSubscriptions>()
            .Feature<RetrySubscription>()
            .Pages<FhirSubscriptionsModule>()
            .Menu(
                new MenuItem(
                    Part.Health,
                    "Đăng ký nhận thông báo",
                    "Subscriptions",
                    "/subscriptions",
                    Icons.Material.Outlined.Notifications,
                    Permission.Administer
                )
            );
        module.Services.AddSingleton(services => new CapabilityExtension(
            "Subscription",
            () =>
                services
                    .GetRequiredService<SubscriptionTopics>()
                    .All.Select(topic => new Extension(Guide.Topics, new Canonical(topic.Url)))
        ));
    }
}
