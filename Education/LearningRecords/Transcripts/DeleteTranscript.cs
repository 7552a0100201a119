using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Transcripts;

/// <summary>Takes away a học bạ số that is not released yet, with its signatures, so that it can be made anew. A released one stays for good.</summary>
public sealed class DeleteTranscript(LearningRecordsDb db, SchoolAccess access, IAudit audit)
    : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapDelete(
                "/education/transcripts/{id:guid}",
                async (Guid id, DeleteTranscript feature, CancellationToken cancel) =>
                {
                    await feature.Run(id, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteMarks);

    /// <exception cref="Conflict">It is released, or was signed at the same moment.</exception>
    public async Task Run(Guid id, CancellationToken cancel = default)
    {
        var transcript =
            await db
                .Transcripts.Include(known => known.Signers)
                .FirstOrDefaultAsync(known => known.Id == id, cancel)
            ?? throw new NotFound($"Transcript {id}");
        var schoolClass = await access.Class(transcript.ClassId, Permission.WriteMarks, cancel);
        if (!await access.MayWriteConduct(schoolClass, cancel))
        {
            await access.Refuse(Permission.WriteMarks, $"Transcript/{id}", transcript.StudentId);
        }
        if (transcript.State is TranscriptState.Released)
        {
            throw new Conflict(
                T.Of(
                    "Học bạ đã phát hành không xóa được; hãy lập bản đính chính.",
                    "A released transcript cannot be deleted; make a corrected version."
                )
            );
        }
        db.RemoveRange(transcript.Signers);
        db.Remove(transcript);
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateConcurrencyException)
        {
            throw new Conflict(
                T.Of(
                    "Người khác vừa kí hoặc xóa học bạ này; hãy tải lại trang.",
                    "Somebody else has just signed or deleted it; load the page again."
                )
            );
        }
        await audit.Record(
            access.Caller,
            new(AuditAction.Delete, $"Transcript/{id}", [transcript.StudentId.ToString()]),
            cancel
        );
    }
}
