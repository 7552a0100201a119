using Education.LearningRecords.Schools;
using Education.LearningRecords.Students;
using Microsoft.EntityFrameworkCore;

namespace Education.LearningRecords.Transcripts;

/// <summary>Tables of signed records. Found by class (signing), by pupil (the portal), a share by the hash of its token.</summary>
internal static class TranscriptTables
{
    public static void Describe(ModelBuilder model)
    {
        model.Entity<Transcript>(row =>
        {
            row.ToTable("transcripts");
            row.Property(transcript => transcript.Id).ValueGeneratedNever();
            row.Property(transcript => transcript.Xml).Metadata.SetMaxLength(null);
            row.Property(transcript => transcript.Signatures).IsConcurrencyToken();
            row.HasOne<Student>().WithMany().HasForeignKey(transcript => transcript.StudentId);
            row.HasOne<SchoolClass>().WithMany().HasForeignKey(transcript => transcript.ClassId);
            row.HasIndex(transcript => transcript.ClassId);
            // Two who make the same one at once: the database refuses the second.
            row.HasIndex(transcript => new
                {
                    transcript.StudentId,
                    transcript.SchoolCode,
                    transcript.Year,
                    transcript.Version,
                })
                .IsUnique();
        });
        model.Entity<TranscriptSigner>(row =>
        {
            row.ToTable("transcript_signers");
            row.HasKey(signer => new { signer.TranscriptId, signer.Place });
            row.Property(signer => signer.Subject).HasMaxLength(15);
            row.HasOne<Transcript>()
                .WithMany(transcript => transcript.Signers)
                .HasForeignKey(signer => signer.TranscriptId);
        });
        model.Entity<ShareLink>(row =>
        {
            row.ToTable("share_links");
            row.Property(share => share.Id).ValueGeneratedNever();
            row.Property(share => share.TokenHash).HasMaxLength(64);
            row.HasIndex(share => share.TokenHash).IsUnique();
            row.HasOne<Student>().WithMany().HasForeignKey(share => share.StudentId);
        });
        model.Entity<IssuedCredential>(row =>
        {
            row.ToTable("issued_credentials");
            row.Property(credential => credential.Id).ValueGeneratedNever();
            row.Property(credential => credential.Jwt).Metadata.SetMaxLength(null);
            row.HasOne<Transcript>()
                .WithMany()
                .HasForeignKey(credential => credential.TranscriptId);
            row.HasOne<ShareLink>()
                .WithMany(share => share.Credentials)
                .HasForeignKey(credential => credential.ShareId);
            // Two credentials issued at once never share a bit of the status list.
            row.HasIndex(credential => new { credential.SchoolCode, credential.StatusIndex })
                .IsUnique();
        });
    }
}
