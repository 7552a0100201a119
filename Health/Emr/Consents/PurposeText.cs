using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr.Consents;

/// <summary>Purposes in plain words.</summary>
public static class PurposeText
{
    public static string Of(PurposeOfUse purpose) =>
        purpose switch
        {
            PurposeOfUse.Treatment => T.Of("khám, chữa bệnh", "treatment"),
            PurposeOfUse.Payment => T.Of(
                "thanh toán chi phí khám, chữa bệnh",
                "payment of treatment"
            ),
            PurposeOfUse.Research => T.Of("nghiên cứu", "research"),
            PurposeOfUse.PublicHealth => T.Of("y tế công cộng, phòng chống dịch", "public health"),
            _ => T.Of("nhà trường, giáo dục", "schools, education"),
        };
}
