using Health.Fhir.Store;
using Health.Fhir.Subscriptions.Admission;
using Health.Fhir.Subscriptions.Matching;
using Health.Fhir.Subscriptions.Sending;
using Health.Fhir.Subscriptions.Topics;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
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
    }
}
