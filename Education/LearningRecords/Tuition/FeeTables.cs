using Education.LearningRecords.Schools;
using Education.LearningRecords.Students;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;

namespace Education.LearningRecords.Tuition;

/// <summary>A published version of what a school charges in a year; it never changes. The newest that holds from a month on rules it.</summary>
public sealed class FeePlan
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string SchoolCode { get; init; }
    public required int Year { get; init; }

    /// <summary>1, 2, 3 … in the school's year.</summary>
    public required int Number { get; init; }
    public required bool IsPrivate { get; init; }
    public required bool ByDay { get; init; }

    /// <summary>Of the provincial People's Council for pupils of private schools, in đồng a month.</summary>
    public required long ProvincialSupport { get; init; }

    /// <summary>First day of the first and the last month in which there is anything to pay.</summary>
    public required DateOnly FirstMonth { get; init; }
    public required DateOnly LastMonth { get; init; }

    /// <summary>First day of the month from which this version holds.</summary>
    public required DateOnly ValidFrom { get; init; }
    public required DateTimeOffset PublishedAt { get; init; }
    public required string PublishedBy { get; init; }
    public List<FeeItem> Items { get; init; } = [];

    public IEnumerable<DateOnly> Months()
    {
        for (var month = FirstMonth; month <= LastMonth; month = month.AddMonths(1))
        {
            yield return month;
        }
    }
}

/// <summary>Tuition or a service (bán trú, nước uống …), for all pupils or for those of a grade, of a class, or chosen one by one.</summary>
public sealed class FeeItem
{
    public required Guid PlanId { get; init; }
    public required int Position { get; init; }
    public required string Code { get; init; }
    public required string Name { get; init; }
    public required bool IsTuition { get; init; }

    /// <summary>In đồng, a month or once.</summary>
    public required long Amount { get; init; }

    /// <summary>First day of the month in which it is paid once; null: every month.</summary>
    public DateOnly? OnceIn { get; init; }
    public int? Grade { get; init; }
    public Guid? ClassId { get; init; }

    /// <summary>Only for pupils with a <see cref="FeeChoice"/>.</summary>
    public bool Chosen { get; init; }
}

/// <summary>A pupil takes a service, from a month until a month.</summary>
public sealed class FeeChoice
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string SchoolCode { get; init; }
    public required int Year { get; init; }
    public required string Item { get; init; }
    public required CitizenId StudentId { get; init; }
    public required DateOnly From { get; init; }

    /// <summary>First day of the last month; null while it goes on.</summary>
    public DateOnly? Until { get; set; }
    public required string By { get; init; }
}

public enum FeeGrantState
{
    Waiting,
    Approved,
    Refused,
}

/// <summary>A policy that somebody entered for a pupil, with its paper, and what somebody else decided.</summary>
public sealed class FeeGrant
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required CitizenId StudentId { get; init; }
    public required string SchoolCode { get; init; }
    public required string Policy { get; init; }
    public required DateOnly From { get; init; }
    public DateOnly? Until { get; init; }
    public FeeGrantState State { get; set; }
    public required string EnteredById { get; init; }
    public required string EnteredBy { get; init; }
    public required DateTimeOffset EnteredAt { get; init; }
    public string? DecidedById { get; set; }
    public string? DecidedBy { get; set; }
    public DateTimeOffset? DecidedAt { get; set; }
    public string? Reason { get; set; }
    public required string EvidenceName { get; init; }
    public required string EvidenceType { get; init; }
    public int Revision { get; set; }
}

/// <summary>The paper itself, apart: lists do not read it.</summary>
public sealed class FeeEvidence
{
    public required Guid GrantId { get; init; }
    public required byte[] Content { get; init; }
}

/// <summary>Every billing changes it, so of two at once the second is refused and looks again.</summary>
public sealed class FeeBook
{
    public required string SchoolCode { get; init; }
    public required int Year { get; init; }
    public int Revision { get; set; }
}

/// <summary>What one pupil was billed in one month. Written before its invoice: if the work stops between, it is taken up again.</summary>
public sealed class FeeBill
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required string SchoolCode { get; init; }
    public required int Year { get; init; }
    public required DateOnly Month { get; init; }
    public required CitizenId StudentId { get; init; }
    public required Guid ClassId { get; init; }
    public required DateTimeOffset At { get; init; }
    public required string By { get; init; }
    public Guid? InvoiceId { get; set; }
    public List<FeeBillLine> Lines { get; init; } = [];
}

/// <summary>A month's item, or what a late change makes of an earlier month's: then the month is another and both sums can be below zero.</summary>
public sealed class FeeBillLine
{
    public Guid BillId { get; init; }
    public required int Position { get; init; }
    public required DateOnly Month { get; init; }
    public required string Code { get; init; }
    public required string Name { get; init; }
    public required long Amount { get; init; }
    public required long Covered { get; init; }
    public required string Because { get; init; }
    public long Due => Amount - Covered;
}

internal static class FeeTables
{
    public static void Describe(ModelBuilder model)
    {
        model.Entity<FeePlan>(row =>
        {
            row.ToTable("fee_plans");
            row.Property(plan => plan.Id).ValueGeneratedNever();
            row.HasOne<SchoolYear>()
                .WithMany()
                .HasForeignKey(plan => new { plan.SchoolCode, plan.Year });
            row.HasMany(plan => plan.Items).WithOne().HasForeignKey(item => item.PlanId);
            // Two who publish at once: the database refuses the second.
            row.HasIndex(plan => new
                {
                    plan.SchoolCode,
                    plan.Year,
                    plan.Number,
                })
                .IsUnique();
        });
        model.Entity<FeeItem>(row =>
        {
            row.ToTable("fee_items").HasKey(item => new { item.PlanId, item.Position });
            row.Property(item => item.Code).HasMaxLength(20);
        });
        model.Entity<FeeChoice>(row =>
        {
            row.ToTable("fee_choices");
            row.Property(choice => choice.Id).ValueGeneratedNever();
            row.Property(choice => choice.Item).HasMaxLength(20);
            row.HasOne<Student>().WithMany().HasForeignKey(choice => choice.StudentId);
            row.HasIndex(choice => new { choice.SchoolCode, choice.Year });
        });
        model.Entity<FeeGrant>(row =>
        {
            row.ToTable("fee_grants");
            row.Property(grant => grant.Id).ValueGeneratedNever();
            row.Property(grant => grant.Policy).HasMaxLength(30);
            row.Property(grant => grant.Revision).IsConcurrencyToken();
            row.HasOne<Student>().WithMany().HasForeignKey(grant => grant.StudentId);
            row.HasIndex(grant => new { grant.SchoolCode, grant.State });
        });
        model.Entity<FeeEvidence>(row =>
        {
            row.ToTable("fee_evidence").HasKey(paper => paper.GrantId);
            row.HasOne<FeeGrant>().WithOne().HasForeignKey<FeeEvidence>(paper => paper.GrantId);
        });
        model.Entity<FeeBook>(row =>
        {
            row.ToTable("fee_books").HasKey(book => new { book.SchoolCode, book.Year });
            row.Property(book => book.Revision).IsConcurrencyToken();
        });
        model.Entity<FeeBill>(row =>
        {
            row.ToTable("fee_bills");
            row.Property(bill => bill.Id).ValueGeneratedNever();
            row.HasOne<Student>().WithMany().HasForeignKey(bill => bill.StudentId);
            row.HasOne<SchoolClass>().WithMany().HasForeignKey(bill => bill.ClassId);
            row.HasMany(bill => bill.Lines).WithOne().HasForeignKey(line => line.BillId);
            // Nobody is billed twice for a month, whoever asks.
            row.HasIndex(bill => new
                {
                    bill.SchoolCode,
                    bill.StudentId,
                    bill.Month,
                })
                .IsUnique();
        });
        model.Entity<FeeBillLine>(row =>
        {
            row.ToTable("fee_bill_lines").HasKey(line => new { line.BillId, line.Position });
            row.Property(line => line.Code).HasMaxLength(20);
            row.Property(line => line.Because).Metadata.SetMaxLength(null);
        });
    }
}
