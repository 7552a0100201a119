using SharedKernel.Contracts;
using SharedKernel.Documents;
using SharedKernel.Ui;

namespace Health.Emr.Papers;

/// <summary>The paper as PDF: the facility and a QR of the code at the head, who it is about, the form's fields, the signature.</summary>
public static class PaperPdf
{
    private const float QrSide = 56;
    private const float SignatureHeight = 84;

    public static byte[] Of(ReadPaper.Result read)
    {
        var view = read.View;
        using var paper = new Paper(
            $"{view.Title} {view.Code}",
            $"Số {view.Code}",
            watermark: read.Holds ? null : "ĐÃ HỦY"
        );
        Head(paper, view);
        Person(paper, view);
        foreach (var (label, text) in view.Fields)
        {
            paper.Fact($"{label}:", text);
        }
        Foot(paper, view, read.Signature.IsGood ? read.Signature.Signer : null);
        return paper.Finish();
    }

    private static void Head(Paper paper, PaperView view)
    {
        var top = paper.Y;
        var beside = paper.Right - QrSide - 8;
        paper.Qr(view.Code, paper.Right - QrSide, top, QrSide);
        paper.Text(view.Facility.ToUpperInvariant(), Ink.Strong, right: beside);
        if (view.FacilityAddress is { } address)
        {
            paper.Text(address, Ink.Small, right: beside);
        }
        paper.Text($"Số: {view.Code}", Ink.Plain, right: beside);
        paper.Y = Math.Max(paper.Y, top + QrSide - 10);
        paper.Gap(4);
        paper.Text("CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM", Ink.Strong, Align.Center);
        paper.Text("Độc lập – Tự do – Hạnh phúc", Ink.Strong, Align.Center);
        paper.Gap(6);
        paper.Text(view.Title.ToUpperInvariant(), Ink.Title with { Size = 13 }, Align.Center);
        paper.Gap(6);
    }

    private static void Person(Paper paper, PaperView view)
    {
        var sex = view.Sex switch
        {
            Sex.Male => "Nam",
            Sex.Female => "Nữ",
            _ => null,
        };
        paper.Fact("Họ và tên:", view.PatientName.ToUpperInvariant());
        paper.Columns([
            (0, 0.5f, (left, right) => paper.Fact("Ngày sinh:", view.Birth?.Text(), left, right)),
            (0.52f, 1, (left, right) => paper.Fact("Giới tính:", sex, left, right)),
        ]);
        paper.Columns([
            (0, 0.5f, (left, right) => paper.Fact("Số định danh:", view.PersonalId, left, right)),
            (0.52f, 1, (left, right) => paper.Fact("Thẻ BHYT:", view.Insurance, left, right)),
        ]);
        paper.Fact("Nơi cư trú:", view.Address);
        paper.Fact("Chẩn đoán:", string.Join("; ", view.Diagnoses));
    }

    private static void Foot(Paper paper, PaperView view, string? signer)
    {
        paper.Gap(8);
        paper.KeepTogether(SignatureHeight);
        var left = paper.Left + paper.Width * 0.5f;
        void Line(string text, Ink ink) => paper.Text(text, ink, Align.Center, left, paper.Right);
        Line($"Ngày {view.At:dd} tháng {view.At:MM} năm {view.At:yyyy}", Ink.Quiet);
        Line("Bác sĩ điều trị", Ink.Strong);
        if (signer is not null)
        {
            paper.Gap(3);
            Line($"Đã ký số: {signer}", Ink.Small);
            Line($"lúc {view.At:HH:mm:ss dd/MM/yyyy}", Ink.Small);
            paper.Gap(3);
        }
        else
        {
            paper.Gap(30);
        }
        Line(view.Doctor, Ink.Strong);
    }
}
