using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace SharedKernel.Payments.PriceLists;

/// <summary>
/// The draft of a facility's price list: opened once, changed line by line, and kept after publishing as the start of the next
/// version (Law on Treatment 15/2023/QH15, Art. 110: prices are the facility's to set and to publish).
/// </summary>
public sealed class EditPriceDraft(PaymentsDb db, IAccess access, ICurrentCaller current) : IFeature
{
    /// <param name="Revision">Counts the changes; give it back when publishing.</param>
    public sealed record Draft(
        string Facility,
        string FacilityName,
        int Revision,
        IReadOnlyList<PriceLine> Lines
    );

    public sealed record Opening(string Name);

    /// <summary>Gives a facility a price list, or changes the name that future versions carry.</summary>
    public async Task<Draft> Open(string facility, Opening opening, CancellationToken cancel)
    {
        access.Demand(current.Caller, Permission.ManagePrices, organisation: facility);
        if (facility.Length is < 5 or > 10 || !facility.All(char.IsAsciiLetterOrDigit))
        {
            throw new InvalidInput(
                "facility",
                T.Of(
                    $"'{facility}' không phải mã cơ sở: cần 5 chữ số hoặc chữ cái.",
                    $"'{facility}' is not a facility code: 5 digits or letters are needed."
                )
            );
        }
        var name = opening.Name?.Trim() ?? "";
        if (name.Length is 0 or > 300)
        {
            throw new InvalidInput(
                "name",
                T.Of(
                    "tên cơ sở cần từ 1 đến 300 ký tự.",
                    "the facility's name needs 1 to 300 characters."
                )
            );
        }
        var owner = await db.Owners.FindAsync([facility], cancel);
        if (owner is null)
        {
            db.Add(new PriceListOwner { Facility = facility, Name = name });
        }
        else
        {
            owner.Name = name;
        }
        await Save(cancel);
        return await Read(facility, cancel);
    }

    public async Task<Draft> Read(string facility, CancellationToken cancel)
    {
        var owner = await Owner(facility, cancel);
        var lines = await db
            .DraftLines.AsNoTracking()
            .Where(line => line.Facility == facility)
            .ToListAsync(cancel);
        return new(facility, owner.Name, owner.Revision, InOrder(lines.Select(l => l.ToLine())));
    }

    /// <summary>Adds the line, or changes the one with the same kind and code.</summary>
    public Task Run(string facility, PriceLine line, CancellationToken cancel) =>
        Run(facility, [line], cancel);

    /// <summary>All of the lines, or none when one is wrong.</summary>
    public async Task Run(
        string facility,
        IReadOnlyCollection<PriceLine> lines,
        CancellationToken cancel
    )
    {
        var tidy = lines.Select(line => line.Tidy()).ToList();
        if (tidy.SelectMany(CheckPriceLine.Errors).ToList() is { Count: > 0 } errors)
        {
            throw new InvalidInput(errors);
        }
        var owner = await Owner(facility, cancel);
        foreach (var line in tidy)
        {
            var row = await db.DraftLines.FindAsync([facility, line.ItemKind, line.Code], cancel);
            if (row is null)
            {
                db.Add(DraftLine.Of(facility, line));
            }
            else
            {
                row.Take(line);
            }
        }
        owner.Revision++;
        await Save(cancel);
    }

    public async Task Remove(
        string facility,
        PriceItemKind kind,
        string code,
        CancellationToken cancel
    )
    {
        var owner = await Owner(facility, cancel);
        var row =
            await db.DraftLines.FindAsync([facility, kind, code], cancel)
            ?? throw new NotFound($"Line {kind} {code} of the draft of {facility}");
        db.Remove(row);
        owner.Revision++;
        await Save(cancel);
    }

    /// <summary>Services, then drugs, then devices, each by code.</summary>
    internal static List<PriceLine> InOrder(IEnumerable<PriceLine> lines) =>
        [.. lines.OrderBy(line => line.ItemKind).ThenBy(line => line.Code, StringComparer.Ordinal)];

    internal async Task<PriceListOwner> Owner(string facility, CancellationToken cancel)
    {
        access.Demand(current.Caller, Permission.ManagePrices, organisation: facility);
        return await db.Owners.FindAsync([facility], cancel)
            ?? throw new NotFound($"The price list of facility {facility}");
    }

    /// <exception cref="Conflict">Somebody else changed the draft in the meantime.</exception>
    internal async Task Save(CancellationToken cancel)
    {
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException)
        {
            throw new Conflict(
                T.Of(
                    "Người khác vừa sửa bảng giá này; hãy mở lại trang rồi làm lại.",
                    "Somebody else has just changed this price list; open it again and repeat."
                )
            );
        }
    }

    public static void Map(IEndpointRouteBuilder routes)
    {
        var lists = routes
            .MapGroup("/api/price-lists/{facility}")
            .Requires(Permission.ManagePrices);
        lists.MapPut(
            "",
            (string facility, Opening opening, EditPriceDraft edit, CancellationToken cancel) =>
                edit.Open(facility, opening, cancel)
        );
        lists.MapGet(
            "/draft",
            (string facility, EditPriceDraft edit, CancellationToken cancel) =>
                edit.Read(facility, cancel)
        );
        lists.MapPut(
            "/draft/lines",
            async (
                string facility,
                PriceLine line,
                EditPriceDraft edit,
                CancellationToken cancel
            ) =>
            {
                await edit.Run(facility, line, cancel);
                return Results.NoContent();
            }
        );
        lists.MapDelete(
            // In the query, because codes have slashes.
            "/draft/lines",
            async (
                string facility,
                PriceItemKind kind,
                string code,
                EditPriceDraft edit,
                CancellationToken cancel
            ) =>
            {
                await edit.Remove(facility, kind, code, cancel);
                return Results.NoContent();
            }
        );
    }
}
