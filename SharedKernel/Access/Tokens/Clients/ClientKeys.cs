using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.IdentityModel.Tokens;

namespace SharedKernel.Access.Tokens.Clients;

/// <summary>
/// The public keys of clients that publish them at an address of their own, so that they can change them without asking
/// (https://hl7.org/fhir/smart-app-launch/STU2.2/client-confidential-asymmetric.html#registering-a-client-communicating-public-keys).
/// Kept for five minutes; fetched again at once, though not twice in ten seconds, for a key that is not known. Singleton.
/// </summary>
public sealed partial class ClientKeys(TimeProvider clock, ILogger<ClientKeys> log) : IDisposable
{
    private const int LongestSet = 64 * 1024;

    private static readonly TimeSpan Kept = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<Uri, (DateTimeOffset At, JsonWebKeySet Keys)> known = [];

    // No redirects: the administrator has named this address and no other.
    private readonly HttpClient http = new(new SocketsHttpHandler { AllowAutoRedirect = false })
    {
        Timeout = TimeSpan.FromSeconds(5),
        MaxResponseContentBufferSize = LongestSet,
    };

    /// <summary>Those that sign; none when the address gives none. What it gave last counts while it cannot be reached.</summary>
    /// <param name="id">The key's <c>kid</c>, null when the assertion names none.</param>
    public async Task<IEnumerable<SecurityKey>> Of(
        Uri address,
        string? id,
        CancellationToken cancel
    )
    {
        var now = clock.GetUtcNow();
        var isKnown = known.TryGetValue(address, out var last);
        var age = isKnown ? now - last.At : TimeSpan.MaxValue;
        var hasKey = isKnown && (id is null || last.Keys.Keys.Any(key => key.KeyId == id));
        if (age < Again || (hasKey && age < Kept))
        {
            return last.Keys.GetSigningKeys();
        }
        try
        {
            var keys = new JsonWebKeySet(await http.GetStringAsync(address, cancel));
            known[address] = (now, keys);
            return keys.GetSigningKeys();
        }
        catch (Exception error)
            when (error is HttpRequestException or ArgumentException
                || (error is TaskCanceledException && !cancel.IsCancellationRequested)
            )
        {
            NotFetched(address, error.Message);
            return isKnown ? last.Keys.GetSigningKeys() : [];
        }
    }

    /// <summary>Over TLS, or of this machine.</summary>
    public static bool IsAddress(string text) =>
        Uri.TryCreate(text, UriKind.Absolute, out var address)
        && (
            address.Scheme == Uri.UriSchemeHttps
            || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)
        )
        && address.UserInfo.Length == 0
        && address.Fragment.Length == 0;

    public void Dispose() => http.Dispose();

    [LoggerMessage(LogLevel.Warning, "The keys at {Address} could not be fetched: {Reason}")]
    private partial void NotFetched(Uri address, string reason);
}
