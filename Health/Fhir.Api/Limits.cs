using Microsoft.Extensions.Configuration;

namespace Health.Fhir.Api;

/// <summary>What one request may ask of the server; each has its own clear error. Section <c>fhir</c> of the configuration.</summary>
public sealed class Limits
{
    /// <summary>
    /// Depth of nested objects and arrays in a body; the deepest official example has 24. <c>Fhir:Reader:Depth</c> may ask for less.
    /// </summary>
    public const int NestingDepth = 64;

    /// <summary>Bytes of a request's body, before and after decompression: 413.</summary>
    public long BodyBytes { get; init; } = 20 * 1024 * 1024;

    /// <summary>Entries of a batch or transaction.</summary>
    public int BundleEntries { get; init; } = 20_000;

    /// <summary>Resources that one conditional delete may remove.</summary>
    public int ConditionalDeletes { get; init; } = 100;

    /// <summary>Requests below /fhir that are worked on at once.</summary>
    public int ConcurrentRequests { get; init; } = 256;

    /// <summary>Requests that may wait for that; one more is answered 503 with Retry-After.</summary>
    public int WaitingRequests { get; init; } = 2_000;

    public int RetryAfterSeconds { get; init; } = 2;

    /// <summary>Origins whose scripts may read answers, or <c>*</c>.</summary>
    public string[] CorsOrigins { get; init; } = ["*"];

    public static Limits From(IConfiguration configuration) =>
        configuration.GetSection("fhir").Get<Limits>() ?? new();
}
