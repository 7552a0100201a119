using System.Text.Json.Serialization;

namespace SharedKernel.Contracts;

[JsonConverter(typeof(JsonStringEnumConverter<PriceItemKind>))]
public enum PriceItemKind
{
    Service,
    Drug,
    Device,
}

/// <summary>The four prices of one item: insurance, self-pay, on demand, support service (Law on Treatment 2023, Art. 110).</summary>
[JsonConverter(typeof(JsonStringEnumConverter<PriceKind>))]
public enum PriceKind
{
    Insurance,
    SelfPay,
    OnDemand,
    Support,
}

/// <summary>One item of a list with its prices in whole đồng; a price that is null is not offered.</summary>
/// <param name="Code">The facility's code of the item, unique within its kind.</param>
/// <param name="Registration">Drugs and devices: number of the marketing authorisation, as printed on the pack.</param>
public sealed record PriceLine(
    PriceItemKind ItemKind,
    string Code,
    string Name,
    string Unit,
    string? Registration = null,
    long? Insurance = null,
    long? SelfPay = null,
    long? OnDemand = null,
    long? Support = null
)
{
    public long? Price(PriceKind kind) =>
        kind switch
        {
            PriceKind.Insurance => Insurance,
            PriceKind.SelfPay => SelfPay,
            PriceKind.OnDemand => OnDemand,
            PriceKind.Support => Support,
            _ => throw new ArgumentOutOfRangeException(nameof(kind)),
        };
}

/// <summary>A published list; its lines are asked for apart, because a list can be long.</summary>
/// <param name="Facility">5-character facility code.</param>
/// <param name="Number">1, 2, 3 … per facility; a published version never changes.</param>
/// <param name="ValidTo">Last day it holds; null while no later version is published.</param>
/// <param name="ContentHash">SHA-256 of the lines, lower-case hex.</param>
public sealed record PriceListVersion(
    string Facility,
    string FacilityName,
    int Number,
    DateOnly ValidFrom,
    DateOnly? ValidTo,
    DateTimeOffset PublishedAt,
    string PublishedBy,
    int Lines,
    string ContentHash
)
{
    public bool Holds(DateOnly day) => ValidFrom <= day && (ValidTo is null || day <= ValidTo);
}

/// <param name="Text">Words of code, name or registration number, with or without diacritics; null for all.</param>
/// <param name="Page">From 1.</param>
public sealed record PriceSearch(
    string? Text = null,
    PriceItemKind? ItemKind = null,
    int Page = 1,
    int PageSize = 50
);

/// <param name="Total">Lines that match, over all pages.</param>
public sealed record PriceLinePage(IReadOnlyList<PriceLine> Lines, int Total);

/// <summary>What is published may be charged and is public; nothing else is either.</summary>
public interface IPriceLists
{
    /// <summary>The newest version in force of each facility on <paramref name="day"/>, by facility name.</summary>
    Task<IReadOnlyList<PriceListVersion>> InForce(DateOnly day, CancellationToken cancel = default);

    /// <summary>The list in force on <paramref name="day"/>, or null.</summary>
    Task<PriceListVersion?> InForce(
        string facility,
        DateOnly day,
        CancellationToken cancel = default
    );

    /// <summary>All versions of a facility, newest first, those that start in the future too; empty when there is none.</summary>
    Task<IReadOnlyList<PriceListVersion>> Versions(
        string facility,
        CancellationToken cancel = default
    );

    /// <summary>Streams the lines in the list's own order; memory does not grow with them.</summary>
    IAsyncEnumerable<PriceLine> Lines(PriceListVersion list, CancellationToken cancel = default);

    Task<PriceLinePage> Search(
        PriceListVersion list,
        PriceSearch search,
        CancellationToken cancel = default
    );
}
