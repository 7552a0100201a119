using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.EntityFrameworkCore;
using Microsoft.IdentityModel.JsonWebTokens;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using OpenIddict.Server;
using static OpenIddict.Abstractions.OpenIddictConstants;
using static OpenIddict.Server.OpenIddictServerEvents;

namespace SharedKernel.Access.Tokens.Clients;

/// <summary>
/// How a client that proves itself with its own key may sign its assertion (private_key_jwt), as SMART has it:
/// https://hl7.org/fhir/smart-app-launch/STU2.2/client-confidential-asymmetric.html. OpenIddict 7 takes only the newer draft's
/// type (<c>client-authentication+jwt</c>) and audience (the issuer); SMART's clients send <c>JWT</c>, or none, and name the token
/// endpoint.
/// </summary>
internal sealed class AssertionKeys(IOpenIddictApplicationManager applications, ClientKeys keys)
    : IOpenIddictServerHandler<ValidateTokenContext>
{
    public static readonly string[] Algorithms =
    [
        SecurityAlgorithms.EcdsaSha384,
        SecurityAlgorithms.RsaSha384,
    ];

    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor
            .CreateBuilder<ValidateTokenContext>()
            .UseScopedHandler<AssertionKeys>()
            .SetOrder(
                OpenIddictServerHandlers
                    .Protection
                    .ResolveTokenValidationParameters
                    .Descriptor
                    .Order + 500
            )
            .Build();

    public async ValueTask HandleAsync(ValidateTokenContext context)
    {
        if (
            context.ValidTokenTypes.Count != 1
            || !context.ValidTokenTypes.Contains(TokenTypeIdentifiers.Private.ClientAssertion)
        )
        {
            return;
        }
        if (context.RequestUri is { } endpoint)
        {
            // OpenIddict takes the issuer alone.
            context.ValidAudiences.Add(endpoint.GetLeftPart(UriPartial.Path));
        }
        var parameters = context.TokenValidationParameters;
        parameters.ValidAlgorithms = Algorithms;
        parameters.TypeValidator = (type, _, _) =>
            string.IsNullOrEmpty(type)
            || type.Equals(
                JsonWebTokenTypes.GenericJsonWebToken,
                StringComparison.OrdinalIgnoreCase
            )
            || type.Equals(
                JsonWebTokenTypes.ClientAuthentication,
                StringComparison.OrdinalIgnoreCase
            )
                ? JsonWebTokenTypes.ClientAuthentication
                : throw new SecurityTokenInvalidTypeException($"The type {type} is not JWT.");
        if (
            Read(context.Token) is { } unproven
            && await applications.FindByClientIdAsync(unproven.Issuer, context.CancellationToken)
                is { } client
            && (
                await applications.GetPropertiesAsync(client, context.CancellationToken)
            ).TryGetValue(ClientRegistration.KeysUrlProperty, out var url)
        )
        {
            var published = await keys.Of(
                new Uri(url.GetString()!),
                unproven.Kid is { Length: > 0 } kid ? kid : null,
                context.CancellationToken
            );
            parameters.IssuerSigningKeyResolver = (_, _, _, _) => published;
        }
    }

    private static JsonWebToken? Read(string token)
    {
        try
        {
            return new JsonWebToken(token) is { Issuer.Length: > 0 } read ? read : null;
        }
        catch (ArgumentException)
        {
            return null;
        }
    }
}

/// <summary>
/// What the assertion must say beside what OpenIddict asks for: it lives five minutes at most, and has a <c>jti</c>.
/// </summary>
internal sealed class AssertionClaims(TimeProvider clock)
    : IOpenIddictServerHandler<ProcessAuthenticationContext>
{
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(5);

    /// <summary>What clocks may differ by.</summary>
    private static readonly TimeSpan Skew = TimeSpan.FromSeconds(30);

    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor
            .CreateBuilder<ProcessAuthenticationContext>()
            .UseScopedHandler<AssertionClaims>()
            .SetOrder(OpenIddictServerHandlers.ValidateClientAssertionIssuer.Descriptor.Order + 100)
            .Build();

    public ValueTask HandleAsync(ProcessAuthenticationContext context)
    {
        if (context.ClientAssertionPrincipal is not { } assertion)
        {
            return default;
        }
        var expires = long.TryParse(
            assertion.GetClaim(Claims.ExpiresAt),
            CultureInfo.InvariantCulture,
            out var seconds
        )
            ? DateTimeOffset.FromUnixTimeSeconds(
                Math.Clamp(seconds, 0, DateTimeOffset.MaxValue.ToUnixTimeSeconds())
            )
            : (DateTimeOffset?)null;
        var now = clock.GetUtcNow();
        if (expires is null || expires <= now - Skew || expires > now + Longest + Skew)
        {
            context.Reject(
                Errors.InvalidClient,
                "The assertion must end (exp) within five minutes from now."
            );
        }
        else if (assertion.GetClaim(Claims.JwtId) is not { Length: > 0 and <= 200 })
        {
            context.Reject(
                Errors.InvalidClient,
                "The assertion needs an identifier of its own (jti) of at most 200 characters."
            );
        }
        return default;
    }
}

/// <summary>Remembers each assertion until it ends, in the table of tokens, whose unique index lets one of two win on any host.</summary>
internal sealed class AssertionOnce(IOpenIddictTokenManager tokens)
    : IOpenIddictServerHandler<ProcessAuthenticationContext>
{
    public static OpenIddictServerHandlerDescriptor Descriptor { get; } =
        OpenIddictServerHandlerDescriptor
            .CreateBuilder<ProcessAuthenticationContext>()
            .UseScopedHandler<AssertionOnce>()
            .SetOrder(OpenIddictServerHandlers.ValidateClientAssertionIssuer.Descriptor.Order + 200)
            .Build();

    public async ValueTask HandleAsync(ProcessAuthenticationContext context)
    {
        if (context.ClientAssertionPrincipal is not { } assertion)
        {
            return;
        }
        var reference =
            "jti:"
            + Base64UrlEncoder.Encode(
                SHA256.HashData(
                    Encoding.UTF8.GetBytes(
                        $"{assertion.GetClaim(Claims.Issuer)}\n{assertion.GetClaim(Claims.JwtId)}"
                    )
                )
            );
        if (await tokens.FindByReferenceIdAsync(reference, context.CancellationToken) is null)
        {
            try
            {
                await tokens.CreateAsync(
                    new OpenIddictTokenDescriptor
                    {
                        ReferenceId = reference,
                        Type = TokenTypeIdentifiers.Private.ClientAssertion,
                        Status = Statuses.Redeemed,
                        ExpirationDate = DateTimeOffset
                            .FromUnixTimeSeconds(
                                long.Parse(
                                    assertion.GetClaim(Claims.ExpiresAt)!,
                                    CultureInfo.InvariantCulture
                                )
                            )
                            // As long as a clock that is late would take it.
                            .AddMinutes(1),
                    },
                    context.CancellationToken
                );
                return;
            }
            catch (Exception error)
                when (error is DbUpdateException or OpenIddictExceptions.ValidationException)
            {
                // The other one was first.
            }
        }
        context.Reject(
            Errors.InvalidClient,
            "The assertion (jti) was used before: make a new one."
        );
    }
}
