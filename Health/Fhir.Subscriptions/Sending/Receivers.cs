using System.Net;
using System.Net.Http.Headers;
using System.Net.Sockets;

namespace Health.Fhir.Subscriptions.Sending;

/// <summary>
/// To whom may be sent. A subscription must not make the server speak to places that only the server can reach: addresses of private
/// networks are refused when the connection is made (a name may change its address after it was looked at), redirects are not followed,
/// and data leaves by https. The operators name exceptions (<see cref="SubscriptionOptions.Hosts"/>). Singleton.
/// </summary>
public sealed class Receivers : IDisposable
{
    private static readonly IPNetwork[] Closed =
    [
        .. (
            (string[])
                [
                    "0.0.0.0/8",
                    "10.0.0.0/8",
                    "100.64.0.0/10",
                    "127.0.0.0/8",
                    "169.254.0.0/16",
                    "172.16.0.0/12",
                    "192.0.0.0/24",
                    "192.0.2.0/24",
                    "192.88.99.0/24",
                    "192.168.0.0/16",
                    "198.18.0.0/15",
                    "198.51.100.0/24",
                    "203.0.113.0/24",
                    "224.0.0.0/3",
                    "::/127",
                    "64:ff9b::/96",
                    "64:ff9b:1::/48",
                    "100::/64",
                    "2001:db8::/32",
                    "2002::/16",
                    "fc00::/7",
                    "fe80::/10",
                    "ff00::/8",
                ]
        ).Select(network => IPNetwork.Parse(network)),
    ];

    private readonly SubscriptionOptions options;
    private readonly HttpClient http;

    public Receivers(SubscriptionOptions options)
    {
        this.options = options;
        http = new HttpClient(
            new SocketsHttpHandler
            {
                AllowAutoRedirect = false,
                UseProxy = false,
                UseCookies = false,
                ConnectTimeout = TimeSpan.FromSeconds(10),
                MaxConnectionsPerServer = 8,
                PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                MaxResponseHeadersLength = 16,
                ConnectCallback = Connect,
            }
        )
        {
            Timeout = Timeout.InfiniteTimeSpan,
        };
    }

    /// <summary>Why an address is not sent to, as far as it says so itself; null when it may be tried.</summary>
    public string? WhyNot(string endpoint)
    {
        if (
            !Uri.TryCreate(endpoint, UriKind.Absolute, out var address)
            || address.Scheme is not ("http" or "https")
        )
        {
            return "it is not an http or https address";
        }
        if (address.UserInfo.Length > 0)
        {
            return "a name or password does not belong into an address: send it as a header";
        }
        if (IsNamed(address))
        {
            return null;
        }
        if (address.Scheme == "http")
        {
            return "health data leaves by https only, unless the operators name the host (fhir:subscriptions:hosts)";
        }
        return
            address.IsLoopback
            || (IPAddress.TryParse(address.DnsSafeHost, out var literal) && IsClosed(literal))
            ? "it lies in a private network, which only the operators can open (fhir:subscriptions:hosts)"
            : null;
    }

    /// <summary>Sends, and gives the status. What is answered is not read.</summary>
    /// <exception cref="HttpRequestException">It cannot be reached.</exception>
    /// <exception cref="OperationCanceledException">It took too long.</exception>
    public async Task<HttpStatusCode> Send(
        HttpMethod method,
        string address,
        IEnumerable<string> headers,
        ReadOnlyMemory<byte> body,
        string? contentType,
        CancellationToken cancel
    )
    {
        using var request = new HttpRequestMessage(method, address);
        request.Content = new ReadOnlyMemoryContent(body);
        if (contentType is not null)
        {
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(contentType);
        }
        foreach (var header in headers)
        {
            var colon = header.IndexOf(':');
            request.Headers.TryAddWithoutValidation(header[..colon], header[(colon + 1)..].Trim());
        }
        using var answer = await http.SendAsync(
            request,
            HttpCompletionOption.ResponseHeadersRead,
            cancel
        );
        return answer.StatusCode;
    }

    public void Dispose() => http.Dispose();

    internal static bool IsClosed(IPAddress address)
    {
        var plain = address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address;
        return Closed.Any(network => network.Contains(plain));
    }

    private bool IsNamed(Uri address) =>
        options.Hosts.Any(host =>
            host.Equals(address.Authority, StringComparison.OrdinalIgnoreCase)
            || host.Equals(address.Host, StringComparison.OrdinalIgnoreCase)
        );

    private async ValueTask<Stream> Connect(
        SocketsHttpConnectionContext context,
        CancellationToken cancel
    )
    {
        var found = await Dns.GetHostAddressesAsync(context.DnsEndPoint.Host, cancel);
        if (!IsNamed(context.InitialRequestMessage.RequestUri!))
        {
            found = [.. found.Where(address => !IsClosed(address))];
        }
        if (found.Length == 0)
        {
            throw new HttpRequestException(
                $"{context.DnsEndPoint.Host} has no address outside private networks."
            );
        }
        var socket = new Socket(SocketType.Stream, ProtocolType.Tcp) { NoDelay = true };
        try
        {
            await socket.ConnectAsync(found, context.DnsEndPoint.Port, cancel);
            return new NetworkStream(socket, ownsSocket: true);
        }
        catch
        {
            socket.Dispose();
            throw;
        }
    }
}
