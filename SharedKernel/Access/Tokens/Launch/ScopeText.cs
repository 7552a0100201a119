using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace SharedKernel.Access.Tokens.Launch;

/// <summary>A scope in plain words, for whoever is to allow it.</summary>
internal static class ScopeText
{
    private static readonly Dictionary<string, (string Vietnamese, string English)> Types = new()
    {
        ["*"] = ("toàn bộ hồ sơ bệnh án", "the whole medical record"),
        ["AllergyIntolerance"] = ("dị ứng", "allergies"),
        ["Appointment"] = ("lịch hẹn khám", "appointments"),
        ["CarePlan"] = ("kế hoạch chăm sóc", "care plans"),
        ["Condition"] = ("chẩn đoán và vấn đề sức khỏe", "diagnoses and health problems"),
        ["Coverage"] = ("thẻ bảo hiểm y tế", "health insurance"),
        ["DiagnosticReport"] = ("phiếu kết quả cận lâm sàng", "diagnostic reports"),
        ["DocumentReference"] = ("tài liệu trong hồ sơ", "documents"),
        ["Encounter"] = ("lượt khám và đợt điều trị", "visits and stays"),
        ["Immunization"] = ("tiêm chủng", "vaccinations"),
        ["Medication"] = ("danh mục thuốc", "medications"),
        ["MedicationRequest"] = ("đơn thuốc", "prescriptions"),
        ["MedicationStatement"] = ("thuốc đang dùng", "medication in use"),
        ["Observation"] = (
            "chỉ số, xét nghiệm và dấu hiệu sinh tồn",
            "measurements, laboratory values and vital signs"
        ),
        ["Organization"] = ("thông tin cơ sở", "organisations"),
        ["Patient"] = ("thông tin hành chính của người bệnh", "who the patient is"),
        ["Practitioner"] = ("thông tin nhân viên y tế", "health professionals"),
        ["Procedure"] = ("thủ thuật, phẫu thuật", "procedures"),
        ["ServiceRequest"] = ("chỉ định dịch vụ", "orders"),
    };

    public static string Of(string scope) =>
        scope switch
        {
            "openid" => T.Of("Biết bạn là ai khi đăng nhập", "Know that it is you who signed in"),
            "profile" => T.Of("Xem họ tên của bạn", "See your name"),
            "fhirUser" => T.Of(
                "Biết hồ sơ nhân viên (hoặc công dân) của bạn",
                "Know your own record as staff or citizen"
            ),
            "offline_access" => T.Of(
                "Giữ quyền truy cập khi bạn không dùng ứng dụng (12 giờ, gia hạn khi ứng dụng chạy)",
                "Keep its access while you are away (12 hours, renewed while it runs)"
            ),
            "launch" or "launch/patient" => T.Of(
                "Biết bạn đang mở hồ sơ của người bệnh nào",
                "Know which patient's record is open"
            ),
            "launch/encounter" => T.Of("Biết lượt khám đang mở", "Know which visit is open"),
            _ when SmartScope.TryParse(scope, null, out var smart) => Of(smart),
            _ => T.Of($"Quyền hệ thống: {scope}", $"A permission of this system: {scope}"),
        };

    private static string Of(SmartScope scope)
    {
        var (vietnamese, english) = Types.GetValueOrDefault(
            scope.Resource,
            ($"dữ liệu loại {scope.Resource}", $"data of the type {scope.Resource}")
        );
        var reads = scope.Interactions.Any(letter => letter is 'r' or 's');
        var writes = scope.Interactions.Any(letter => letter is 'c' or 'u' or 'd');
        var verb = (reads, writes) switch
        {
            (true, true) => T.Of("Xem và sửa", "Read and change"),
            (_, true) => T.Of("Ghi", "Write"),
            _ => T.Of("Xem", "Read"),
        };
        var whose = scope.Context switch
        {
            "patient" => T.Of("của người bệnh này", "of this patient"),
            "user" => T.Of(
                "của mọi người bệnh mà bạn được xem",
                "of every patient whom you may see"
            ),
            _ => T.Of("của mọi người bệnh", "of every patient"),
        };
        var narrowed = scope.Query is null
            ? ""
            : T.Of($", chỉ phần có {scope.Query}", $", only where {scope.Query}");
        return $"{verb} {T.Of(vietnamese, english)} {whose}{narrowed}";
    }
}
