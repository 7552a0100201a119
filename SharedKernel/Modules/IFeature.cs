using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;

namespace SharedKernel.Modules;

/// <summary>
/// A capability: one class in one file, named by its verb, with a <c>Run</c> method that pages, HTTP and tests call alike.
/// The class itself is registered as a scoped service; override what more it needs.
/// </summary>
public interface IFeature
{
    /// <summary>Services of this feature alone.</summary>
    static virtual void AddServices(IServiceCollection services) { }

    /// <summary>
    /// Its HTTP routes. Every route names a permission, or says <c>AllowAnonymous</c>; one that does neither needs a signed-in caller.
    /// </summary>
    static virtual void Map(IEndpointRouteBuilder routes) { }
}
