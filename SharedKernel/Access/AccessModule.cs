using Microsoft.AspNetCore.Authentication;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Components.Server.Circuits;
using Microsoft.AspNetCore.DataProtection;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Identity;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using MudBlazor;
using OpenIddict.Validation.AspNetCore;
using SharedKernel.Access.Accounts;
using SharedKernel.Access.Audit;
using SharedKernel.Access.Emergencies;
using SharedKernel.Access.Law;
using SharedKernel.Access.Sessions;
using SharedKernel.Access.Sessions.Outside;
using SharedKernel.Access.Sessions.SecondFactor;
using SharedKernel.Access.Tokens;
using SharedKernel.Access.Tokens.Clients;
using SharedKernel.Access.Tokens.Launch;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Persistence;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace SharedKernel.Access;

/// <summary>Sign-in, roles, permissions and the audit trail.</summary>
public sealed class AccessModule : IModule
{
    /// <summary>Picks how a request says who it is from: a bearer token, else the browser's cookie.</summary>
    private const string AnyScheme = "Records";

    public Part Part => Part.Kernel;

    public void Register(ModuleBuilder module)
    {
        var open = module.Configuration.GetValue<bool>("open");
        var demo = module.Configuration.GetValue<bool>("demo");
        // Keys of their own for the demo: no cookie or token that a demo account got holds when the same data is served.
        var keys = Path.Combine(module.Configuration["data"]!, "keys", demo ? "demo" : "serve");

        module
            .Db<AuditDb, AuditSqlite, AuditPostgres, AuditSqlServer>(AuditDb.SchemaName)
            .Db<AccessDb, AccessSqlite, AccessPostgres, AccessSqlServer>(AccessDb.SchemaName)
            .Feature<SignIn>()
            .Feature<SignOut>()
            .Feature<SignInSecondFactor>()
            .Feature<SetUpSecondFactor>()
            .Feature<CreateAccount>()
            .Feature<ListAccounts>()
            .Feature<ChangeAccount>()
            .Feature<IssueToken>()
            .Feature<AuthorizeClient>()
            .Feature<RegisterClient>()
            .Feature<ListClients>()
            .Feature<RevokeClient>()
            .Feature<StartLaunch>()
            .Feature<AppConsents>()
            .Feature<SmartStyle>()
            .Feature<SignInOutside>()
            .Feature<ReadAudit>()
            .Feature<WhoSawMe>()
            .Feature<OpenEmergency>()
            .Feature<CloseEmergency>()
            .Feature<ReviewEmergencies>()
            .Feature<MyEmergencies>()
            .Feature<SignTreeHead>()
            .Feature<VerifyAudit>()
            .Feature<ProveAuditRow>()
            .Feature<AuditEvents>()
            .Menu(
                new(
                    Part.Kernel,
                    "Tài khoản",
                    "Accounts",
                    "/accounts",
                    Icons.Material.Outlined.ManageAccounts,
                    Permission.Administer
                ),
                new(
                    Part.Kernel,
                    "Ứng dụng và chương trình",
                    "Apps and programs",
                    "/administration/clients",
                    Icons.Material.Outlined.Apps,
                    Permission.Administer
                ),
                new(
                    Part.Kernel,
                    "Ai đã xem hồ sơ của tôi",
                    "Who looked at my records",
                    "/my/audit",
                    Icons.Material.Outlined.Visibility,
                    Permission.ReadOwnAudit
                ),
                new(
                    Part.Kernel,
                    "Mở hồ sơ khẩn cấp",
                    "Emergency access",
                    "/emergencies",
                    Icons.Material.Outlined.Emergency,
                    Permission.ReviewEmergencies
                ),
                new(
                    Part.Kernel,
                    "Nhật ký truy cập",
                    "Audit trail",
                    "/audit",
                    Icons.Material.Outlined.History,
                    Permission.ReadAudit
                )
            )
            .Pages<AccessModule>();
        module.Services.AddSingleton(_ => new LawOfUse());
        module.Services.AddSingleton<ILawOfUse>(services =>
            services.GetRequiredService<LawOfUse>()
        );
        module.Services.AddSingleton<IAccess, AccessTable>();
        module.Services.AddSingleton<ClientKeys>();
        module.Services.AddScoped<ResolveLaunch>();
        module.Services.AddScoped<SealedRequests>();
        module.Services.AddScoped<ILaunchRequests>(services =>
            services.GetRequiredService<SealedRequests>()
        );
        module.Services.AddScoped<ILaunchableApps>(services =>
            services.GetRequiredService<ListClients>()
        );
        module.Services.AddScoped<OutsideAccounts>();
        module.Services.AddHostedService<PruneTokens>();
        module.Services.AddSingleton<IAudit, AuditTrail>();
        module.Services.AddSingleton(_ => AuditKey.In(keys));
        module.Services.AddHostedService<SignDaily>();
        module.Services.AddScoped<ICurrentCaller, CurrentCaller>();
        module.Services.AddScoped<IStanding, Standing>();
        module.Services.AddScoped<CircuitHandler, CircuitCaller>();
        module.Services.AddRateLimiter(Limits.Configure);
        AddAccounts(module.Services, keys);
        AddTokens(module.Services, keys);
        OutsideProvider
            .From(module.Configuration)
            .Add(module.Services, SigningKeys.Signing(keys), SigningKeys.Encryption(keys));
        AddSchemes(module.Services, open);
        AddPermissions(module.Services);
        if (!open && !demo)
        {
            module.Services.AddHostedService<FirstAdministrator>();
        }
    }

    private static void AddAccounts(IServiceCollection services, string keys)
    {
        services
            .AddDataProtection()
            .SetApplicationName("Records")
            .PersistKeysToFileSystem(OwnerOnly.Folder(keys));
        // It warns that keys on disk are not encrypted; the folder is the owner's alone.
        services.AddLogging(logging =>
            logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error)
        );
        services
            .AddIdentityCore<Account>(identity =>
            {
                identity.ClaimsIdentity.UserIdClaimType = "sub";
                identity.ClaimsIdentity.UserNameClaimType = "name";
                identity.ClaimsIdentity.RoleClaimType = "role";
                identity.ClaimsIdentity.SecurityStampClaimType = CallerClaims.Stamp;
                identity.Lockout.MaxFailedAccessAttempts = SignIn.MostFailures;
                identity.Lockout.DefaultLockoutTimeSpan = SignIn.LockedFor;
                // Length beats composition (NIST SP 800-63B-4, section 3.1.1.2).
                identity.Password.RequiredLength = 8;
                identity.Password.RequireDigit = false;
                identity.Password.RequireLowercase = false;
                identity.Password.RequireUppercase = false;
                identity.Password.RequireNonAlphanumeric = false;
                identity.SignIn.RequireConfirmedAccount = true;
            })
            .AddUserStore<AccountStore>()
            .AddTokenProvider<TotpProvider>(TokenOptions.DefaultAuthenticatorProvider)
            .AddClaimsPrincipalFactory<CallerClaims>()
            .AddSignInManager();
        services.AddScoped<IUserConfirmation<Account>, DemoAccountsOnlyInDemo>();
        services.AddSingleton<SecondFactorPolicy>();
        services.Configure<SecurityStampValidatorOptions>(stamp =>
            stamp.ValidationInterval = TimeSpan.FromMinutes(5)
        );
    }

    private static void AddTokens(IServiceCollection services, string keys) =>
        services
            .AddOpenIddict()
            .AddCore(core => core.UseEntityFrameworkCore().UseDbContext<AccessDb>())
            .AddServer(server =>
            {
                server
                    .SetTokenEndpointUris("connect/token")
                    .SetAuthorizationEndpointUris("connect/authorize")
                    .SetIntrospectionEndpointUris("connect/introspect")
                    .SetRevocationEndpointUris("connect/revoke")
                    .AllowClientCredentialsFlow()
                    .AllowAuthorizationCodeFlow()
                    .AllowRefreshTokenFlow()
                    .RequireProofKeyForCodeExchange()
                    // S256 alone: a plain challenge is its own verifier (RFC 9700, 2.1.1).
                    .Configure(options =>
                        options.CodeChallengeMethods.Remove(CodeChallengeMethods.Plain)
                    )
                    .SetAccessTokenLifetime(TimeSpan.FromMinutes(15))
                    .SetRefreshTokenLifetime(TimeSpan.FromHours(12))
                    // One that comes twice was stolen or lost: RFC 9700, 4.14.2. No grace, not even for a lost answer.
                    .SetRefreshTokenReuseLeeway(TimeSpan.Zero)
                    // Scopes are judged where they are granted (Scopes.Grant): SMART scopes are a grammar, not a list.
                    .DisableScopeValidation()
                    .IgnoreScopePermissions()
                    // A gateway or another service can then check a token by /.well-known/jwks.
                    .DisableAccessTokenEncryption()
                    .AddSigningKey(SigningKeys.Signing(keys))
                    .AddEncryptionKey(SigningKeys.Encryption(keys))
                    .AddEventHandler(AssertionKeys.Descriptor)
                    .AddEventHandler(AssertionClaims.Descriptor)
                    .AddEventHandler(AssertionOnce.Descriptor);
                server
                    .UseAspNetCore()
                    .EnableTokenEndpointPassthrough()
                    .EnableAuthorizationEndpointPassthrough()
                    // AccessPipeline refuses plain http from any other machine.
                    .DisableTransportSecurityRequirement();
            })
            .AddValidation(validation =>
            {
                validation.UseLocalServer();
                validation.UseAspNetCore();
            });

    private static void AddSchemes(IServiceCollection services, bool open)
    {
        var authentication = services
            .AddAuthentication(AnyScheme)
            .AddPolicyScheme(
                AnyScheme,
                null,
                any =>
                    any.ForwardDefaultSelector = context =>
                        open ? OpenAuthentication.SchemeName
                        : HasBearer(context.Request)
                            ? OpenIddictValidationAspNetCoreDefaults.AuthenticationScheme
                        : IdentityConstants.ApplicationScheme
            );
        authentication.AddIdentityCookies();
        authentication.AddScheme<AuthenticationSchemeOptions, OpenAuthentication>(
            OpenAuthentication.SchemeName,
            null
        );
        services.ConfigureApplicationCookie(cookie =>
        {
            cookie.Cookie.Name = "records";
            cookie.LoginPath = "/sign-in";
            cookie.ReturnUrlParameter = "returnUrl";
            // A shift, counted anew while one works.
            cookie.ExpireTimeSpan = TimeSpan.FromHours(8);
            cookie.SlidingExpiration = true;
            cookie.Events.OnRedirectToLogin = Refusals.AskToSignIn;
            cookie.Events.OnRedirectToAccessDenied = Refusals.Forbid;
        });
    }

    private static bool HasBearer(HttpRequest request) =>
        request.Headers.Authorization.Any(value =>
            value?.StartsWith("Bearer ", StringComparison.OrdinalIgnoreCase) == true
        );

    /// <summary>Deny by default: a route that names no permission and does not say AllowAnonymous needs a signed-in caller.</summary>
    private static void AddPermissions(IServiceCollection services)
    {
        var authorization = services
            .AddAuthorizationBuilder()
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
        services.AddSingleton<IAuthorizationHandler, PermissionHandler>();
        services.AddSingleton<IAuthorizationMiddlewareResultHandler, Refusals>();
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
