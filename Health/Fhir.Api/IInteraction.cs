using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Modules;

namespace Health.Fhir.Api;

/// <summary>
/// A FHIR interaction or operation: one class in one file. Its routes are data; HTTP and the entries of bundles call the same
/// <see cref="Run"/>.
/// </summary>
public interface IInteraction<TSelf> : IInteraction, IFeature
    where TSelf : class, IInteraction<TSelf>
{
    static abstract IReadOnlyList<FhirRoute> Routes { get; }

    static void IFeature.AddServices(IServiceCollection services)
    {
        foreach (var route in TSelf.Routes)
        {
            services.AddSingleton(
                new RoutedInteraction(route, scope => scope.GetRequiredService<TSelf>())
            );
        }
    }

    static void IFeature.Map(IEndpointRouteBuilder routes)
    {
        foreach (var route in TSelf.Routes)
        {
            FhirHttp.Map(
                routes,
                new RoutedInteraction(route, scope => scope.GetRequiredService<TSelf>())
            );
        }
    }
}

public interface IInteraction
{
    Task<FhirAnswer> Run(FhirRequest request, CancellationToken cancel);
}

/// <summary>A route with the way to its interaction in a request's scope.</summary>
public sealed record RoutedInteraction(FhirRoute Route, Func<IServiceProvider, IInteraction> Of);
