namespace SharedKernel.Contracts;

public enum PriceItemKind
{
    Service,
    Drug,
    Device,
}

/// <summary>The four prices of one item: insurance, self-pay, on demand, support service (Law on Treatment 2023, Art. 110).</summary>
public enum PriceKind
{
    Insurance,
    SelfPay,
    OnDemand,
    Support,
}

/// <param name="Amount">In whole đồng.</param>
public sealed record PriceLine(
    PriceItemKind ItemKind,
    string Code,
    string Name,
    string Unit,
    PriceKind Kind,
    long Amount
);

/// <param name="Facility">5-character facility code.</param>
/// <param name="Version">1, 2, 3 … per facility; a published version never changes.</param>
/// <param name="ValidTo">Last day it holds; null while no later version is published.</param>
public sealed record PublishedPriceList(
    string Facility,
    string FacilityName,
    int Version,
    DateOnly ValidFrom,
    DateOnly? ValidTo,
    DateTimeOffset PublishedAt,
    IReadOnlyList<PriceLine> Lines
);

/// <summary>What is published may be charged and is public; nothing else is either.</summary>
public interface IPriceLists
{
    Task<IReadOnlyList<PriceListFacility>> Facilities(CancellationToken cancel = default);

    /// <summary>The list in force on <paramref name="day"/>, or null.</summary>
    Task<PublishedPriceList?> InForce(
        string facility,
        DateOnly day,
        CancellationToken cancel = default
    );
}

public sealed record PriceListFacility(
    string Code,
    string Name,
    int Version,
    DateOnly ValidFrom,
    int Lines
);
