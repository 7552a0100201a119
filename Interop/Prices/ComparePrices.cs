using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Interop.Prices;

/// <summary>The same item at every facility, and how one facility's price went over its published lists; for the public page.</summary>
public sealed class ComparePrices(IPriceLists lists, TimeProvider clock) : IFeature
{
    /// <summary>Lines of each facility that are shown; more say that the words were too general.</summary>
    public const int MostPerFacility = 5;

    public sealed record Offer(PriceListVersion List, PriceLine Line);

    /// <param name="Price">Null while it was not offered.</param>
    public sealed record Point(DateOnly From, DateOnly? To, int Version, PriceLine? Line);

    /// <summary>What matches the words at each facility in force today, the cheapest for self-payers first.</summary>
    public async Task<IReadOnlyList<Offer>> Run(string words, CancellationToken cancel)
    {
        var offers = new List<Offer>();
        foreach (var list in await lists.InForce(clock.Today(), cancel))
        {
            var found = await lists.Search(
                list,
                new PriceSearch(words, PageSize: MostPerFacility),
                cancel
            );
            offers.AddRange(found.Lines.Select(line => new Offer(list, line)));
        }
        return
        [
            .. offers
                .OrderBy(offer => offer.Line.SelfPay ?? offer.Line.Insurance ?? long.MaxValue)
                .ThenBy(offer => offer.List.FacilityName, StringComparer.Ordinal),
        ];
    }

    /// <summary>One item of one facility over all its published lists, oldest first.</summary>
    public async Task<IReadOnlyList<Point>> History(
        string facility,
        PriceItemKind kind,
        string code,
        CancellationToken cancel
    )
    {
        var points = new List<Point>();
        foreach (var list in (await lists.Versions(facility, cancel)).Reverse())
        {
            // The search is by words; the code itself decides.
            var found = await lists.Search(
                list,
                new PriceSearch(code, kind, PageSize: 200),
                cancel
            );
            points.Add(
                new(
                    list.ValidFrom,
                    list.ValidTo,
                    list.Number,
                    found.Lines.FirstOrDefault(line => line.Code == code)
                )
            );
        }
        return points;
    }
}
