using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SharedKernel.Contracts;

namespace SharedKernel.Payments.PriceLists;

/// <summary>A facility that keeps a price list, and the state of its draft.</summary>
public sealed class PriceListOwner
{
    /// <summary>5-character facility code.</summary>
    public required string Facility { get; init; }
    public required string Name { get; set; }

    /// <summary>Counts the changes of the draft, so that nobody publishes or replaces what they did not see.</summary>
    public int Revision { get; set; }
}

/// <summary>One item as stored; the draft and every published version have the same columns.</summary>
public abstract class StoredLine
{
    public required string Facility { get; init; }
    public required PriceItemKind ItemKind { get; init; }
    public required string Code { get; init; }
    public required string Name { get; set; }
    public required string Unit { get; set; }
    public string? Registration { get; set; }
    public long? Insurance { get; set; }
    public long? SelfPay { get; set; }
    public long? OnDemand { get; set; }
    public long? Support { get; set; }

    public PriceLine ToLine() =>
        new(ItemKind, Code, Name, Unit, Registration, Insurance, SelfPay, OnDemand, Support);

    internal static void Configure<TLine>(EntityTypeBuilder<TLine> row)
        where TLine : StoredLine
    {
        row.Property(line => line.Facility).HasMaxLength(10);
        row.Property(line => line.ItemKind).HasConversion<string>().HasMaxLength(10);
        row.Property(line => line.Code).HasMaxLength(CheckPriceLine.CodeLength);
        row.Property(line => line.Name).HasMaxLength(CheckPriceLine.NameLength);
        row.Property(line => line.Unit).HasMaxLength(CheckPriceLine.UnitLength);
        row.Property(line => line.Registration).HasMaxLength(CheckPriceLine.RegistrationLength);
    }
}

public sealed class DraftLine : StoredLine
{
    public static DraftLine Of(string facility, PriceLine line) =>
        new()
        {
            Facility = facility,
            ItemKind = line.ItemKind,
            Code = line.Code,
            Name = line.Name,
            Unit = line.Unit,
            Registration = line.Registration,
            Insurance = line.Insurance,
            SelfPay = line.SelfPay,
            OnDemand = line.OnDemand,
            Support = line.Support,
        };

    /// <summary>Takes everything but the key.</summary>
    public void Take(PriceLine line) =>
        (Name, Unit, Registration, Insurance, SelfPay, OnDemand, Support) = (
            line.Name,
            line.Unit,
            line.Registration,
            line.Insurance,
            line.SelfPay,
            line.OnDemand,
            line.Support
        );
}

/// <summary>
/// A version as it was published. Its last day is not stored: it is the day before the next version's first, so that
/// publishing the next one touches no row of this one.
/// </summary>
public sealed class PublishedVersion : IPublished
{
    public required string Facility { get; init; }
    public required int Number { get; init; }
    public required string FacilityName { get; init; }
    public required DateOnly ValidFrom { get; init; }
    public required DateTimeOffset PublishedAt { get; init; }
    public required string PublishedById { get; init; }
    public required string PublishedBy { get; init; }
    public required int Lines { get; init; }
    public required string ContentHash { get; init; }
}

public sealed class PublishedLine : StoredLine, IPublished
{
    public required int Number { get; init; }

    /// <summary>From 1, in the order of the list.</summary>
    public required int Position { get; init; }

    /// <summary>Code, name and registration number in lower case without diacritics.</summary>
    public required string SearchText { get; init; }

    public static PublishedLine Of(string facility, int number, int position, PriceLine line) =>
        new()
        {
            Facility = facility,
            Number = number,
            Position = position,
            ItemKind = line.ItemKind,
            Code = line.Code,
            Name = line.Name,
            Unit = line.Unit,
            Registration = line.Registration,
            Insurance = line.Insurance,
            SelfPay = line.SelfPay,
            OnDemand = line.OnDemand,
            Support = line.Support,
            SearchText = line.SearchText(),
        };
}

/// <summary>A workbook that was read and waits for somebody to look at the difference and take it.</summary>
public sealed class PriceListUpload
{
    public required Guid Id { get; init; }
    public required string Facility { get; init; }
    public required string FileName { get; init; }

    /// <summary>The lines as JSON.</summary>
    public required string Lines { get; init; }
    public required DateTimeOffset UploadedAt { get; init; }
}
