using System.Collections.Immutable;
using System.Text.Json;
using OpenIddict.Abstractions;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using static OpenIddict.Abstractions.OpenIddictConstants;

namespace SharedKernel.Access.Tokens.Clients;

/// <summary>Which programs and apps may ask for tokens, by name. Only administrators see all of them.</summary>
public sealed class ListClients(
    IOpenIddictApplicationManager applications,
    IAccess access,
    ICurrentCaller current
) : IFeature, ILaunchableApps
{
    private const int Most = 500;

    public async Task<IReadOnlyList<RegisteredClient>> Run(CancellationToken cancel = default)
    {
        access.Demand(current.Caller, Permission.Administer);
        return await All(cancel);
    }

    public async Task<IReadOnlyList<LaunchableApp>> ToLaunch(CancellationToken cancel = default) =>
        access.ReachOf(current.Caller, Permission.ReadHealthRecords) is Reach.None
            ? throw new AccessDenied(Permission.ReadHealthRecords)
            :
            [
                .. (await All(cancel))
                    .Where(client => client.LaunchUrl is not null)
                    .Select(client => new LaunchableApp(client.Id, client.Name)),
            ];

    private async Task<List<RegisteredClient>> All(CancellationToken cancel)
    {
        var clients = new List<RegisteredClient>();
        await foreach (var client in applications.ListAsync(Most, 0, cancel))
        {
            clients.Add(await Of(applications, client, cancel));
        }
        clients.Sort((a, b) => string.Compare(a.Name, b.Name, StringComparison.CurrentCulture));
        return clients;
    }

    internal static async Task<RegisteredClient> Of(
        IOpenIddictApplicationManager applications,
        object client,
        CancellationToken cancel
    )
    {
        var id = (await applications.GetClientIdAsync(client, cancel))!;
        var properties = await applications.GetPropertiesAsync(client, cancel);
        var redirects = await applications.GetRedirectUrisAsync(client, cancel);
        return new(
            id,
            await applications.GetDisplayNameAsync(client, cancel) ?? id,
            redirects.Length > 0,
            properties.ContainsKey(ClientRegistration.KeysUrlProperty) ? ClientProof.KeysUrl
                : await applications.GetJsonWebKeySetAsync(client, cancel) is not null
                    ? ClientProof.Keys
                : await applications.HasClientTypeAsync(client, ClientTypes.Confidential, cancel)
                    ? ClientProof.Secret
                : ClientProof.None,
            await IssueToken.PermittedScopes(applications, client),
            redirects,
            Text(properties, ClientRegistration.LaunchUrlProperty),
            properties.ContainsKey(IssueToken.DemoProperty)
        );
    }

    private static string? Text(ImmutableDictionary<string, JsonElement> properties, string name) =>
        properties.TryGetValue(name, out var value) ? value.GetString() : null;
}
