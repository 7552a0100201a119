using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Client;
using OpenIddict.Client.AspNetCore;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace SharedKernel.Access.Sessions.Outside;

/// <summary>
/// An identity provider of others (OpenID Connect Core 1.0) by which people may sign in too, set by <c>Access:OutsideProvider</c>. The
/// secret belongs in the environment: <c>Access__OutsideProvider__ClientSecret</c>.
/// </summary>
public sealed record OutsideProvider
{
    public const string CallbackPath = "/sign-in/outside/callback";

    /// <summary>Its issuer address; there it publishes its configuration. Null: there is none.</summary>
    public Uri? Authority { get; init; }
    public string ClientId { get; init; } = "";
    public string? ClientSecret { get; init; }

    /// <summary>As on the button.</summary>
    public string Name { get; init; } = "OpenID Connect";

    public bool IsSet => Authority is not null;

    internal static OutsideProvider From(IConfiguration configuration)
    {
        var provider =
            configuration.GetSection("Access:OutsideProvider").Get<OutsideProvider>()
            ?? new OutsideProvider();
        return
            provider is { Authority: { } authority }
            && (
                !authority.IsAbsoluteUri
                || provider.ClientId.Length == 0
                || (authority.Scheme != Uri.UriSchemeHttps && !authority.IsLoopback)
            )
            ? throw new InvalidOperationException(
                "Access:OutsideProvider needs an https Authority and a ClientId."
            )
            : provider;
    }

    /// <summary>Codes with PKCE, states and nonces are OpenIddict's work.</summary>
    internal void Add(IServiceCollection services, SecurityKey signing, SecurityKey encryption)
    {
        services.AddSingleton(this);
        if (!IsSet)
        {
            return;
        }
        services
            .AddOpenIddict()
            .AddClient(client =>
            {
                client
                    .AllowAuthorizationCodeFlow()
                    .SetRedirectionEndpointUris(CallbackPath[1..])
                    .AddSigningKey(signing)
                    .AddEncryptionKey(encryption)
                    .AddRegistration(
                        new OpenIddictClientRegistration
                        {
                            Issuer = Authority!,
                            ClientId = ClientId,
                            ClientSecret = ClientSecret,
                            RedirectUri = new Uri(CallbackPath[1..], UriKind.Relative),
                            Scopes = { Scopes.OpenId, Scopes.Profile },
                        }
                    );
                client
                    .UseAspNetCore()
                    .EnableRedirectionEndpointPassthrough()
                    // AccessPipeline and the proxy see to it.
                    .DisableTransportSecurityRequirement();
                client.UseSystemNetHttp();
            });
        services.Configure<OpenIddictClientAspNetCoreOptions>(options =>
        {
            // The provider sends the browser back by a link, and a proxy may end TLS before us: as our own session's cookie.
            options.CookieBuilder.SameSite = SameSiteMode.Lax;
            options.CookieBuilder.SecurePolicy = CookieSecurePolicy.SameAsRequest;
        });
    }
}
