using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.Extensions.Configuration;

namespace Interop.Registries.Sending;

/// <summary>
/// <c>PUT {address}/{export}/{period}/v{version}.{ext}</c> with <c>Idempotency-Key</c> and <c>Content-Digest</c> (RFC 9530). The answer
/// 200 or 201 carries <c>{"receipt","sha256"}</c>; 202 means judged later; 409 with our hash means that it was there already; 400, 410, 413,
/// 415 and 422 refuse. Everything else, and silence, leaves it open: the next attempt first asks by <c>GET</c> of the same address, which answers 404 or
/// <c>{"state":"received|acknowledged|refused","receipt","sha256","reason"}</c>. So nothing is sent twice that arrived once.
/// </summary>
public sealed class HttpDestination(HttpDestination.Client client, Uri address, string? token)
    : IDestination
{
    /// <summary>One connection pool for all; no redirect is followed, since it could lead out of what was allowed.</summary>
    public sealed class Client(IConfiguration configuration) : IDisposable
    {
        public HttpClient Http { get; } =
            new(
                new SocketsHttpHandler
                {
                    AllowAutoRedirect = false,
                    PooledConnectionLifetime = TimeSpan.FromMinutes(5),
                }
            )
            {
                Timeout = TimeSpan.FromSeconds(
                    configuration.GetValue("Destinations:TimeoutSeconds", 60.0)
                ),
                MaxResponseContentBufferSize = 1 << 20,
            };

        public void Dispose() => Http.Dispose();
    }

    private sealed record Body(string? State, string? Receipt, string? Sha256, string? Reason);

    private static readonly JsonSerializerOptions Web = new(JsonSerializerDefaults.Web);

    private static readonly HttpStatusCode[] Final =
    [
        HttpStatusCode.BadRequest,
        HttpStatusCode.Gone,
        HttpStatusCode.RequestEntityTooLarge,
        HttpStatusCode.UnsupportedMediaType,
        HttpStatusCode.UnprocessableEntity,
    ];

    public Task<Reply> Ask(Shipment shipment, CancellationToken cancel) =>
        Exchange(
            HttpMethod.Get,
            shipment,
            (status, body) =>
                status is HttpStatusCode.NotFound ? new(Answer.Absent)
                : status is not HttpStatusCode.OK ? null
                : body?.State switch
                {
                    "received" => new(Answer.Received),
                    "refused" => new(Answer.Refused, Reason: body.Reason ?? "No reason was given."),
                    "acknowledged" => Receipt(shipment, body),
                    _ => null,
                },
            cancel
        );

    public Task<Reply> Send(Shipment shipment, CancellationToken cancel) =>
        Exchange(
            HttpMethod.Put,
            shipment,
            (status, body) =>
                status switch
                {
                    HttpStatusCode.OK or HttpStatusCode.Created => Receipt(shipment, body),
                    HttpStatusCode.Accepted => new(Answer.Received),
                    HttpStatusCode.Conflict when body?.Sha256 == shipment.Sha256 => Receipt(
                        shipment,
                        body
                    ),
                    HttpStatusCode.Conflict => new(
                        Answer.Refused,
                        Reason: body?.Reason ?? "The destination has other content there."
                    ),
                    _ when Final.Contains(status) => new(
                        Answer.Refused,
                        Reason: body?.Reason ?? $"The destination answered {(int)status}."
                    ),
                    _ => null,
                },
            cancel
        );

    /// <summary>A receipt counts only for the content that was sent.</summary>
    private static Reply? Receipt(Shipment shipment, Body? body) =>
        body is { Receipt: { Length: > 0 and <= 200 } receipt } && body.Sha256 == shipment.Sha256
            ? new(Answer.Acknowledged, receipt)
            : null;

    private async Task<Reply> Exchange(
        HttpMethod method,
        Shipment shipment,
        Func<HttpStatusCode, Body?, Reply?> read,
        CancellationToken cancel
    )
    {
        using var request = new HttpRequestMessage(method, $"{address}/{shipment.Path}");
        request.Headers.Accept.Add(new("application/json"));
        if (token is not null)
        {
            request.Headers.Authorization = new("Bearer", token);
        }
        if (method == HttpMethod.Put)
        {
            request.Headers.Add("Idempotency-Key", shipment.Key.ToString());
            if (shipment.Corrects is { } version)
            {
                request.Headers.Add("Records-Corrects", $"v{version}");
            }
            request.Content = new ReadOnlyMemoryContent(shipment.Content);
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(shipment.MediaType);
            request.Content.Headers.Add(
                "Content-Digest",
                $"sha-256=:{Convert.ToBase64String(Convert.FromHexString(shipment.Sha256))}:"
            );
        }
        try
        {
            using var response = await client.Http.SendAsync(request, cancel);
            var body = Parse(await response.Content.ReadAsByteArrayAsync(cancel));
            return read(response.StatusCode, body)
                ?? new(
                    Answer.Failed,
                    Reason: $"{method} answered {(int)response.StatusCode}, which is no receipt for what was sent.",
                    RetryAfter: response.Headers.RetryAfter?.Delta
                );
        }
        catch (Exception error)
            when (error is HttpRequestException or IOException
                || (error is OperationCanceledException && !cancel.IsCancellationRequested)
            )
        {
            return new(Answer.Failed, Reason: $"{method} got no answer: {error.Message}");
        }
    }

    private static Body? Parse(byte[] content)
    {
        try
        {
            return content.Length == 0 ? null : JsonSerializer.Deserialize<Body>(content, Web);
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
