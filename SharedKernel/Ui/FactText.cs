using SharedKernel.Contracts;

namespace SharedKernel.Ui;

/// <summary>Where a fact comes from, in words.</summary>
public static class FactText
{
    public static string Text(this CitizenField field) =>
        field switch
        {
            CitizenField.Name => T.Of("Họ và tên", "Name"),
            CitizenField.BirthDate => T.Of("Ngày sinh", "Born"),
            CitizenField.Sex => T.Of("Giới tính", "Sex"),
            CitizenField.Phone => T.Of("Điện thoại", "Phone"),
            CitizenField.Residence => T.Of("Nơi ở", "Residence"),
            CitizenField.Ethnicity => T.Of("Dân tộc", "Ethnic group"),
            _ => T.Of("Người giám hộ", "Guardian"),
        };

    /// <summary><c>nguồn: Y tế (40012), ngày 23/11/2026</c></summary>
    public static string From(this CitizenFact fact)
    {
        var source = fact.Source switch
        {
            FactSource.Temporary => T.Of("tên tạm", "a stand-in"),
            FactSource.Register => T.Of("đăng ký công dân", "the register"),
            FactSource.Health => T.Of("y tế", "health"),
            FactSource.Education => T.Of("giáo dục", "education"),
            FactSource.IdentityCard => T.Of("thẻ căn cước", "identity card"),
            _ => T.Of("đính chính theo giấy tờ", "corrected by a paper"),
        };
        var at = fact.Organisation is null ? source : $"{source} ({fact.Organisation})";
        var day = fact
            .At.InVietnam()
            .ToString("dd/MM/yyyy", System.Globalization.CultureInfo.InvariantCulture);
        return T.Of($"nguồn: {at}, ngày {day}", $"source: {at}, {day}");
    }
}
