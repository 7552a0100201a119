using SharedKernel.Contracts;

namespace Education.LearningRecords.Transcripts;

/// <summary>
/// What a pupil or parent lets a stranger see: the released học bạ of chosen years, until a day, unless taken back. Whoever has the
/// link sees it; we keep only the link's hash.
/// </summary>
public sealed class ShareLink
{
    public Guid Id { get; init; } = Guid.CreateVersion7();

    /// <summary>SHA-256 of the token, in hex.</summary>
    public required string TokenHash { get; init; }
    public required CitizenId StudentId { get; init; }

    /// <summary>With single marks, or results alone.</summary>
    public required bool WithMarks { get; init; }

    /// <summary>For whom, in the sharer's words.</summary>
    public string? Note { get; init; }
    public required string CreatedBy { get; init; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required DateTimeOffset ExpiresAt { get; init; }
    public DateTimeOffset? RevokedAt { get; set; }

    /// <summary>How often it was opened.</summary>
    public int Opened { get; set; }
    public List<IssuedCredential> Credentials { get; } = [];
}
