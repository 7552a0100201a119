using SharedKernel.Contracts;
using Spectre.Console;

namespace Interop.Host.Demo;

/// <param name="Post">Title and workplace, as shown beside the name.</param>
public sealed record DemoAccount(
    string User,
    string Name,
    Role Role,
    string Post,
    string? Organisation
);

/// <summary>Accounts that exist only in <c>demo</c>, one per role.</summary>
public static class DemoAccounts
{
    /// <summary>The same for all: the demo serves on loopback, and its people are made up.</summary>
    public const string Password = "Demo-2026";

    public static readonly DemoAccount[] All =
    [
        new(
            "bacsi",
            "BS. Trần Minh Đức",
            Role.Doctor,
            $"Bác sĩ, {DemoPopulation.HospitalName}",
            DemoPopulation.HospitalCode
        ),
        new(
            "bacsi-tyt",
            "BS. Lê Thị Hạnh",
            Role.Doctor,
            $"Bác sĩ, {DemoPopulation.StationName}",
            DemoPopulation.StationCode
        ),
        new(
            "dieuduong",
            "ĐD. Phan Thị Yến",
            Role.StationNurse,
            $"Điều dưỡng, {DemoPopulation.StationName}",
            DemoPopulation.StationCode
        ),
        new(
            "duocsi",
            "DS. Hồ Quang Vinh",
            Role.Pharmacist,
            $"Dược sĩ, {DemoPopulation.HospitalName}",
            DemoPopulation.HospitalCode
        ),
        new(
            "thungan",
            "Nguyễn Thị Cúc",
            Role.Cashier,
            $"Thu ngân, {DemoPopulation.HospitalName}",
            DemoPopulation.HospitalCode
        ),
        new(
            "giaovien",
            "Cô Đặng Thu Trang",
            Role.Teacher,
            $"Giáo viên, {DemoPopulation.SchoolName}",
            DemoPopulation.SchoolCode
        ),
        new(
            "hieutruong",
            "Thầy Cao Văn Lâm",
            Role.SchoolHead,
            $"Hiệu trưởng, {DemoPopulation.SchoolName}",
            DemoPopulation.SchoolCode
        ),
        new(
            "hieutruong-th",
            "Cô Lê Thị Mai",
            Role.SchoolHead,
            $"Hiệu trưởng, {PrimaryDemo.SchoolName}",
            PrimaryDemo.SchoolCode
        ),
        new(
            "daotao",
            "ThS. Phạm Thị Loan",
            Role.Registrar,
            $"Phòng đào tạo, {UniversityDemo.UniversityName}",
            UniversityDemo.UniversityCode
        ),
        new("bo", "Vũ Thanh Bình", Role.MinistryAnalyst, "Chuyên viên thống kê", null),
        new(
            "baovedulieu",
            "Lương Thị Mai",
            Role.DataProtectionOfficer,
            "Cán bộ bảo vệ dữ liệu cá nhân",
            null
        ),
        new("congdan", "", Role.Citizen, "Công dân", null),
        new("quantri", "Quản trị hệ thống", Role.Administrator, "Quản trị", null),
    ];

    public static void Print(string address, HostOptions options)
    {
        var table = new Table()
            .Title($"Demo accounts for {address}, password {Password}")
            .AddColumns("User", "Role", "Post");
        foreach (var account in All)
        {
            table.AddRow(account.User, account.Role.ToString(), Markup.Escape(account.Post));
        }
        AnsiConsole.Write(table);
        var credentials = AccountDemo.CredentialsFile(options);
        if (File.Exists(credentials))
        {
            Console.WriteLine(
                $"For scripts, a token by client credentials at {address}/connect/token ({credentials}):"
            );
            Console.Write(File.ReadAllText(credentials));
        }
    }
}
