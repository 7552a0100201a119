using System.Globalization;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;
using SharedKernel.Contracts;

namespace Health.Emr.Prescriptions.National;

/// <summary>The body of <c>gui-don-thuoc</c>, field by field as QĐ 808/QĐ-BYT names them.</summary>
/// <param name="MaDinhDanhYTe">Number of the social insurance, ten digits.</param>
/// <param name="GioiTinh">1 unknown, 2 male, 3 female.</param>
/// <param name="HinhThucDieuTri">1 outpatient (needs verification).</param>
/// <param name="DotDungThuoc">Required for controlled drugs.</param>
/// <param name="NgayTaiKham">Number of days.</param>
public sealed partial record NationalPrescription(
    string LoaiDonThuoc,
    string MaDonThuoc,
    string HoTenBenhNhan,
    string? MaDinhDanhYTe,
    string? MaDinhDanhCongDan,
    string? NgaySinhBenhNhan,
    decimal? CanNang,
    int GioiTinh,
    string? MaSoTheBaoHiemYTe,
    string? ThongTinNguoiGiamHo,
    string? DiaChi,
    IReadOnlyList<NationalPrescription.Diagnosis> ChanDoan,
    string? LuuY,
    string HinhThucDieuTri,
    NationalPrescription.Course? DotDungThuoc,
    IReadOnlyList<NationalPrescription.Drug> ThongTinDonThuoc,
    string? LoiDan,
    string? SoDienThoaiNguoiKhamBenh,
    string? NgayTaiKham,
    string NgayGioKeDon,
    string Signature
)
{
    private const int MostOfAddress = 500;
    private const int MostOfTelephone = 12;

    public sealed record Diagnosis(string? MaChanDoan, string TenChanDoan, string KetLuan);

    public sealed record Course(int Dot, string TuNgay, string DenNgay, int? SoThangThuoc);

    public sealed record Drug(
        string MaThuoc,
        string? BietDuoc,
        string TenThuoc,
        string DonViTinh,
        int SoLuong,
        string CachDung
    );

    public static readonly JsonSerializerOptions Json = new()
    {
        PropertyNamingPolicy = JsonNamingPolicy.SnakeCaseLower,
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    /// <param name="orders">Of the prescription, in the order of the view's lines.</param>
    /// <param name="signature">The detached signature of the signed document.</param>
    public static NationalPrescription Of(
        PrescriptionView view,
        IReadOnlyList<Hl7.Fhir.Model.MedicationRequest> orders,
        string signature
    )
    {
        var day = view.At.VietnamDay();
        var longest = orders.Max(order =>
            (int)(order.DispenseRequest?.ExpectedSupplyDuration?.Value ?? 1)
        );
        return new NationalPrescription(
            view.Class.Letter().ToString(),
            view.Code.ToLowerInvariant(),
            view.PatientName,
            view.Insurance is { Length: 10 or 15 } card ? card[^10..] : null,
            view.PersonalId,
            view.Birth is { } birth
                ? $"{birth.Day ?? 1:00}/{birth.Month ?? 1:00}/{birth.Year:0000}"
                : null,
            view.WeightKg,
            view.Sex switch
            {
                Sex.Male => 2,
                Sex.Female => 3,
                _ => 1,
            },
            view.Insurance,
            view.Accompanying,
            view.Address is { Length: > MostOfAddress } address
                ? address[..MostOfAddress]
                : view.Address,
            [.. view.Diagnoses.Select(one => new Diagnosis(one.Code, one.Text, one.Text))],
            null,
            "1",
            view.Class is ControlClass.Common
                ? null
                : new Course(1, Day(day), Day(day.AddDays(longest - 1)), null),
            [.. orders.Select(DrugOf)],
            view.Advice,
            view.Phone is { Length: <= MostOfTelephone } phone ? phone : null,
            Digits().Match(view.FollowUp ?? "") is { Success: true } days ? days.Value : null,
            view.At.InVietnam().ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture),
            signature
        );
    }

    private static Drug DrugOf(Hl7.Fhir.Model.MedicationRequest order)
    {
        var code = PrescriptionDocument.DrugCodeOf(order) ?? "";
        var quantity = order.DispenseRequest!.Quantity!;
        return new Drug(
            code,
            DrugCatalogue.Find(code)?.Brand,
            (order.Medication as Hl7.Fhir.Model.CodeableConcept)?.Text ?? "",
            quantity.Unit ?? "",
            (int)quantity.Value!.Value,
            order.DosageInstruction.FirstOrDefault()?.Text ?? ""
        );
    }

    private static string Day(DateOnly day) =>
        day.ToString("dd/MM/yyyy", CultureInfo.InvariantCulture);

    [GeneratedRegex(@"\d+")]
    private static partial Regex Digits();
}
