using System.Security.Cryptography;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace SharedKernel.Payments.PriceLists;

/// <summary>
/// Makes the draft a numbered version that never changes, in force from a day that has not passed; the version before holds to
/// the day before (Law on Treatment 15/2023/QH15, Art. 60: prices are public before they are charged).
/// </summary>
public sealed class PublishPriceList(
    PaymentsDb db,
    EditPriceDraft draft,
    IAccess access,
    ICurrentCaller current,
    TimeProvider clock
) : IFeature
{
    /// <param name="Revision">Of the draft that was looked at; null publishes the draft as it is now.</param>
    public sealed record Publication(DateOnly ValidFrom, int? Revision = null);

    public sealed record Published(string Facility, int Version, DateOnly ValidFrom, int Lines);

    public async Task<Published> Run(
        string facility,
        Publication publication,
        CancellationToken cancel
    )
    {
        access.Demand(current.Caller, Permission.PublishPrices, organisation: facility);
        var owner = await draft.Owner(facility, cancel);
        var lines = (await draft.Read(facility, cancel)).Lines;
        var last = await db
            .Versions.Where(version => version.Facility == facility)
            .OrderByDescending(version => version.Number)
            .FirstOrDefaultAsync(cancel);
        var hash = Hash(lines);
        Refuse(publication, owner, lines, last, hash);

        var number = (last?.Number ?? 0) + 1;
        db.Add(
            new PublishedVersion
            {
                Facility = facility,
                Number = number,
                FacilityName = owner.Name,
                ValidFrom = publication.ValidFrom,
                PublishedAt = clock.GetUtcNow(),
                PublishedById = current.Caller.Id,
                PublishedBy = current.Caller.Name,
                Lines = lines.Count,
                ContentHash = hash,
            }
        );
        db.AddRange(
            lines.Select((line, index) => PublishedLine.Of(facility, number, index + 1, line))
        );
        // Touches the owner's row, so that of two who publish at once, or edit meanwhile, one is refused.
        owner.Revision++;
        await draft.Save(cancel);
        return new(facility, number, publication.ValidFrom, lines.Count);
    }

    private void Refuse(
        Publication publication,
        PriceListOwner owner,
        IReadOnlyList<PriceLine> lines,
        PublishedVersion? last,
        string hash
    )
    {
        if (publication.Revision is { } seen && seen != owner.Revision)
        {
            throw new Conflict(
                T.Of(
                    "Bản nháp đã được sửa sau khi bạn xem; hãy xem lại rồi công bố.",
                    "The draft was changed after you looked at it; look again, then publish."
                )
            );
        }
        if (lines.Count == 0)
        {
            throw new Conflict(
                T.Of("Bản nháp chưa có dòng nào để công bố.", "The draft has no line to publish.")
            );
        }
        var today = clock.Today();
        if (publication.ValidFrom < today)
        {
            throw new InvalidInput(
                "validFrom",
                T.Of(
                    $"không được lùi ngày: hôm nay là {today.Text()}, giá chỉ có hiệu lực từ hôm nay trở đi.",
                    $"cannot be in the past: today is {today.Text()}, and prices hold from today at the earliest."
                )
            );
        }
        if (last is not null && publication.ValidFrom <= last.ValidFrom)
        {
            throw new InvalidInput(
                "validFrom",
                T.Of(
                    $"chồng lên phiên bản {last.Number} có hiệu lực từ {last.ValidFrom.Text()}; hãy chọn ngày sau đó.",
                    $"overlaps version {last.Number}, which holds from {last.ValidFrom.Text()}; choose a later day."
                )
            );
        }
        if (last?.ContentHash == hash)
        {
            throw new Conflict(
                T.Of(
                    $"Bản nháp giống hệt phiên bản {last.Number}; không có gì để công bố.",
                    $"The draft is the same as version {last.Number}; there is nothing to publish."
                )
            );
        }
    }

    private static string Hash(IReadOnlyList<PriceLine> lines) =>
        Convert.ToHexStringLower(SHA256.HashData(JsonSerializer.SerializeToUtf8Bytes(lines)));

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/api/price-lists/{facility}/versions",
                async (
                    string facility,
                    Publication publication,
                    PublishPriceList publish,
                    CancellationToken cancel
                ) =>
                {
                    var published = await publish.Run(facility, publication, cancel);
                    return Results.Created(
                        $"/open-data/prices/{facility}.json?version={published.Version}",
                        published
                    );
                }
            )
            .Requires(Permission.PublishPrices);
}
