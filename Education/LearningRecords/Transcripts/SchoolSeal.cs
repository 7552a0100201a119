using SharedKernel.Contracts;
using SharedKernel.Documents.Signing;

namespace Education.LearningRecords.Transcripts;

/// <summary>
/// The certificate of a school, <c>keys/seal-{school code}.rsa.p12</c>: from Ban Cơ yếu Chính phủ for public schools, a licensed
/// authority for private ones. It seals học bạ số and signs the credentials that are given out.
/// </summary>
public static class SchoolSeal
{
    /// <exception cref="Conflict">The school has no certificate.</exception>
    public static SigningKey Of(SigningKeys keys, string school, string name) =>
        keys.Of(new Caller($"seal-{school}", name, new HashSet<Role>()), KeyKind.Rsa);
}
