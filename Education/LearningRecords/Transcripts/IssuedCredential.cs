namespace Education.LearningRecords.Transcripts;

/// <summary>A verifiable credential that was given out, so that it can be revoked.</summary>
public sealed class IssuedCredential
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required Guid TranscriptId { get; init; }
    public required string SchoolCode { get; init; }

    /// <summary>Its place in the school's status lists, counted through all of them.</summary>
    public required int StatusIndex { get; init; }

    /// <summary>Null for one that pupil or parent took away as a file.</summary>
    public Guid? ShareId { get; init; }

    /// <summary>As signed: compact JWS.</summary>
    public required string Jwt { get; init; }
    public required DateTimeOffset IssuedAt { get; init; }
    public DateTimeOffset? RevokedAt { get; set; }

    public void Revoke(DateTimeOffset at) => RevokedAt ??= at;
}
