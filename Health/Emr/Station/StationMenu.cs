using MudBlazor;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr.Station;

/// <summary>The station's lines of the menu, and the citizen's own book.</summary>
internal static class StationMenu
{
    public static IReadOnlyList<MenuItem> Items { get; } =
    [
        Of(
            "Tiêm chủng tại trạm",
            "Vaccination sessions",
            "/station/vaccinations",
            Icons.Material.Outlined.Vaccines
        ),
        Of(
            "Hộ gia đình",
            "Households",
            "/station/households",
            Icons.Material.Outlined.FamilyRestroom
        ),
        Of(
            "Quản lý bệnh mạn tính",
            "Chronic diseases",
            "/station/registers/hypertension",
            Icons.Material.Outlined.MonitorHeart
        ),
        Of(
            "Quản lý thai nghén",
            "Pregnancies",
            "/station/pregnancies",
            Icons.Material.Outlined.PregnantWoman
        ),
        Of(
            "Bệnh truyền nhiễm",
            "Communicable diseases",
            "/station/cases",
            Icons.Material.Outlined.Coronavirus
        ),
        Of(
            "Báo cáo tháng của trạm",
            "The station's month",
            "/station/reports",
            Icons.Material.Outlined.Summarize
        ),
        new(
            Part.Health,
            "Sổ sức khỏe của tôi",
            "My health book",
            "/my/health",
            Icons.Material.Outlined.MenuBook,
            // Whoever has a record of their own.
            Permission.ReadOwnAudit
        ),
    ];

    private static MenuItem Of(string vietnamese, string english, string href, string icon) =>
        new(Part.Health, vietnamese, english, href, icon, Permission.WriteHealthRecords);
}
