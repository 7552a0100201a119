using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Modules;

namespace Health.Emr.DecisionSupport.CdsHooks;

/// <summary>
/// Tells which decision support services there are (https://cds-hooks.hl7.org/2.0/#discovery). It tells nothing about any person, so
/// anybody may ask.
/// </summary>
public sealed class DiscoverCdsServices : IFeature
{
    public sealed record Result(IReadOnlyList<CdsService> Services);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/cds-services", (DiscoverCdsServices feature) => feature.Run())
            .AllowAnonymous();

    public Result Run() => new(CdsService.All);
}
