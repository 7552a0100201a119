using SharedKernel.Ui;

namespace Health.Emr.Papers;

/// <param name="Key">Of the form field and of the document's section.</param>
/// <param name="Type"><c>text</c>, <c>long</c>, <c>date</c>, or <c>choice</c>.</param>
public sealed record PaperField(
    string Key,
    string Vietnamese,
    string English,
    string Type = "text",
    bool Required = false,
    IReadOnlyList<string>? Choices = null
)
{
    public string Label => T.Of(Vietnamese, English);
}

/// <summary>
/// One of the papers that a visit ends with. Titles and fields follow the forms of the circulars named; they were not compared with the official
/// gazette yet (needs verification).
/// </summary>
/// <param name="Letter">Last letter of its code.</param>
/// <param name="Title">As it stands on the paper, which is Vietnamese in any language of the page.</param>
/// <param name="Loinc">Type of document where LOINC has one.</param>
/// <param name="Source">The law whose form it is.</param>
public sealed record PaperForm(
    string Kind,
    char Letter,
    string Title,
    string English,
    string? Loinc,
    string Source,
    IReadOnlyList<PaperField> Fields
)
{
    public string Name => T.Of(Title, English);

    public static readonly IReadOnlyList<PaperForm> All =
    [
        new(
            "referral",
            'c',
            "Phiếu chuyển cơ sở khám bệnh, chữa bệnh",
            "Referral to another facility",
            "57133-1",
            "TT 01/2025/TT-BYT",
            [
                new("to", "Kính gửi (cơ sở nhận)", "To (receiving facility)", Required: true),
                new("findings", "Dấu hiệu lâm sàng", "Clinical signs", "long", Required: true),
                new("results", "Kết quả cận lâm sàng", "Results of tests", "long"),
                new("treatment", "Phương pháp, thuốc đã dùng", "Treatment given", "long"),
                new("condition", "Tình trạng lúc chuyển", "Condition now", Required: true),
                new(
                    "reason",
                    "Lý do chuyển",
                    "Reason",
                    "choice",
                    Required: true,
                    [
                        "Đủ điều kiện chuyển cơ sở theo yêu cầu chuyên môn",
                        "Theo yêu cầu của người bệnh hoặc đại diện hợp pháp",
                    ]
                ),
                new("plan", "Hướng điều trị", "Plan", "long"),
                new("transport", "Phương tiện vận chuyển", "Transport"),
                new("escort", "Người hộ tống (họ tên, chức danh)", "Escort (name, post)"),
            ]
        ),
        new(
            "follow-up",
            'k',
            "Phiếu hẹn khám lại",
            "Appointment for a follow-up",
            null,
            "TT 01/2025/TT-BYT",
            [
                new("date", "Hẹn khám lại ngày", "Come again on", "date", Required: true),
                new("reason", "Nội dung hẹn", "What for", Required: true),
                new("advice", "Lời dặn", "Advice", "long"),
            ]
        ),
        new(
            "sick-leave",
            'h',
            "Giấy chứng nhận nghỉ việc hưởng bảo hiểm xã hội",
            "Certificate of sick leave",
            null,
            "TT 25/2025/TT-BYT",
            [
                new("employer", "Đơn vị làm việc", "Employer", Required: true),
                new("socialNumber", "Mã số bảo hiểm xã hội", "Social insurance number"),
                new("treatment", "Phương pháp điều trị", "Treatment", "long", Required: true),
                new("from", "Nghỉ từ ngày", "Off work from", "date", Required: true),
                new("to", "Đến hết ngày", "To the end of", "date", Required: true),
                new("parent", "Cha hoặc mẹ (trẻ dưới 7 tuổi)", "Father or mother (child under 7)"),
            ]
        ),
        new(
            "discharge",
            'r',
            "Giấy ra viện",
            "Discharge certificate",
            "18842-5",
            "TT 25/2025/TT-BYT",
            [
                new("admitted", "Vào viện ngày", "Admitted on", "date", Required: true),
                new("discharged", "Ra viện ngày", "Discharged on", "date", Required: true),
                new("treatment", "Phương pháp điều trị", "Treatment", "long", Required: true),
                new("condition", "Tình trạng ra viện", "Condition at discharge", Required: true),
                new("advice", "Ghi chú, lời dặn", "Notes and advice", "long"),
                new("leaveTo", "Nghỉ dưỡng bệnh đến hết ngày", "Sick leave to the end of", "date"),
            ]
        ),
    ];

    public static PaperForm? Find(string? kind) => All.FirstOrDefault(form => form.Kind == kind);

    public static PaperForm? OfCode(string code) =>
        All.FirstOrDefault(form => form.Letter == code[^1]);
}
