using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Documents;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace SharedKernel.Payments.PriceLists;

/// <summary>
/// Takes a workbook as the draft in two steps: it is read and compared first, every wrong cell named; then the difference that
/// was looked at is taken as a whole, or nothing is.
/// </summary>
public sealed class ImportPriceList(PaymentsDb db, EditPriceDraft draft, TimeProvider clock)
    : IFeature
{
    /// <param name="Id">To take it with; null while there are errors.</param>
    /// <param name="Revision">Of the draft that it was compared with.</param>
    public sealed record Preview(
        Guid? Id,
        string FileName,
        int Revision,
        int Lines,
        PriceListDifference Difference,
        IReadOnlyList<CellError> Errors
    );

    /// <summary>The workbook is the whole list: lines that it does not have are gone from the draft when it is taken.</summary>
    public async Task<Preview> Run(
        string facility,
        string fileName,
        Stream file,
        CancellationToken cancel
    )
    {
        await draft.Owner(facility, cancel);
        var sheet = PriceWorkbook.Read(file);
        if (sheet.Errors.Count > 0)
        {
            var now = await draft.Read(facility, cancel);
            return new(null, fileName, now.Revision, sheet.Lines.Count, Nothing, sheet.Errors);
        }
        var upload = new PriceListUpload
        {
            Id = Guid.CreateVersion7(),
            Facility = facility,
            FileName = fileName.Length > 300 ? fileName[^300..] : fileName,
            Lines = JsonSerializer.Serialize(sheet.Lines),
            UploadedAt = clock.GetUtcNow(),
        };
        db.Add(upload);
        await draft.Save(cancel);
        return await Look(facility, upload.Id, cancel);
    }

    /// <summary>The difference between a workbook that was read and the draft as it is now.</summary>
    public async Task<Preview> Look(string facility, Guid id, CancellationToken cancel)
    {
        var now = await draft.Read(facility, cancel);
        var upload = await Upload(facility, id, cancel);
        var lines = LinesOf(upload);
        return new(
            id,
            upload.FileName,
            now.Revision,
            lines.Count,
            PriceListDifference.Between(now.Lines, lines),
            []
        );
    }

    /// <param name="revision">Of the preview: when the draft has changed since, the difference is not the one that was seen.</param>
    public async Task Take(string facility, Guid id, int revision, CancellationToken cancel)
    {
        var owner = await draft.Owner(facility, cancel);
        if (owner.Revision != revision)
        {
            throw new Conflict(
                T.Of(
                    "Bản nháp đã được sửa sau khi bạn xem; hãy xem lại khác biệt.",
                    "The draft was changed after you looked; look at the difference again."
                )
            );
        }
        var upload = await Upload(facility, id, cancel);
        var rows = await db
            .DraftLines.Where(line => line.Facility == facility)
            .ToDictionaryAsync(line => (line.ItemKind, line.Code), cancel);
        foreach (var line in LinesOf(upload))
        {
            if (rows.Remove((line.ItemKind, line.Code), out var row))
            {
                row.Take(line);
            }
            else
            {
                db.Add(DraftLine.Of(facility, line));
            }
        }
        db.RemoveRange(rows.Values);
        db.Remove(upload);
        owner.Revision++;
        await draft.Save(cancel);
    }

    private static PriceListDifference Nothing => new([], [], [], 0);

    private static List<PriceLine> LinesOf(PriceListUpload upload) =>
        JsonSerializer.Deserialize<List<PriceLine>>(upload.Lines)!;

    private async Task<PriceListUpload> Upload(
        string facility,
        Guid id,
        CancellationToken cancel
    ) =>
        await db.Uploads.SingleOrDefaultAsync(
            upload => upload.Id == id && upload.Facility == facility,
            cancel
        ) ?? throw new NotFound($"Upload {id} of the price list of {facility}");

    public static void Map(IEndpointRouteBuilder routes)
    {
        var uploads = routes
            .MapGroup("/api/price-lists/{facility}/draft/uploads")
            .Requires(Permission.ManagePrices);
        uploads
            .MapPost(
                "",
                async (
                    string facility,
                    IFormFile file,
                    ImportPriceList import,
                    CancellationToken cancel
                ) =>
                {
                    await using var content = file.OpenReadStream();
                    return await import.Run(facility, file.FileName, content, cancel);
                }
            )
            // Called with a token; the page's own form goes through the page.
            .DisableAntiforgery()
            .WithMetadata(new RequestSizeLimitAttribute(Workbook.MaximumFileBytes + 65536));
        uploads.MapPost(
            "/{id:guid}/take",
            async (
                string facility,
                Guid id,
                int revision,
                ImportPriceList import,
                CancellationToken cancel
            ) =>
            {
                await import.Take(facility, id, revision, cancel);
                return Results.NoContent();
            }
        );
    }
}
