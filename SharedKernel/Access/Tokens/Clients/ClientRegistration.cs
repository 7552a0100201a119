namespace SharedKernel.Access.Tokens.Clients;

/// <summary>
/// A client as an administrator registers it. Without redirect addresses it is a program that acts for nobody
/// (https://hl7.org/fhir/smart-app-launch/STU2.2/backend-services.html); with them an app that people sign in to.
/// </summary>
/// <param name="Id">Letters, digits and <c>-_.</c>, at most 100.</param>
/// <param name="Name">As shown to people.</param>
/// <param name="Scopes">All it may ever ask for.</param>
public sealed record ClientRegistration(string Id, string Name, IReadOnlyList<string> Scopes)
{
    internal const string KeysUrlProperty = "jwks_uri";
    internal const string LaunchUrlProperty = "launch_url";

    /// <summary>Its public keys, a JSON Web Key Set (RFC 7517).</summary>
    public string? Keys { get; init; }

    /// <summary>Where it publishes them instead.</summary>
    public string? KeysUrl { get; init; }

    /// <summary>It is to have a secret, which is made here and shown once. A client with neither secret nor keys is public.</summary>
    public bool HasSecret { get; init; }

    public IReadOnlyList<string> RedirectUris { get; init; } = [];

    /// <summary>Where the app begins when a doctor starts it from a patient's page; null when it cannot be started so.</summary>
    public string? LaunchUrl { get; init; }

    public bool IsApp => RedirectUris.Count > 0;
}

/// <summary>A client as it stands.</summary>
/// <param name="Proof">How it proves itself: keys, secret, or nothing.</param>
public sealed record RegisteredClient(
    string Id,
    string Name,
    bool IsApp,
    ClientProof Proof,
    IReadOnlyList<string> Scopes,
    IReadOnlyList<string> RedirectUris,
    string? LaunchUrl,
    bool IsDemo
);

public enum ClientProof
{
    None,
    Secret,
    Keys,
    KeysUrl,
}
