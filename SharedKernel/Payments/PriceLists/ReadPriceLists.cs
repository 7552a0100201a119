using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Payments.PriceLists;

/// <summary>What is published, for everyone: the public page, the open data, and whoever charges.</summary>
public sealed class ReadPriceLists(PaymentsDb db) : IPriceLists, IFeature
{
    public static void AddServices(IServiceCollection services) =>
        services.AddScoped<IPriceLists>(provider => provider.GetRequiredService<ReadPriceLists>());

    public async Task<IReadOnlyList<PriceListVersion>> InForce(
        DateOnly day,
        CancellationToken cancel = default
    )
    {
        var versions = await db.Versions.AsNoTracking().ToListAsync(cancel);
        return
        [
            .. versions
                .GroupBy(version => version.Facility)
                .SelectMany(Dated)
                .Where(version => version.Holds(day))
                .OrderBy(version => version.FacilityName, StringComparer.Ordinal),
        ];
    }

    public async Task<PriceListVersion?> InForce(
        string facility,
        DateOnly day,
        CancellationToken cancel = default
    ) => (await Versions(facility, cancel)).FirstOrDefault(version => version.Holds(day));

    public async Task<IReadOnlyList<PriceListVersion>> Versions(
        string facility,
        CancellationToken cancel = default
    ) =>
        [
            .. Dated(
                await db
                    .Versions.AsNoTracking()
                    .Where(version => version.Facility == facility)
                    .ToListAsync(cancel)
            ),
        ];

    public IAsyncEnumerable<PriceLine> Lines(
        PriceListVersion list,
        CancellationToken cancel = default
    ) => LinesOf(list).AsAsyncEnumerable().Select(line => line.ToLine());

    public async Task<PriceLinePage> Search(
        PriceListVersion list,
        PriceSearch search,
        CancellationToken cancel = default
    )
    {
        var lines = LinesOf(list);
        if (search.ItemKind is { } kind)
        {
            lines = lines.Where(line => line.ItemKind == kind);
        }
        var words = (search.Text ?? "")
            .WithoutDiacritics()
            .Split(' ', StringSplitOptions.RemoveEmptyEntries);
        foreach (var word in words.Take(10))
        {
            lines = lines.Where(line => line.SearchText.Contains(word));
        }
        var total = await lines.CountAsync(cancel);
        var size = Math.Clamp(search.PageSize, 1, 500);
        var page = Math.Clamp(search.Page, 1, Math.Max(1, (total + size - 1) / size));
        var found = await lines.Skip((page - 1) * size).Take(size).ToListAsync(cancel);
        return new([.. found.Select(line => line.ToLine())], total);
    }

    private IQueryable<PublishedLine> LinesOf(PriceListVersion list) =>
        db
            .PublishedLines.AsNoTracking()
            .Where(line => line.Facility == list.Facility && line.Number == list.Number)
            .OrderBy(line => line.Position);

    /// <summary>Newest first, each up to the day before the next.</summary>
    private static IEnumerable<PriceListVersion> Dated(IEnumerable<PublishedVersion> versions)
    {
        DateOnly? next = null;
        foreach (var version in versions.OrderByDescending(version => version.Number))
        {
            yield return new(
                version.Facility,
                version.FacilityName,
                version.Number,
                version.ValidFrom,
                next?.AddDays(-1),
                version.PublishedAt,
                version.PublishedBy,
                version.Lines,
                version.ContentHash
            );
            next = version.ValidFrom;
        }
    }
}
