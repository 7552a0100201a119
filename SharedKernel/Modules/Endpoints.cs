using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using SharedKernel.Contracts;

namespace SharedKernel.Modules;

public static class Endpoints
{
    /// <summary>Only callers with this permission reach the route. How far it reaches is asked again where the data is read.</summary>
    public static TBuilder Requires<TBuilder>(this TBuilder route, Permission permission)
        where TBuilder : IEndpointConventionBuilder =>
        route.RequireAuthorization(permission.ToString());
}

/// <summary><c>@attribute [Requires(Permission.ReadHealthRecords)]</c> on a page.</summary>
public sealed class RequiresAttribute : AuthorizeAttribute
{
    public RequiresAttribute(Permission permission) => Policy = permission.ToString();
}
