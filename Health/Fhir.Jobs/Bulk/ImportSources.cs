using System.Net;
using Health.Fhir.Api.Formats;

namespace Health.Fhir.Jobs.Bulk;

/// <summary>
/// From where <c>$import</c> may read: nowhere, until the configuration names a folder of this machine or hosts. What a client
/// writes into a request must not make the server fetch from places that only the server can reach.
/// </summary>
public sealed class ImportSources(JobOptions options) : IDisposable
{
    private readonly HttpClient http = new(
        new SocketsHttpHandler
        {
            // A redirect could lead anywhere.
            AllowAutoRedirect = false,
            AutomaticDecompression = DecompressionMethods.All,
            ConnectTimeout = TimeSpan.FromSeconds(10),
        }
    )
    {
        Timeout = Timeout.InfiniteTimeSpan,
    };

    /// <exception cref="FhirRefusal">400: not an address, or not one that is allowed.</exception>
    public void Demand(string url)
    {
        if (!Uri.TryCreate(url, UriKind.Absolute, out var address))
        {
            throw Refuse(url, "it is not an absolute address");
        }
        switch (address.Scheme)
        {
            case "file":
                PathOf(address);
                break;
            case "https" or "http":
                if (
                    !options.ImportHosts.Contains(
                        address.Authority,
                        StringComparer.OrdinalIgnoreCase
                    )
                )
                {
                    throw Refuse(
                        url,
                        "its host is not one that the operators allow (fhir:jobs:importHosts)"
                    );
                }
                break;
            default:
                throw Refuse(url, "only file and https are read");
        }
    }

    /// <exception cref="FhirRefusal">400 or 502: it cannot be had.</exception>
    public async Task<Stream> Open(string url, CancellationToken cancel)
    {
        Demand(url);
        var address = new Uri(url);
        if (address.Scheme == "file")
        {
            return File.OpenRead(PathOf(address));
        }
        try
        {
            var answer = await http.GetAsync(
                address,
                HttpCompletionOption.ResponseHeadersRead,
                cancel
            );
            return answer.IsSuccessStatusCode
                ? await answer.Content.ReadAsStreamAsync(cancel)
                : throw new FhirRefusal(
                    502,
                    "transient",
                    $"{url} answered {(int)answer.StatusCode}."
                );
        }
        catch (HttpRequestException error)
        {
            throw new FhirRefusal(502, "transient", $"{url} cannot be read: {error.Message}");
        }
    }

    public void Dispose() => http.Dispose();

    private string PathOf(Uri address)
    {
        if (options.ImportFolder is not { Length: > 0 } folder)
        {
            throw Refuse(
                address.OriginalString,
                "no folder for imports is set up (fhir:jobs:importFolder)"
            );
        }
        var root = Path.GetFullPath(folder) + Path.DirectorySeparatorChar;
        var path = Path.GetFullPath(address.LocalPath);
        // A link inside the folder may point out of it.
        var real = File.ResolveLinkTarget(path, returnFinalTarget: true)?.FullName ?? path;
        if (
            !path.StartsWith(root, StringComparison.Ordinal)
            || !real.StartsWith(root, StringComparison.Ordinal)
        )
        {
            throw Refuse(address.OriginalString, "it is not below the folder for imports");
        }
        return File.Exists(path)
            ? path
            : throw Refuse(address.OriginalString, "there is no such file");
    }

    private static FhirRefusal Refuse(string url, string why) =>
        new(400, "value", $"'{url}' is not read: {why}.", "Parameters.parameter");
}
