using SharedKernel.Contracts;

namespace SharedKernel.Ui;

public static class EmergencyReasons
{
    public static string Text(this EmergencyReason reason) =>
        reason switch
        {
            EmergencyReason.LifeInDanger => T.Of(
                "Nguy hiểm tính mạng, không kịp làm thủ tục",
                "Life in danger, no time to register"
            ),
            EmergencyReason.CannotAnswer => T.Of(
                "Hôn mê hoặc không thể trả lời, không có người nhà",
                "Unconscious or unable to answer, no relative there"
            ),
            EmergencyReason.AdviceAsked => T.Of(
                "Nơi đang điều trị xin hội chẩn",
                "Advice asked by who treats the person"
            ),
            EmergencyReason.MassCasualty => T.Of(
                "Tai nạn, thảm họa có nhiều người bị thương",
                "Many injured at once"
            ),
            _ => T.Of("Lý do khác, ghi rõ bên dưới", "Another reason, told below"),
        };
}
