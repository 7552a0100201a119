using SharedKernel.Ui;

namespace Education.LearningRecords.Transcripts;

public static class TranscriptWords
{
    public static string Text(this TranscriptState state) =>
        state switch
        {
            TranscriptState.Created => T.Of(
                "Chờ giáo viên bộ môn kí",
                "Waiting for subject teachers"
            ),
            TranscriptState.SubjectsSigned => T.Of(
                "Chờ giáo viên chủ nhiệm kí",
                "Waiting for the homeroom teacher"
            ),
            TranscriptState.HomeroomSigned => T.Of(
                "Chờ hiệu trưởng kí",
                "Waiting for the principal"
            ),
            TranscriptState.PrincipalSigned => T.Of("Chờ phát hành", "Waiting for release"),
            _ => T.Of("Đã phát hành", "Released"),
        };

    public static string Text(this SignatureRole role) =>
        role switch
        {
            SignatureRole.Subject => T.Of("Giáo viên bộ môn", "Subject teacher"),
            SignatureRole.Homeroom => T.Of("Giáo viên chủ nhiệm", "Homeroom teacher"),
            SignatureRole.Principal => T.Of("Hiệu trưởng", "Principal"),
            _ => T.Of("Phát hành, dấu nhà trường", "Release, seal of the school"),
        };

    /// <summary>On the button that signs.</summary>
    public static string Text(this SignAs role) =>
        role switch
        {
            SignAs.Principal => T.Of("Kí hiệu trưởng", "Sign as principal"),
            SignAs.Release => T.Of("Phát hành", "Release"),
            _ => T.Of("Kí phần của tôi", "Sign my part"),
        };
}
