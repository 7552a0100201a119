using SharedKernel.Ui;

namespace Health.Emr.DecisionSupport;

/// <summary>The coded reasons for which an interrupting alert may be passed over. Each is kept with the prescription.</summary>
public static class OverrideReasons
{
    public const string System = AlertCodes.Base + "override-reason";

    /// <summary>Not a reason to go on: the prescription was changed as the alert advised.</summary>
    public const string Followed = "followed";

    public sealed record Reason(string Code, string Vietnamese, string English)
    {
        public string Text => T.Of(Vietnamese, English);
    }

    public static readonly IReadOnlyList<Reason> All =
    [
        new(
            "benefit",
            "Lợi ích lớn hơn nguy cơ, sẽ theo dõi",
            "Benefit outweighs risk, will monitor"
        ),
        new("tolerated", "Người bệnh đã dùng và dung nạp tốt", "Taken before and tolerated"),
        new("no-alternative", "Không có thuốc thay thế", "No alternative"),
        new(
            "consulted",
            "Đã hội chẩn hoặc hỏi dược lâm sàng",
            "Consulted a colleague or pharmacist"
        ),
        new("adjusted", "Đã chỉnh liều hoặc tách giờ dùng", "Dose or timing adjusted"),
        new("record-wrong", "Dữ liệu trong hồ sơ không đúng", "The record is wrong"),
    ];

    public static Reason? Find(string? code) => All.FirstOrDefault(one => one.Code == code);
}
