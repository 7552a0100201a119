using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.IdentityModel.Tokens;
using OpenIddict.Abstractions;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace SharedKernel.Access.Tokens.Clients;

/// <summary>
/// Lets a program or an app in, with the scopes that an administrator gives it. A program proves itself with a key of its own
/// (private_key_jwt, RFC 7523) or a secret; an app that runs in a browser or on a phone can keep neither and is public.
/// https://hl7.org/fhir/smart-app-launch/STU2.2/app-launch.html#register-app-with-ehr
/// </summary>
public sealed class RegisterClient(
    IOpenIddictApplicationManager applications,
    IEnumerable<IScopeConditions> conditions,
    IAccess access,
    ICurrentCaller current,
    IAudit audit
) : IFeature
{
    private const int Longest = 100;

    /// <returns>The secret, which is kept only as a hash; null when none was asked for.</returns>
    /// <exception cref="InvalidInput">By field: <c>id name scope jwks jwks_uri redirect launch</c>.</exception>
    public async Task<string?> Run(ClientRegistration asked, CancellationToken cancel = default)
    {
        access.Demand(current.Caller, Permission.Administer);
        if (asked.Id.Length is 0 or > Longest || !asked.Id.All(IsPlain))
        {
            throw Wrong(
                "id",
                "Dùng chữ cái không dấu, chữ số, '-', '_' và '.'.",
                "Use letters, digits, '-', '_' and '.'."
            );
        }
        if (asked.Name.Trim().Length is 0 or > Longest)
        {
            throw Wrong(
                "name",
                "Cần tên, tối đa 100 ký tự.",
                "Give a name of at most 100 characters."
            );
        }
        if (await applications.FindByClientIdAsync(asked.Id, cancel) is not null)
        {
            throw Wrong(
                "id",
                $"Đã có ứng dụng '{asked.Id}'.",
                $"There is a client '{asked.Id}' already."
            );
        }
        DemandScopes(asked);
        var secret = asked.HasSecret ? RandomNumberGenerator.GetHexString(48, true) : null;
        await applications.CreateAsync(Described(asked, secret), cancel);
        await audit.Record(
            current.Caller,
            new(
                AuditAction.Create,
                $"Client/{asked.Id}",
                [],
                Detail: string.Join(' ', asked.Scopes)
            ),
            cancel
        );
        return secret;
    }

    private OpenIddictApplicationDescriptor Described(ClientRegistration asked, string? secret)
    {
        var hasKeys = asked.Keys is { Length: > 0 } || asked.KeysUrl is { Length: > 0 };
        if (hasKeys && (asked.HasSecret || asked is { Keys.Length: > 0, KeysUrl.Length: > 0 }))
        {
            throw Wrong(
                "jwks",
                "Chọn một cách: khóa, địa chỉ của khóa, hoặc mã bí mật.",
                "Take one: keys, an address of keys, or a secret."
            );
        }
        var isConfidential = hasKeys || asked.HasSecret;
        if (!asked.IsApp && !isConfidential)
        {
            throw Wrong(
                "jwks",
                "Chương trình phải có khóa hoặc mã bí mật.",
                "A program needs keys or a secret."
            );
        }
        var client = new OpenIddictApplicationDescriptor
        {
            ClientId = asked.Id,
            ClientSecret = secret,
            ClientType = isConfidential ? ClientTypes.Confidential : ClientTypes.Public,
            ConsentType = ConsentTypes.Explicit,
            DisplayName = asked.Name.Trim(),
            JsonWebKeySet =
                asked.Keys is { Length: > 0 } keys ? PublicKeys(keys)
                : hasKeys ? NobodysKey()
                : null,
            Permissions = { Permissions.Endpoints.Token, Permissions.Endpoints.Revocation },
        };
        if (isConfidential)
        {
            client.Permissions.Add(Permissions.Endpoints.Introspection);
        }
        if (asked.KeysUrl is { Length: > 0 } url)
        {
            client.Properties[ClientRegistration.KeysUrlProperty] =
                JsonSerializer.SerializeToElement(Address("jwks_uri", url));
        }
        if (asked.IsApp)
        {
            AddApp(client, asked);
        }
        else
        {
            client.Permissions.Add(Permissions.GrantTypes.ClientCredentials);
        }
        client.Permissions.UnionWith(
            asked.Scopes.Select(scope => Permissions.Prefixes.Scope + scope)
        );
        return client;
    }

    private static void AddApp(OpenIddictApplicationDescriptor client, ClientRegistration asked)
    {
        // Compared letter by letter: https://www.rfc-editor.org/rfc/rfc9700#section-4.1.3
        client.RedirectUris.UnionWith(
            asked.RedirectUris.Select(uri => new Uri(Address("redirect", uri)))
        );
        client.ApplicationType = client.RedirectUris.All(uri => uri.IsLoopback)
            ? ApplicationTypes.Native
            : ApplicationTypes.Web;
        client.Permissions.UnionWith([
            Permissions.Endpoints.Authorization,
            Permissions.GrantTypes.AuthorizationCode,
            Permissions.ResponseTypes.Code,
        ]);
        if (asked.Scopes.Contains(OpenIddictConstants.Scopes.OfflineAccess))
        {
            client.Permissions.Add(Permissions.GrantTypes.RefreshToken);
        }
        if (asked.LaunchUrl is { Length: > 0 } launch)
        {
            client.Properties[ClientRegistration.LaunchUrlProperty] =
                JsonSerializer.SerializeToElement(Address("launch", launch));
        }
    }

    private void DemandScopes(ClientRegistration asked)
    {
        if (asked.Scopes.Count == 0)
        {
            throw Wrong("scope", "Cần ít nhất một quyền.", "Give at least one scope.");
        }
        var wrong = asked.Scopes.FirstOrDefault(scope =>
            !(asked.IsApp ? Scopes.IsForApps(scope) : Scopes.IsForPrograms(scope))
            || Scopes.Kept(scope, conditions) != scope
        );
        if (wrong is not null)
        {
            throw asked.IsApp
                ? Wrong(
                    "scope",
                    $"'{wrong}' không phải quyền của ứng dụng; ví dụ: patient/Observation.rs, launch, openid.",
                    $"'{wrong}' is no scope for an app; use such as patient/Observation.rs, launch, openid."
                )
                : Wrong(
                    "scope",
                    $"'{wrong}' không phải quyền của chương trình; ví dụ: system/Patient.rs, records/ReadStatistics.",
                    $"'{wrong}' is no scope for a program; use such as system/Patient.rs or records/ReadStatistics."
                );
        }
    }

    private static string Address(string field, string text) =>
        ClientKeys.IsAddress(text)
            ? text
            : throw Wrong(
                field,
                $"'{text}' không phải địa chỉ https (http chỉ trên máy này).",
                $"'{text}' is no https address (http only on this machine)."
            );

    private static JsonWebKeySet PublicKeys(string text)
    {
        JsonWebKeySet keys;
        try
        {
            keys = new JsonWebKeySet(text);
        }
        catch (ArgumentException)
        {
            throw Wrong(
                "jwks",
                "Không phải bộ khóa JSON (JWKS): {\"keys\": [ … ]}.",
                "The keys are no JSON Web Key Set: {\"keys\": [ … ]}."
            );
        }
        if (keys.Keys.Any(key => key.HasPrivateKey))
        {
            throw Wrong(
                "jwks",
                "Bộ khóa có khóa riêng, nay đã lộ: hãy tạo khóa mới và chỉ gửi khóa công khai.",
                "The set holds a private key, which is now known to us too: make a new one and send its public part."
            );
        }
        foreach (var key in keys.Keys)
        {
            // Whoever names no use gives them for signing: that is what they are asked for.
            key.Use ??= JsonWebKeyUseNames.Sig;
        }
        return
            keys.GetSigningKeys().Count > 0
            && keys.Keys.Any(key => key is { Kty: "RSA" } or { Kty: "EC", Crv: "P-384" })
            ? keys
            : throw Wrong(
                "jwks",
                "Cần một khóa RSA (RS384) hoặc EC P-384 (ES384).",
                "The set needs an RSA key (RS384) or one of the curve P-384 (ES384)."
            );
    }

    /// <summary>OpenIddict wants a key of each client that has no secret; those of this one are fetched. Its private part is thrown away.</summary>
    private static JsonWebKeySet NobodysKey()
    {
        using var made = ECDsa.Create(ECCurve.NamedCurves.nistP384);
        var key = JsonWebKeyConverter.ConvertFromECDsaSecurityKey(
            new ECDsaSecurityKey(ECDsa.Create(made.ExportParameters(false)))
        );
        key.Use = JsonWebKeyUseNames.Sig;
        return new JsonWebKeySet { Keys = { key } };
    }

    private static InvalidInput Wrong(string field, string vietnamese, string english) =>
        new(field, T.Of(vietnamese, english));

    private static bool IsPlain(char letter) =>
        char.IsAsciiLetterOrDigit(letter) || letter is '-' or '_' or '.';
}
