using System.Text.Json;
using Microsoft.AspNetCore.DataProtection;

namespace Health.Fhir.Subscriptions.Admission;

/// <summary>
/// The values of <c>channel.header</c> open the receiver's door (<c>Authorization: Bearer …</c>): readers of the Subscription see only
/// the names, and the database has them encrypted. Singleton.
/// </summary>
public sealed class HeaderSecrets(IDataProtectionProvider protection)
{
    private const string Mask = "***";

    private readonly IDataProtector protector = protection.CreateProtector(
        "Health.Fhir.Subscriptions.Headers"
    );

    public string Seal(IReadOnlyList<string> headers) =>
        protector.Protect(JsonSerializer.Serialize(headers));

    public IReadOnlyList<string> Open(string sealedHeaders) =>
        JsonSerializer.Deserialize<List<string>>(protector.Unprotect(sealedHeaders))!;

    public static string Masked(string header) => $"{NameOf(header)}: {Mask}";

    /// <summary>A client that sends back what it read means the value that was there.</summary>
    public static string Restored(string header, IReadOnlyList<string> kept) =>
        header == Masked(header)
            ? kept.FirstOrDefault(one =>
                NameOf(one).Equals(NameOf(header), StringComparison.OrdinalIgnoreCase)
            ) ?? header
            : header;

    private static string NameOf(string header) => header[..header.IndexOf(':')];
}
