using System.Globalization;
using Education.LearningRecords.Schools;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Documents;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.LearningRecords.Transcripts;

/// <summary>
/// The học bạ số to read and print. It is drawn from the signed XML and names its fingerprint; what proves is the XML or the shared
/// link, never the paper.
/// </summary>
public sealed class PrintTranscript(ReadTranscript read) : IFeature
{
    private const float QrSide = 62;
    private const float RowHeight = 14;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/education/transcripts/{id:guid}/pdf",
                async (
                    Guid id,
                    string? share,
                    HttpContext http,
                    PrintTranscript feature,
                    CancellationToken cancel
                ) =>
                    Results.File(
                        await feature.Run(id, LinkOf(http, share), cancel),
                        "application/pdf"
                    )
            )
            .Requires(Permission.ReadLearningRecords);

    /// <param name="link">Of a share, which the QR then leads to; null for none.</param>
    public async Task<byte[]> Run(
        Guid id,
        string? link = null,
        CancellationToken cancel = default
    ) => Pdf(await read.Run(id, cancel), link);

    public static byte[] Pdf(TranscriptView view, string? link)
    {
        var content = view.Content;
        using var paper = new Paper(
            $"Học bạ {content.Pupil.Name} {SchoolYear.Title(content.School.Year)}",
            $"Học bạ số {content.Id}",
            watermark: Void(view)
        );
        Head(paper, content, link);
        Year(paper, content);
        Subjects(paper, content);
        Signatures(paper, view);
        return paper.Finish();
    }

    /// <summary>What stands across a paper that does not count.</summary>
    private static string? Void(TranscriptView view) =>
        view.ReplacedBy is not null ? "ĐÃ THAY THẾ"
        : view.State is not TranscriptState.Released ? "CHƯA PHÁT HÀNH"
        : view.IsGood ? null
        : "CHỮ KÍ SAI";

    private static void Head(Paper paper, TranscriptContent content, string? link)
    {
        var top = paper.Y;
        var beside = link is null ? paper.Right : paper.Right - QrSide - 8;
        if (link is not null)
        {
            paper.Qr(link, paper.Right - QrSide, top, QrSide);
        }
        paper.Text(content.School.Name.ToUpper(T.Vietnamese), Ink.Strong, right: beside);
        paper.Text($"Mã trường: {content.School.Code}", Ink.Small, right: beside);
        paper.Text(
            $"Năm học {SchoolYear.Title(content.School.Year)}, lớp {content.School.Class}",
            Ink.Plain,
            right: beside
        );
        paper.Gap(6);
        paper.Text("HỌC BẠ", Ink.Title, Align.Center, right: beside);
        if (link is not null)
        {
            paper.Y = Math.Max(paper.Y, top + QrSide);
        }
        if (content.Replaces is not null)
        {
            paper.Text(
                $"Bản đính chính lần {content.Version - 1}: {content.Why}",
                Ink.Quiet,
                Align.Center
            );
        }
        paper.Gap(4);
        paper.Columns([
            (0, 0.62f, (left, right) => paper.Fact("Họ và tên:", content.Pupil.Name, left, right)),
            (
                0.64f,
                1,
                (left, right) =>
                    paper.Fact(
                        "Giới tính:",
                        content.Pupil.Sex switch
                        {
                            Sex.Male => "Nam",
                            Sex.Female => "Nữ",
                            _ => null,
                        },
                        left,
                        right
                    )
            ),
        ]);
        paper.Columns([
            (
                0,
                0.62f,
                (left, right) =>
                    paper.Fact("Ngày sinh:", content.Pupil.BirthDate?.Text(), left, right)
            ),
            (0.64f, 1, (left, right) => paper.Fact("Mã HS:", content.Pupil.Code, left, right)),
        ]);
    }

    private static void Year(Paper paper, TranscriptContent content)
    {
        paper.Gap(4);
        Row(paper, Ink.Strong, "", "Học kì I", "Học kì II", "Cả năm");
        string? Of(int term, Func<FrozenTerm, string?> what) =>
            content.Terms.Where(known => known.Number == term).Select(what).FirstOrDefault();
        foreach (
            var (label, what, year) in new (string, Func<FrozenTerm, string?>, string?)[]
            {
                ("Học tập", term => term.Learning, content.Learning),
                ("Rèn luyện", term => term.Conduct, content.Conduct),
                (
                    "Số buổi nghỉ",
                    term => term.Absences.ToString(CultureInfo.InvariantCulture),
                    content.Terms.Sum(term => term.Absences).ToString(CultureInfo.InvariantCulture)
                ),
            }
        )
        {
            Row(paper, Ink.Plain, label, Of(1, what), Of(2, what), year);
        }
        paper.Gap(4);
        if (content.Outcome is { } outcome)
        {
            paper.Fact("Kết quả:", $"{outcome.Text} ({content.RuleSet}, Điều {outcome.Article})");
        }
        if (content.Award is { } award)
        {
            paper.Fact("Danh hiệu:", award);
        }
        foreach (var term in content.Terms.Where(term => term.Comment is not null))
        {
            paper.Fact($"Nhận xét học kì {(term.Number == 1 ? "I" : "II")}:", term.Comment);
        }
    }

    private static void Subjects(Paper paper, TranscriptContent content)
    {
        paper.Gap(6);
        Row(paper, Ink.Strong, "Môn học, hoạt động", "ĐTB HK I", "ĐTB HK II", "Cả năm");
        foreach (var subject in content.Subjects)
        {
            Row(
                paper,
                Ink.Plain,
                subject.Name,
                Result(subject, 1),
                Result(subject, 2),
                Points(subject.Year)
            );
        }

        static string? Result(FrozenSubject subject, int term) =>
            Points(subject.Terms.FirstOrDefault(known => known.Number == term)?.Result);
    }

    private static void Signatures(Paper paper, TranscriptView view)
    {
        paper.Gap(8);
        paper.KeepTogether(4 * RowHeight);
        paper.Text("Chữ kí số", Ink.Strong);
        foreach (var signature in view.Signatures)
        {
            paper.Text(
                $"{signature.Number}. {Role(view.Content, signature)}: {signature.Signer}, {signature.At.Text()}{(signature.IsGood ? "" : " – CHỮ KÍ KHÔNG ĐÚNG")}",
                Ink.Small
            );
        }
        paper.Gap(4);
        paper.Text($"Dấu vân tay SHA-256 của tệp XML: {view.Fingerprint}", Ink.Small);
    }

    /// <summary>In Vietnamese whatever the page's language: it is a document.</summary>
    private static string Role(TranscriptContent content, SignatureReading signature) =>
        signature.Role switch
        {
            SignatureRole.Subject =>
                $"GV {content.Subjects.FirstOrDefault(subject => subject.Code == signature.Subject)?.Name}",
            SignatureRole.Homeroom => "GV chủ nhiệm",
            SignatureRole.Principal => "Hiệu trưởng",
            _ => "Phát hành",
        };

    private static void Row(
        Paper paper,
        Ink ink,
        string label,
        string? first,
        string? second,
        string? third
    )
    {
        paper.KeepTogether(RowHeight);
        paper.Columns([
            (0, 0.52f, (left, right) => paper.Text(label, ink, left: left, right: right)),
            (0.52f, 0.68f, (left, right) => Cell(first, left, right)),
            (0.68f, 0.84f, (left, right) => Cell(second, left, right)),
            (0.84f, 1, (left, right) => Cell(third, left, right)),
        ]);

        void Cell(string? text, float left, float right) =>
            paper.Text(text ?? "–", ink, Align.Center, left, right);
    }

    private static string? Points(string? value) => value?.Replace('.', ',');

    private static string? LinkOf(HttpContext http, string? share) =>
        share is null ? null : $"{PublicAddress.Of(http)}/verify/{share}";
}
