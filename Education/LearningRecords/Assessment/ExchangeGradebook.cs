using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Documents;
using SharedKernel.Modules;

namespace Education.LearningRecords.Assessment;

/// <summary>
/// A gradebook as an Excel file, out; and a file compared with the gradebook, in. Comparing writes nothing: what it found is sent to
/// <see cref="EnterMarks"/>, where versions, locks and reasons count as for typed marks.
/// </summary>
public sealed class ExchangeGradebook(OpenGradebook gradebooks) : IFeature
{
    public const string Mime = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

    public static void Map(IEndpointRouteBuilder routes)
    {
        const string path = "/education/classes/{id:guid}/gradebook/{subject}/xlsx";
        routes
            .MapGet(
                path,
                async (
                    Guid id,
                    string subject,
                    int term,
                    OpenGradebook gradebooks,
                    CancellationToken cancel
                ) =>
                {
                    var book = await gradebooks.Run(id, subject, term, cancel);
                    return Results.File(
                        GradebookWorkbook.Write(book),
                        Mime,
                        $"so-diem-{book.ClassName}-{subject}-HK{term}.xlsx"
                    );
                }
            )
            .Requires(Permission.ReadLearningRecords);
        routes
            .MapPost(
                path,
                async (
                    Guid id,
                    string subject,
                    int term,
                    IFormFile file,
                    ExchangeGradebook feature,
                    CancellationToken cancel
                ) =>
                {
                    await using var content = file.OpenReadStream();
                    return await feature.Run(id, subject, term, content, cancel);
                }
            )
            .Requires(Permission.WriteMarks)
            // Called with a token; the page's own form goes through the page.
            .DisableAntiforgery()
            .WithMetadata(new RequestSizeLimitAttribute(Workbook.MaximumFileBytes + 65536));
    }

    /// <param name="file">Seekable.</param>
    /// <exception cref="InvalidInput">It is no workbook, or has no table of marks.</exception>
    public async Task<GradebookDifference> Run(
        Guid classId,
        string subject,
        int term,
        Stream file,
        CancellationToken cancel = default
    ) => GradebookWorkbook.Compare(file, await gradebooks.Run(classId, subject, term, cancel));
}
