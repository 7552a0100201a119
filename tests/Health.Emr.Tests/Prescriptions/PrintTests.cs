using System.Diagnostics;
using System.Text;
using Health.Emr.Prescriptions;
using SharedKernel.Contracts;

namespace Health.Emr.Tests.Prescriptions;

public sealed class PrintTests
{
    private static readonly PrescriptionView View = new(
        "40151a1b2c3d-c",
        ControlClass.Common,
        "Trạm Y tế xã An Hòa",
        "Xã An Hòa, tỉnh Nghệ An",
        "1",
        "Nguyễn Thị Thu Hà",
        PartialDate.Parse("2022-01-15"),
        58,
        Sex.Female,
        "040322912345",
        "GD4404012345678",
        "Xóm 3, xã An Hòa, tỉnh Nghệ An",
        "0912345678",
        15.5m,
        "Trần Thị Mai (mẹ)",
        [
            new("J06.9", "Nhiễm trùng đường hô hấp trên cấp, không phân loại"),
            new("J45.9", "Hen, không phân loại"),
        ],
        [
            new(
                "Paracetamol 250 mg",
                "09 gói",
                "Uống: mỗi lần 1 gói, ngày 3 lần, khi sốt trên 38,5 °C, trong 3 ngày",
                []
            ),
            new(
                "Augmentin (Amoxicillin + Acid clavulanic) 875 mg + 125 mg",
                "14 viên",
                "Uống: mỗi lần 1 viên, ngày 2 lần, đầu bữa ăn, trong 7 ngày",
                []
            ),
        ],
        "Uống nhiều nước; đưa trẻ khám lại ngay nếu khó thở.",
        "Khám lại sau 7 ngày (30/11/2026); mang theo đơn này.",
        "BS. Lê Minh Đức",
        new(2026, 11, 23, 9, 15, 0, VietnamTime.Offset),
        null
    );

    [Theory]
    [InlineData(PrescriptionState.Signed)]
    [InlineData(PrescriptionState.Replaced)]
    public void Says_what_the_form_asks_for(PrescriptionState state)
    {
        var text = TextOf(PrintPrescription.Pdf(View, state, "BS. Lê Minh Đức"));
        Assert.All(
            [
                "TRẠM Y TẾ XÃ AN HÒA",
                "40151a1b2c3d-c",
                "ĐƠN THUỐC",
                "Nguyễn Thị Thu Hà",
                "58 tháng tuổi",
                "15,5 kg",
                "040322912345",
                "Trần Thị Mai",
                "J06.9",
                "Paracetamol 250 mg",
                "09 gói",
                "Cộng: 02 khoản",
                "BS. Lê Minh Đức",
                "Trang 1/1",
            ],
            expected => Assert.Contains(expected, text)
        );
        Assert.Equal(state is PrescriptionState.Replaced, text.Contains("ĐÃ THAY THẾ"));
    }

    [Fact]
    public void A_long_one_goes_on_numbered_pages()
    {
        var many = View with { Lines = [.. Enumerable.Repeat(View.Lines[1], 25)] };
        var pdf = PrintPrescription.Pdf(many, PrescriptionState.Signed, "x");
        var text = TextOf(pdf);
        var pages = text.Split('\f', StringSplitOptions.RemoveEmptyEntries);
        Assert.InRange(pages.Length, 2, 5);
        for (var i = 0; i < pages.Length; i++)
        {
            Assert.Contains($"Trang {i + 1}/{pages.Length}", pages[i]);
            Assert.Contains("Mã đơn 40151a1b2c3d-c", pages[i]);
        }
        Assert.Contains("25.", text);
    }

    /// <summary>As a reader of the file sees it, by poppler's pdftotext.</summary>
    private static string TextOf(byte[] pdf)
    {
        var folder = Directory.CreateTempSubdirectory("records-pdf-").FullName;
        try
        {
            var file = Path.Combine(folder, "x.pdf");
            File.WriteAllBytes(file, pdf);
            using var process = Start(file);
            Assert.SkipWhen(process is null, "pdftotext (poppler-utils) is not installed.");
            var text = process.StandardOutput.ReadToEnd();
            process.WaitForExit();
            return text.Normalize();
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static Process? Start(string file)
    {
        try
        {
            return Process.Start(
                new ProcessStartInfo("pdftotext", ["-layout", file, "-"])
                {
                    RedirectStandardOutput = true,
                    StandardOutputEncoding = Encoding.UTF8,
                }
            );
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return null;
        }
    }
}
