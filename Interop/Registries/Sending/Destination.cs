using Microsoft.Extensions.Configuration;

namespace Interop.Registries.Sending;

/// <summary>One file on its way.</summary>
/// <param name="Path">Below the destination's address: <c>form-14/2026-10/v1.json</c>.</param>
/// <param name="Corrects">The version that the destination acknowledged before, or null.</param>
public sealed record Shipment(
    Guid Key,
    string Path,
    string MediaType,
    ReadOnlyMemory<byte> Content,
    string Sha256,
    int? Corrects
);

public enum Answer
{
    /// <summary>The destination does not have it.</summary>
    Absent,

    /// <summary>It has it and judges later.</summary>
    Received,
    Acknowledged,
    Refused,

    /// <summary>Nobody knows: no answer, or none that can be trusted. Ask before sending again.</summary>
    Failed,
}

/// <param name="RetryAfter">When the destination named a time.</param>
public sealed record Reply(
    Answer Answer,
    string? Receipt = null,
    string? Reason = null,
    TimeSpan? RetryAfter = null
);

/// <summary>Where snapshots go. Neither call throws for what a destination does; only for a wrong setting or a cancel.</summary>
public interface IDestination
{
    /// <summary>What the destination says of a shipment that may have reached it.</summary>
    Task<Reply> Ask(Shipment shipment, CancellationToken cancel);

    Task<Reply> Send(Shipment shipment, CancellationToken cancel);
}

/// <param name="Address">An <c>https:</c> address, <c>http:</c> on this machine, or a folder.</param>
/// <param name="Format">Which of the export's files is sent.</param>
public sealed record DestinationSetting(string Address, string Format, string? Token);

/// <summary>
/// The settings <c>Destinations:{export}:Address</c>, <c>:Format</c> (json unless told) and <c>:Token</c> (from the environment). An
/// export without one is handed over by hand.
/// </summary>
public sealed class Destinations(IConfiguration configuration, HttpDestination.Client client)
{
    public DestinationSetting? SettingOf(string export)
    {
        var section = configuration.GetSection($"Destinations:{export}");
        return section["Address"] is { Length: > 0 } address
            ? new(address.TrimEnd('/'), section["Format"] ?? "json", section["Token"])
            : null;
    }

    /// <exception cref="InvalidOperationException">The address is none that may be used; says which may.</exception>
    public IDestination Of(string export)
    {
        var setting =
            SettingOf(export)
            ?? throw new InvalidOperationException($"Destinations:{export}:Address is not set.");
        if (!setting.Address.Contains("://", StringComparison.Ordinal))
        {
            return new FolderDestination(setting.Address);
        }
        return
            Uri.TryCreate(setting.Address, UriKind.Absolute, out var address)
            && (
                address.Scheme == Uri.UriSchemeHttps
                || (address.Scheme == Uri.UriSchemeHttp && address.IsLoopback)
            )
            ? new HttpDestination(client, address, setting.Token)
            : throw new InvalidOperationException(
                $"Destinations:{export}:Address is '{setting.Address}': only https addresses (http on this machine) and folders are sent to."
            );
    }
}
