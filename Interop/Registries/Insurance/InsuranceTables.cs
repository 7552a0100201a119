using System.Globalization;

namespace Interop.Registries.Insurance;

public enum ClaimFieldType
{
    Text,
    Number,

    /// <summary>yyyyMMdd.</summary>
    Day,

    /// <summary>yyyyMMddHHmm.</summary>
    Minute,
}

/// <param name="Max">Most characters; null for any number.</param>
/// <param name="Required">As <see cref="InsuranceTables"/> says: empty, <c>x</c>, <c>if …</c>, <c>unless …</c>.</param>
/// <param name="Checks">Further checks: <c>&gt;=FIELD</c>, <c>in:1,2</c>, <c>re:…</c>, <c>xml1</c> (as in XML1).</param>
public sealed record ClaimField(
    string Table,
    string Name,
    ClaimFieldType Type,
    int? Max,
    string Required,
    IReadOnlyList<string> Checks
);

/// <param name="Path">Elements from the root to the one that holds a row's fields.</param>
public sealed record ClaimTable(string Name, string Vietnamese, IReadOnlyList<string> Path);

/// <summary>
/// The tables XML0–XML15 of QĐ 130/QĐ-BYT 2023 as amended by QĐ 4750/QĐ-BYT 2023, QĐ 3176/QĐ-BYT 2024 and QĐ 1931/QĐ-BYT 2026: which fields in which order, by the day on which the case
/// ended. The rows lie in <c>Data/xml-fields.tsv</c>; another decision is other rows there.
/// </summary>
public static class InsuranceTables
{
    private sealed record Row(DateOnly From, DateOnly? To, ClaimField Field);

    private static readonly Lazy<IReadOnlyList<Row>> Rows = new(Load);

    /// <summary>In the order in which an envelope holds them.</summary>
    public static IReadOnlyList<ClaimTable> All { get; } =
    [
        new(
            "XML0",
            "Trạng thái khám, chữa bệnh",
            ["CHI_TIEU_TRANG_THAI_KCB", "DSACH_TRANG_THAI_KCB", "TRANG_THAI_KCB"]
        ),
        new("XML1", "Tổng hợp", ["TONG_HOP"]),
        new("XML2", "Thuốc", ["CHITIEU_CHITIET_THUOC", "DSACH_CHI_TIET_THUOC", "CHI_TIET_THUOC"]),
        new(
            "XML3",
            "Dịch vụ kỹ thuật và vật tư",
            ["CHITIEU_CHITIET_DVKT_VTYT", "DSACH_CHI_TIET_DVKT", "CHI_TIET_DVKT"]
        ),
        new(
            "XML4",
            "Cận lâm sàng",
            ["CHITIEU_CHITIET_DICHVUCANLAMSANG", "DSACH_CHI_TIET_CLS", "CHI_TIET_CLS"]
        ),
        new(
            "XML5",
            "Diễn biến lâm sàng",
            [
                "CHITIEU_CHITIET_DIENBIENLAMSANG",
                "DSACH_CHI_TIET_DIEN_BIEN_BENH",
                "CHI_TIET_DIEN_BIEN_BENH",
            ]
        ),
        new(
            "XML6",
            "HIV/AIDS",
            [
                "CHI_TIEU_HO_SO_BENH_AN_CHAM_SOC_VA_DIEU_TRI_HIV_AIDS",
                "DSACH_HO_SO_BENH_AN_CHAM_SOC_VA_DIEU_TRI_HIV_AIDS",
                "HO_SO_BENH_AN_CHAM_SOC_VA_DIEU_TRI_HIV_AIDS",
            ]
        ),
        new("XML7", "Giấy ra viện", ["CHI_TIEU_DU_LIEU_GIAY_RA_VIEN"]),
        new("XML8", "Tóm tắt hồ sơ bệnh án", ["CHI_TIEU_DU_LIEU_TOM_TAT_HO_SO_BENH_AN"]),
        new(
            "XML9",
            "Giấy chứng sinh",
            ["CHI_TIEU_DU_LIEU_GIAY_CHUNG_SINH", "DSACH_GIAYCHUNGSINH", "DU_LIEU_GIAY_CHUNG_SINH"]
        ),
        new("XML10", "Giấy nghỉ dưỡng thai", ["CHI_TIEU_DU_LIEU_GIAY_NGHI_DUONG_THAI"]),
        new(
            "XML11",
            "Giấy nghỉ việc hưởng BHXH",
            ["CHI_TIEU_DU_LIEU_GIAY_CHUNG_NHAN_NGHI_VIEC_HUONG_BAO_HIEM_XA_HOI"]
        ),
        new("XML12", "Giám định y khoa", ["CHI_TIEU_DU_LIEU_GIAM_DINH_Y_KHOA"]),
        new("XML13", "Giấy chuyển tuyến", ["CHI_TIEU_GIAYCHUYENTUYEN"]),
        new("XML14", "Giấy hẹn khám lại", ["CHI_TIEU_GIAYHEN_KHAMLAI"]),
        new(
            "XML15",
            "Điều trị bệnh lao",
            ["CHI_TIEU_DIEUTRI_BENHLAO", "DSACH_CHITIET_DIEUTRI_BENHLAO", "CHITIET_DIEUTRI_BENHLAO"]
        ),
    ];

    public static ClaimTable Get(string table) => All.Single(one => one.Name == table);

    /// <summary>The fields of a table in their order, as they were on <paramref name="day"/>.</summary>
    public static IReadOnlyList<ClaimField> FieldsOn(string table, DateOnly day) =>
        [
            .. Rows
                .Value.Where(row =>
                    row.Field.Table == table && row.From <= day && (row.To is null || day <= row.To)
                )
                .Select(row => row.Field),
        ];

    private static List<Row> Load()
    {
        using var stream = typeof(InsuranceTables).Assembly.GetManifestResourceStream(
            "Insurance.xml-fields.tsv"
        )!;
        using var text = new StreamReader(stream);
        var rows = new List<Row>();
        while (text.ReadLine() is { } line)
        {
            if (line.StartsWith('#'))
            {
                continue;
            }
            var cells = line.Split('\t');
            var field = new ClaimField(
                cells[2],
                cells[3],
                cells[4] switch
                {
                    "n" => ClaimFieldType.Number,
                    "d8" => ClaimFieldType.Day,
                    "d12" => ClaimFieldType.Minute,
                    _ => ClaimFieldType.Text,
                },
                cells[5].Length == 0 ? null : int.Parse(cells[5], CultureInfo.InvariantCulture),
                cells[6],
                cells[7].Split(' ', StringSplitOptions.RemoveEmptyEntries)
            );
            rows.Add(new(Day(cells[0])!.Value, Day(cells[1]), field));
        }
        return rows;
    }

    private static DateOnly? Day(string text) =>
        text.Length == 0
            ? null
            : DateOnly.ParseExact(text, "yyyy-MM-dd", CultureInfo.InvariantCulture);
}

/// <summary>One row of a table; a field that is not there is empty.</summary>
public sealed class ClaimRow
{
    private readonly Dictionary<string, string> values = [];

    public string? this[string field]
    {
        get => values.GetValueOrDefault(field);
        set
        {
            if (value is { Length: > 0 })
            {
                values[field] = value;
            }
            else
            {
                values.Remove(field);
            }
        }
    }

    /// <summary>Null when it is empty or no number.</summary>
    public decimal? Number(string field) =>
        decimal.TryParse(
            this[field],
            NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
            CultureInfo.InvariantCulture,
            out var number
        )
            ? number
            : null;

    /// <summary>As the annex writes numbers: a point, no thousands, no zeros at the end.</summary>
    public void Set(string field, decimal? number) =>
        this[field] = number?.ToString("0.###", CultureInfo.InvariantCulture);
}

/// <summary>All tables of one case.</summary>
/// <param name="Facility">5-character code (MA_CSKCB).</param>
/// <param name="Ended">The day by which rules are picked.</param>
/// <param name="Gaps">What a table lacks because the records do not tell: <c>XML1.CAN_NANG</c> with the reason.</param>
public sealed record ClaimCase(
    string Facility,
    DateOnly Ended,
    IReadOnlyDictionary<string, IReadOnlyList<ClaimRow>> Tables,
    IReadOnlyList<string> Gaps
)
{
    public IReadOnlyList<ClaimRow> Rows(string table) =>
        Tables.TryGetValue(table, out var rows) ? rows : [];
}
