using SharedKernel.Contracts;

namespace Education.LearningRecords.Transcripts;

/// <summary>How far a học bạ số has come; the numbers are those by which providers of the trade report it.</summary>
public enum TranscriptState
{
    /// <summary>Made; subject teachers are signing.</summary>
    Created = 0,

    /// <summary>Every subject teacher has signed.</summary>
    SubjectsSigned = 10,
    HomeroomSigned = 20,
    PrincipalSigned = 40,

    /// <summary>Sealed by the school and given out: nothing of it changes any more.</summary>
    Released = 50,
}

/// <summary>In the order of signing.</summary>
public enum SignatureRole
{
    Subject,
    Homeroom,
    Principal,
    Release,
}

/// <summary>
/// The học bạ số of one pupil for one school year: content frozen from the results of that moment, and the signatures over it. A
/// correction is a new version that replaces the released one.
/// </summary>
public sealed class Transcript
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required CitizenId StudentId { get; init; }
    public required string SchoolCode { get; init; }
    public required int Year { get; init; }
    public required Guid ClassId { get; init; }

    /// <summary>1 for the first; a correction counts on.</summary>
    public required int Version { get; init; }

    /// <summary>The released version that this one corrects.</summary>
    public Guid? Replaces { get; init; }

    /// <summary>Why it was corrected; null for a first version.</summary>
    public string? Why { get; init; }
    public TranscriptState State { get; set; }

    /// <summary>The document of <see cref="TranscriptXml"/> with its signatures.</summary>
    public required string Xml { get; set; }

    /// <summary>How many signatures it has. Two people who sign at once must not lose each other's: the second signs anew.</summary>
    public int Signatures { get; set; }
    public required DateTimeOffset CreatedAt { get; init; }
    public required string CreatedBy { get; init; }
    public DateTimeOffset? ReleasedAt { get; set; }

    /// <summary>The version that took its place; this one no longer counts.</summary>
    public Guid? ReplacedBy { get; set; }

    /// <summary>Who must sign, as the class was taught when it was made.</summary>
    public List<TranscriptSigner> Signers { get; } = [];

    public bool IsInForce => State is TranscriptState.Released && ReplacedBy is null;

    /// <summary>What this role must sign and has not yet; empty while an earlier role is not complete.</summary>
    public IEnumerable<TranscriptSigner> Waiting(SignatureRole role) =>
        Signers.Exists(signer => signer.Role < role && signer.SignedAt is null)
            ? []
            : Signers.Where(signer => signer.Role == role && signer.SignedAt is null);

    /// <summary>The state that follows from who has signed.</summary>
    public TranscriptState StateOfSignatures() =>
        Signers
            .Where(signer => signer.SignedAt is null)
            .Select(signer => (SignatureRole?)signer.Role)
            .Min() switch
        {
            SignatureRole.Subject => TranscriptState.Created,
            SignatureRole.Homeroom => TranscriptState.SubjectsSigned,
            SignatureRole.Principal => TranscriptState.HomeroomSigned,
            SignatureRole.Release => TranscriptState.PrincipalSigned,
            _ => TranscriptState.Released,
        };
}

/// <summary>A signature that a transcript needs: of each teacher of each subject, the homeroom teacher, the principal, the school's seal.</summary>
public sealed class TranscriptSigner
{
    public required Guid TranscriptId { get; init; }

    /// <summary>From 1, by role and then by subject.</summary>
    public required int Place { get; init; }
    public required SignatureRole Role { get; init; }

    /// <summary>Code of the subject; null for the other roles.</summary>
    public string? Subject { get; init; }

    /// <summary>Null for the principal and the seal, which whoever manages the school gives.</summary>
    public Guid? TeacherId { get; init; }

    /// <summary>Who must sign, then who has.</summary>
    public required string Name { get; set; }
    public DateTimeOffset? SignedAt { get; set; }
}
