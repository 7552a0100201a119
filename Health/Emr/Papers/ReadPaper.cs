using System.Text;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Documents.Signing;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Papers;

/// <summary>A signed paper by its code, as it was signed, with the verdict on its signature; and its withdrawal.</summary>
public sealed class ReadPaper(FhirSession fhir, SigningKeys keys) : IFeature
{
    /// <param name="Holds">Whether it was not withdrawn.</param>
    public sealed record Result(
        PaperView View,
        bool Holds,
        SignatureCheck Signature,
        string EncounterId
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/health/papers/{code}/pdf",
                async (ReadPaper feature, string code, CancellationToken cancel) =>
                    Results.File(
                        PaperPdf.Of(await feature.Run(code, cancel)),
                        "application/pdf",
                        fileDownloadName: null
                    )
            )
            .Requires(Permission.ReadHealthRecords);
        routes
            .MapDelete(
                "/health/papers/{code}",
                async (ReadPaper feature, string code, CancellationToken cancel) =>
                {
                    await feature.Withdraw(code, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.SignPrescriptions);
    }

    /// <exception cref="NotFound">There is no paper of this code.</exception>
    public async Task<Result> Run(string code, CancellationToken cancel = default)
    {
        var document = await Find(code, cancel);
        var signed = Data(document, "application/fhir+json");
        return new(
            PaperDocument.Read(signed),
            document.Status is DocumentReferenceStatus.Current,
            DetachedJws.Verify(
                signed,
                Encoding.ASCII.GetString(Data(document, DetachedJws.MediaType)),
                keys.Trusted()
            ),
            VnCore.IdOf(document.Context!.Encounter[0])!
        );
    }

    /// <exception cref="Conflict">It was withdrawn already.</exception>
    public async Task Withdraw(string code, CancellationToken cancel = default)
    {
        var document = await Find(code, cancel);
        if (document.Status is not DocumentReferenceStatus.Current)
        {
            throw new Conflict(T.Of("Giấy này đã hủy.", "This paper was withdrawn already."));
        }
        document.Status = DocumentReferenceStatus.EnteredInError;
        var changes = new FhirChanges();
        changes.Update(document, document.Meta?.VersionId);
        await fhir.Commit(changes, cancel);
    }

    private async Task<DocumentReference> Find(string code, CancellationToken cancel) =>
        PaperDocument.IsCode(code)
        && await fhir.Read<DocumentReference>(code, cancel) is { } document
            ? document
            : throw new NotFound($"Paper {code}");

    private static byte[] Data(DocumentReference document, string type) =>
        document
            .Content.First(content => content.Attachment?.ContentType == type)
            .Attachment!.Data!;
}
