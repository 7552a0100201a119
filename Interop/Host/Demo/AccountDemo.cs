using System.Security.Cryptography;
using System.Text.Json;
using Education.OneRoster.Rest;
using OpenIddict.Abstractions;
using SharedKernel.Access;
using SharedKernel.Access.Accounts;
using SharedKernel.Access.Tokens;
using SharedKernel.Contracts;
using SharedKernel.Persistence;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace Interop.Host.Demo;

/// <summary>Who can sign in: one account per role, a program with a secret, and an app that people sign in to.</summary>
internal static class AccountDemo
{
    public const string SystemClient = "demo-system";
    private const string AppClient = "demo-app";

    /// <summary>Beside the databases, readable by the owner: the program's secret in a form that scripts can source.</summary>
    public static string CredentialsFile(HostOptions options) =>
        Path.Combine(options.DataFolder, "demo-credentials.txt");

    public static async Task Load(
        IServiceProvider services,
        DemoPopulation population,
        CancellationToken cancel
    )
    {
        var create = services.GetRequiredService<CreateAccount>();
        var parent = population.People[
            population.People.First(p => p.Guardian is not null).Guardian!.Value
        ];
        foreach (var demo in DemoAccounts.All)
        {
            var citizen = demo.Role is Role.Citizen;
            await create.Run(
                new Account
                {
                    UserName = demo.User,
                    FullName = citizen ? parent.Details.FullName : demo.Name,
                    Roles = [demo.Role],
                    Post = demo.Post,
                    Organisation = demo.Organisation,
                    Citizen = citizen ? parent.Id : null,
                    IsDemo = true,
                },
                DemoAccounts.Password,
                cancel
            );
        }
        var secret = RandomNumberGenerator.GetHexString(40, lowercase: true);
        var applications = services.GetRequiredService<IOpenIddictApplicationManager>();
        var system = new OpenIddictApplicationDescriptor
        {
            ClientId = SystemClient,
            ClientSecret = secret,
            ClientType = ClientTypes.Confidential,
            DisplayName = "Demo system",
            Permissions =
            {
                Permissions.Endpoints.Token,
                Permissions.Endpoints.Introspection,
                Permissions.Endpoints.Revocation,
                Permissions.GrantTypes.ClientCredentials,
                Permissions.Prefixes.Scope + "system/*.cruds",
                Permissions.Prefixes.Scope + "records/*",
            },
            Properties = { [IssueToken.DemoProperty] = JsonSerializer.SerializeToElement(true) },
        };
        system.Permissions.UnionWith(
            OpenApiDocument.AllScopes.Select(scope => Permissions.Prefixes.Scope + scope)
        );
        await applications.CreateAsync(system, cancel);
        await applications.CreateAsync(
            new OpenIddictApplicationDescriptor
            {
                ClientId = AppClient,
                ClientType = ClientTypes.Public,
                ApplicationType = ApplicationTypes.Native,
                ConsentType = ConsentTypes.Implicit,
                DisplayName = "Demo app",
                RedirectUris = { new Uri("http://127.0.0.1/callback") },
                Permissions =
                {
                    Permissions.Endpoints.Authorization,
                    Permissions.Endpoints.Token,
                    Permissions.Endpoints.Revocation,
                    Permissions.GrantTypes.AuthorizationCode,
                    Permissions.GrantTypes.RefreshToken,
                    Permissions.ResponseTypes.Code,
                    Permissions.Prefixes.Scope + Scopes.OpenId,
                    Permissions.Prefixes.Scope + Scopes.Profile,
                    Permissions.Prefixes.Scope + Scopes.OfflineAccess,
                    Permissions.Prefixes.Scope + "user/*.cruds",
                    Permissions.Prefixes.Scope + "patient/*.rs",
                    Permissions.Prefixes.Scope + "records/*",
                },
                Properties =
                {
                    [IssueToken.DemoProperty] = JsonSerializer.SerializeToElement(true),
                },
            },
            cancel
        );
        OwnerOnly.Write(
            CredentialsFile(services.GetRequiredService<HostOptions>()),
            $"CLIENT_ID={SystemClient}\nCLIENT_SECRET={secret}\n"
        );
    }
}
