using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;

namespace PrescriptionSandbox;

/// <summary>Every field of gui-don-thuoc as QĐ 808/QĐ-BYT (01/04/2022) has it: there, of its type, not too long.</summary>
public static partial class FieldRules
{
    private static readonly string[] Known =
    [
        "loai_don_thuoc",
        "ma_don_thuoc",
        "ho_ten_benh_nhan",
        "ma_dinh_danh_y_te",
        "ma_dinh_danh_cong_dan",
        "ngay_sinh_benh_nhan",
        "can_nang",
        "gioi_tinh",
        "ma_so_the_bao_hiem_y_te",
        "thong_tin_nguoi_giam_ho",
        "dia_chi",
        "chan_doan",
        "luu_y",
        "hinh_thuc_dieu_tri",
        "dot_dung_thuoc",
        "thong_tin_don_thuoc",
        "loi_dan",
        "so_dien_thoai_nguoi_kham_benh",
        "ngay_tai_kham",
        "ngay_gio_ke_don",
        "signature",
    ];

    /// <returns>What is wrong, in the words of the interface; empty when nothing is.</returns>
    public static IReadOnlyList<string> Check(JsonElement body)
    {
        var errors = new List<string>();
        if (body.ValueKind is not JsonValueKind.Object)
        {
            return ["Nội dung không phải là một đối tượng JSON"];
        }
        foreach (var field in body.EnumerateObject().Where(field => !Known.Contains(field.Name)))
        {
            errors.Add($"Trường {field.Name} không có trong quy định");
        }
        var kind = Text("loai_don_thuoc", required: true);
        Demand(kind is null or "c" or "n" or "h" or "y", "loai_don_thuoc phải là c, n, h hoặc y");
        var code = Text("ma_don_thuoc", required: true);
        Demand(
            code is null || (Code().IsMatch(code) && code[^1..] == kind),
            "ma_don_thuoc phải có 14 ký tự và kết thúc bằng loại đơn"
        );
        Text("ho_ten_benh_nhan", required: true);
        Text("ma_dinh_danh_y_te", most: 10);
        Text("ma_dinh_danh_cong_dan", most: 12);
        Date(
            "ngay_sinh_benh_nhan",
            "dd/MM/yyyy",
            required: body.TryGetProperty("ma_dinh_danh_cong_dan", out _) == false
        );
        Demand(
            !body.TryGetProperty("can_nang", out var weight)
                || (
                    weight.ValueKind is JsonValueKind.Number && weight.GetDecimal() is > 0 and < 500
                )
                || weight.ValueKind is JsonValueKind.String,
            "can_nang phải là số kg"
        );
        Demand(
            body.TryGetProperty("gioi_tinh", out var sex)
                && sex.ValueKind is JsonValueKind.Number
                && sex.GetInt32() is 1 or 2 or 3,
            "gioi_tinh phải là 1 (chưa xác định), 2 (nam) hoặc 3 (nữ)"
        );
        Text("ma_so_the_bao_hiem_y_te");
        Text("thong_tin_nguoi_giam_ho");
        Text("dia_chi", most: 500);
        foreach (var diagnosis in Items("chan_doan"))
        {
            TextOf(diagnosis, "ten_chan_doan", "chan_doan.ten_chan_doan");
        }
        Text("luu_y");
        Text("hinh_thuc_dieu_tri", required: true);
        if (kind is "n" or "h" or "y")
        {
            var hasCourse =
                body.TryGetProperty("dot_dung_thuoc", out var course)
                && course.ValueKind is JsonValueKind.Object;
            Demand(hasCourse, "dot_dung_thuoc bắt buộc với đơn n, h, y");
            if (hasCourse)
            {
                DateOf(course, "tu_ngay", "dd/MM/yyyy");
                DateOf(course, "den_ngay", "dd/MM/yyyy");
            }
        }
        foreach (var drug in Items("thong_tin_don_thuoc"))
        {
            foreach (var name in (string[])["ma_thuoc", "ten_thuoc", "don_vi_tinh", "cach_dung"])
            {
                TextOf(drug, name, $"thong_tin_don_thuoc.{name}");
            }
            Demand(
                drug.TryGetProperty("so_luong", out var quantity)
                    && quantity.ValueKind is JsonValueKind.Number
                    && quantity.GetDecimal() > 0,
                "thong_tin_don_thuoc.so_luong phải là số dương"
            );
        }
        Text("loi_dan");
        Text("so_dien_thoai_nguoi_kham_benh", most: 12);
        Demand(
            Text("ngay_tai_kham") is not { } days || int.TryParse(days, out _),
            "ngay_tai_kham phải là số ngày"
        );
        Date("ngay_gio_ke_don", "yyyy-MM-dd HH:mm:ss", required: true);
        Text("signature", required: true);
        return errors;

        void Demand(bool holds, string otherwise)
        {
            if (!holds)
            {
                errors.Add(otherwise);
            }
        }

        string? Text(string name, bool required = false, int most = int.MaxValue)
        {
            if (!body.TryGetProperty(name, out var value) || value.ValueKind is JsonValueKind.Null)
            {
                Demand(!required, $"{name} bắt buộc");
                return null;
            }
            if (value.ValueKind is not JsonValueKind.String)
            {
                Demand(false, $"{name} phải là chuỗi");
                return null;
            }
            var text = value.GetString()!;
            Demand(text.Length <= most, $"{name} dài quá {most} ký tự");
            Demand(!required || text.Length > 0, $"{name} bắt buộc");
            return text;
        }

        void TextOf(JsonElement parent, string name, string path) =>
            Demand(
                parent.ValueKind is JsonValueKind.Object
                    && parent.TryGetProperty(name, out var value)
                    && value.ValueKind is JsonValueKind.String
                    && value.GetString()!.Length > 0,
                $"{path} bắt buộc"
            );

        IEnumerable<JsonElement> Items(string name)
        {
            var isList =
                body.TryGetProperty(name, out var list)
                && list.ValueKind is JsonValueKind.Array
                && list.GetArrayLength() > 0;
            Demand(isList, $"{name} phải có ít nhất một dòng");
            return isList ? [.. list.EnumerateArray()] : [];
        }

        void Date(string name, string format, bool required = false)
        {
            if (Text(name, required) is { } text)
            {
                Demand(IsDate(text, format), $"{name} phải theo dạng {format}");
            }
        }

        void DateOf(JsonElement parent, string name, string format) =>
            Demand(
                parent.TryGetProperty(name, out var value)
                    && value.ValueKind is JsonValueKind.String
                    && IsDate(value.GetString()!, format),
                $"dot_dung_thuoc.{name} phải theo dạng {format}"
            );
    }

    private static bool IsDate(string text, string format) =>
        DateTime.TryParseExact(
            text,
            format,
            CultureInfo.InvariantCulture,
            DateTimeStyles.None,
            out _
        );

    [GeneratedRegex("^[0-9A-Za-z]{5}[0-9a-z]{7}-[nhcy]$")]
    private static partial Regex Code();
}
