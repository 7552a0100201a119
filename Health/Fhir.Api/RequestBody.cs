using System.Buffers;
using System.Globalization;
using System.IO.Compression;
using Health.Fhir.Api.Formats;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;

namespace Health.Fhir.Api;

/// <summary>What a client sends, up to <see cref="Limits.BodyBytes"/>, packed or not.</summary>
internal static class RequestBody
{
    /// <summary>The whole body, unpacked; one byte more than the limit is refused.</summary>
    public static async Task<ReadOnlyMemory<byte>> Read(HttpContext http, Limits limits)
    {
        var request = http.Request;
        if (http.Features.Get<IHttpMaxRequestBodySizeFeature>() is { IsReadOnly: false } size)
        {
            // Our own limit answers in FHIR's words, and only after the client has been listened to (below).
            size.MaxRequestBodySize = null;
        }
        if (request.ContentLength > limits.BodyBytes)
        {
            await Drain(request.Body, limits, http.RequestAborted);
            throw TooLarge(limits);
        }
        await using var unpacked = request
            .Headers.ContentEncoding.ToString()
            .ToLowerInvariant() switch
        {
            "" or "identity" => request.Body,
            "gzip" => new GZipStream(request.Body, CompressionMode.Decompress),
            "br" => new BrotliStream(request.Body, CompressionMode.Decompress),
            var other => throw Negotiation.Unsupported(
                $"The Content-Encoding '{other}' is not taken: send gzip, br or none."
            ),
        };
        var body = new ArrayBufferWriter<byte>((int)Math.Max(request.ContentLength ?? 0, 256));
        try
        {
            int read;
            while (
                (read = await unpacked.ReadAsync(body.GetMemory(16 * 1024), http.RequestAborted))
                > 0
            )
            {
                body.Advance(read);
                if (body.WrittenCount > limits.BodyBytes)
                {
                    await Drain(request.Body, limits, http.RequestAborted);
                    throw TooLarge(limits);
                }
            }
        }
        catch (InvalidDataException broken)
        {
            throw new FhirRefusal(
                400,
                "structure",
                $"The body is not what its Content-Encoding says: {broken.Message}"
            );
        }
        return body.WrittenMemory;
    }

    /// <summary>
    /// A client that is still sending does not read the answer: listen to the rest, within reason, so that it gets to see the 413.
    /// </summary>
    private static async Task Drain(Stream body, Limits limits, CancellationToken cancel)
    {
        var buffer = ArrayPool<byte>.Shared.Rent(64 * 1024);
        try
        {
            var left = limits.BodyBytes * 4;
            int read;
            while (left > 0 && (read = await body.ReadAsync(buffer, cancel)) > 0)
            {
                left -= read;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static FhirRefusal TooLarge(Limits limits) =>
        new(
            413,
            "too-long",
            string.Create(
                CultureInfo.InvariantCulture,
                $"The body is larger than the limit of {limits.BodyBytes:N0} bytes ({limits.BodyBytes / (1024 * 1024)} MB): send it in parts, or import it as files."
            )
        );
}
