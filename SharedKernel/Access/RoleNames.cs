using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace SharedKernel.Access;

public static class RoleNames
{
    public static string Text(this Role role) =>
        role switch
        {
            Role.Citizen => T.Of("công dân", "citizen"),
            Role.Doctor => T.Of("bác sĩ", "doctor"),
            Role.StationNurse => T.Of("điều dưỡng trạm", "station nurse"),
            Role.Pharmacist => T.Of("dược sĩ", "pharmacist"),
            Role.Cashier => T.Of("thu ngân", "cashier"),
            Role.Teacher => T.Of("giáo viên", "teacher"),
            Role.SchoolHead => T.Of("hiệu trưởng", "school head"),
            Role.Registrar => T.Of("phòng đào tạo", "registrar"),
            Role.MinistryAnalyst => T.Of("chuyên viên bộ", "ministry analyst"),
            Role.DataProtectionOfficer => T.Of("cán bộ bảo vệ dữ liệu", "data protection officer"),
            Role.Administrator => T.Of("quản trị", "administrator"),
            _ => T.Of("hệ thống", "system"),
        };
}
