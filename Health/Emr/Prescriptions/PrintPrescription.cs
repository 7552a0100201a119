using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Documents;
using SharedKernel.Modules;

namespace Health.Emr.Prescriptions;

/// <summary>
/// The prescription on paper, after the ministry's forms (TT 26/2025/TT-BYT, annexes I common, II “N”, III “H”): A5, pages numbered,
/// the code also as a QR. It is printed from the document that was signed.
/// </summary>
public sealed class PrintPrescription(ReadPrescription read) : IFeature
{
    private const float QrSide = 62;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/health/prescriptions/{code}/pdf",
                async (PrintPrescription feature, string code, CancellationToken cancel) =>
                    Results.File(
                        await feature.Run(code, cancel),
                        "application/pdf",
                        fileDownloadName: null
                    )
            )
            .Requires(Permission.ReadHealthRecords);

    public async Task<byte[]> Run(string code, CancellationToken cancel = default)
    {
        var prescription = await read.Run(code, cancel);
        return Pdf(
            prescription.View,
            prescription.State,
            prescription.Signature.IsGood ? prescription.Signature.Signer : null
        );
    }

    /// <param name="signer">Of a good signature; null when it is not.</param>
    public static byte[] Pdf(PrescriptionView view, PrescriptionState state, string? signer)
    {
        using var paper = new Paper(
            $"{view.Class.FormTitle()} {view.Code}",
            $"Mã đơn {view.Code}",
            watermark: Void(state)
        );
        Head(paper, view, state);
        Patient(paper, view);
        Drugs(paper, view);
        Foot(paper, view, signer);
        return paper.Finish();
    }

    /// <summary>What stands across a paper that must not be used.</summary>
    private static string? Void(PrescriptionState state) =>
        state switch
        {
            PrescriptionState.Replaced => "ĐÃ THAY THẾ",
            PrescriptionState.Cancelled => "ĐÃ HỦY",
            _ => null,
        };

    private static void Head(Paper paper, PrescriptionView view, PrescriptionState state)
    {
        var top = paper.Y;
        var beside = paper.Right - QrSide - 8;
        paper.Qr(view.Code, paper.Right - QrSide, top, QrSide);
        paper.Text(view.Facility.ToUpperInvariant(), Ink.Strong, right: beside);
        if (view.FacilityAddress is { } address)
        {
            paper.Text(address, Ink.Small, right: beside);
        }
        paper.Text($"Mã đơn thuốc: {view.Code}", Ink.Plain, right: beside);
        if (view.Replaces is { } old)
        {
            paper.Text($"Thay thế đơn: {old}", Ink.Plain, right: beside);
        }
        paper.Y = Math.Max(paper.Y, top + QrSide - 14);
        paper.Text(view.Class.FormTitle(), Ink.Title, Align.Center);
        if (Void(state) is { } notice)
        {
            paper.Text(notice, Ink.Strong, Align.Center);
        }
        paper.Gap(4);
    }

    private static void Patient(Paper paper, PrescriptionView view)
    {
        paper.Columns([
            (0, 0.62f, (left, right) => paper.Fact("Họ tên:", view.PatientName, left, right)),
            (0.64f, 1, (left, right) => paper.Fact("Tuổi:", view.Age, left, right)),
        ]);
        paper.Columns([
            (0, 0.34f, (left, right) => paper.Fact("Ngày sinh:", Day(view.Birth), left, right)),
            (
                0.36f,
                0.62f,
                (left, right) => paper.Fact("Giới tính:", SexText(view.Sex), left, right)
            ),
            (
                0.64f,
                1,
                (left, right) => paper.Fact("Cân nặng:", Weight(view.WeightKg), left, right)
            ),
        ]);
        paper.Fact("Số định danh cá nhân/hộ chiếu:", view.PersonalId);
        if (view.Insurance is { } insurance)
        {
            paper.Fact("Số thẻ bảo hiểm y tế:", insurance);
        }
        paper.Fact("Nơi cư trú:", view.Address);
        if (view.Accompanying is { } accompanying)
        {
            paper.Fact("Người đưa trẻ đến khám:", accompanying);
        }
        paper.Fact(
            "Chẩn đoán:",
            string.Join("; ", view.Diagnoses.Select(one => $"{one.Text} ({one.Code})"))
        );
        paper.Gap(3);
    }

    private static void Drugs(Paper paper, PrescriptionView view)
    {
        paper.Text("Thuốc điều trị:", Ink.Strong);
        for (var i = 0; i < view.Lines.Count; i++)
        {
            var line = view.Lines[i];
            paper.KeepTogether(34);
            var number = $"{i + 1}.";
            paper.Columns([
                (
                    0,
                    0.05f,
                    (left, right) => paper.Text(number, Ink.Strong, left: left, right: right)
                ),
                (
                    0.05f,
                    0.64f,
                    (left, right) => paper.Text(line.Name, Ink.Strong, left: left, right: right)
                ),
                (
                    0.66f,
                    1,
                    (left, right) =>
                        paper.Text($"SL: {line.Quantity}", Ink.Strong, Align.Right, left, right)
                ),
            ]);
            var indent = paper.Left + 0.05f * paper.Width;
            paper.Text(line.Directions, Ink.Quiet, left: indent);
            foreach (var batch in line.Batches)
            {
                paper.Text(batch, Ink.Small, left: indent);
            }
            paper.Gap(2);
        }
        paper.Text(
            $"Cộng: {QuantityText.Digits(view.Lines.Count)} khoản ({VietnameseNumber.InWords(view.Lines.Count)} khoản)",
            Ink.Plain
        );
        paper.Gap(3);
        if (view.Advice is { } advice)
        {
            paper.Fact("Lời dặn:", advice);
        }
        if (view.FollowUp is { } followUp)
        {
            paper.Text(followUp, Ink.Plain);
        }
    }

    private static void Foot(Paper paper, PrescriptionView view, string? signer)
    {
        const float blockHeight = 96;
        paper.Gap(6);
        paper.KeepTogether(blockHeight);
        paper.Columns([
            (
                0,
                0.48f,
                (left, right) =>
                {
                    paper.Text(
                        $"Đơn có giá trị mua, lĩnh thuốc lần đầu trong {QuantityText.Digits(PrescriptionValidity.DaysToBuy(view.At.VietnamDay()))} ngày kể từ ngày kê đơn.",
                        Ink.Small,
                        left: left,
                        right: right
                    );
                    paper.Text(
                        "Khám lại xin mang theo đơn này.",
                        Ink.Small,
                        left: left,
                        right: right
                    );
                    if (view.Phone is { } phone)
                    {
                        paper.Text(
                            $"Điện thoại người bệnh: {phone}",
                            Ink.Small,
                            left: left,
                            right: right
                        );
                    }
                    if (view.Class is ControlClass.Narcotic)
                    {
                        paper.Gap(4);
                        paper.Text(
                            "Người nhận thuốc (ký, ghi rõ họ tên,",
                            Ink.Small,
                            left: left,
                            right: right
                        );
                        paper.Text("số định danh cá nhân)", Ink.Small, left: left, right: right);
                    }
                }
            ),
            (
                0.5f,
                1,
                (left, right) =>
                {
                    var at = view.At.InVietnam();
                    paper.Text(
                        $"Ngày {at:dd} tháng {at:MM} năm {at:yyyy}",
                        Ink.Quiet,
                        Align.Center,
                        left,
                        right
                    );
                    paper.Text("Bác sĩ khám bệnh", Ink.Strong, Align.Center, left, right);
                    if (signer is not null)
                    {
                        paper.Gap(3);
                        paper.Text($"Đã ký số: {signer}", Ink.Small, Align.Center, left, right);
                        paper.Text(
                            $"lúc {at:HH:mm:ss dd/MM/yyyy}",
                            Ink.Small,
                            Align.Center,
                            left,
                            right
                        );
                        paper.Gap(3);
                    }
                    else
                    {
                        paper.Gap(32);
                    }
                    paper.Text(view.Doctor, Ink.Strong, Align.Center, left, right);
                }
            ),
        ]);
    }

    private static string? Day(PartialDate? date) =>
        date is { } known ? SharedKernel.Ui.Formats.Text(known) : null;

    private static string? Weight(decimal? kilograms) =>
        kilograms is { } known
            ? $"{known.ToString("0.##", SharedKernel.Ui.T.Vietnamese)} kg"
            : null;

    /// <summary>The paper is Vietnamese whatever language the page is read in.</summary>
    private static string SexText(Sex sex) =>
        sex switch
        {
            Sex.Male => "Nam",
            Sex.Female => "Nữ",
            _ => "Chưa xác định",
        };
}
