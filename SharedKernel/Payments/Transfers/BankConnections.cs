using System.Security.Cryptography;
using System.Text;
using Microsoft.Extensions.Configuration;

namespace SharedKernel.Payments.Transfers;

/// <summary>
/// The banks that may tell of movements: <c>Payments:Banks:{name}</c> with <c>Bin</c> and either <c>Secret</c> or <c>SecretFile</c>. A bank
/// that does not stand there is refused.
/// </summary>
public sealed class BankConnections(IConfiguration configuration)
{
    private const string Scheme = "sha256=";

    /// <summary>Six digits of the bank whose message this is; null when there is no such bank or the signature is not its own.</summary>
    public string? Verify(string bank, ReadOnlySpan<byte> body, string? signature)
    {
        var settings = configuration.GetSection($"Payments:Banks:{bank}");
        if (
            bank.Contains(':', StringComparison.Ordinal)
            || settings["Bin"] is not { Length: 6 } bin
            || Secret(settings) is not { Length: >= 16 } secret
            || signature?.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) != true
        )
        {
            return null;
        }
        Span<byte> told = stackalloc byte[32];
        return
            Convert.FromHexString(signature.AsSpan(Scheme.Length), told, out _, out var written)
                is System.Buffers.OperationStatus.Done
            && written == told.Length
            && CryptographicOperations.FixedTimeEquals(
                told,
                HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body)
            )
            ? bin
            : null;
    }

    /// <summary><c>sha256=</c> and the HMAC-SHA-256 of the body in hex, as the header <c>X-Signature</c> carries it.</summary>
    public static string Sign(string secret, ReadOnlySpan<byte> body) =>
        Scheme
        + Convert.ToHexStringLower(HMACSHA256.HashData(Encoding.UTF8.GetBytes(secret), body));

    private static string? Secret(IConfigurationSection settings) =>
        settings["Secret"] is { Length: > 0 } secret ? secret
        : settings["SecretFile"] is { Length: > 0 } file && File.Exists(file)
            ? File.ReadAllText(file).Trim()
        : null;
}
