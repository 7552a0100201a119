using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access.Audit;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Access;

/// <summary>Sign-in, roles, permissions and the audit trail.</summary>
public sealed class AccessModule : IModule
{
    public Part Part => Part.Kernel;

    public void Register(ModuleBuilder module)
    {
        module.Services.AddSingleton<IAccess, AccessTable>();
        module.Services.AddScoped<ICurrentCaller, CurrentCaller>();
        module.Db<AuditDb, AuditSqlite, AuditPostgres, AuditSqlServer>(AuditDb.SchemaName);
        module.Services.AddSingleton<IAudit, AuditTrail>();
        if (module.Configuration.GetValue<bool>("open"))
        {
            module
                .Services.AddAuthentication(OpenAuthentication.SchemeName)
                .AddScheme<AuthenticationSchemeOptions, OpenAuthentication>(
                    OpenAuthentication.SchemeName,
                    null
                );
        }
        else
        {
            module.Services.AddAuthentication();
        }
        // Deny by default: a route that names no permission and does not say AllowAnonymous needs a signed-in caller.
        var authorization = module
            .Services.AddAuthorizationBuilder()
            .SetFallbackPolicy(new AuthorizationPolicyBuilder().RequireAuthenticatedUser().Build());
        foreach (var permission in Enum.GetValues<Permission>())
        {
            authorization.AddPolicy(
                permission.ToString(),
                policy =>
                    policy
                        .RequireAuthenticatedUser()
                        .AddRequirements(new PermissionRequirement(permission))
            );
        }
        module.Services.AddSingleton<IAuthorizationHandler, PermissionHandler>();
        module.Pages<AccessModule>();
    }
}

public sealed record PermissionRequirement(Permission Permission) : IAuthorizationRequirement;

internal sealed class PermissionHandler(IAccess access)
    : AuthorizationHandler<PermissionRequirement>
{
    protected override Task HandleRequirementAsync(
        AuthorizationHandlerContext context,
        PermissionRequirement requirement
    )
    {
        if (
            access.ReachOf(CurrentCaller.From(context.User), requirement.Permission)
            is not Reach.None
        )
        {
            context.Succeed(requirement);
        }
        return Task.CompletedTask;
    }
}
