using Education.LearningRecords.Assessment;
using Education.LearningRecords.Enrolments;
using Education.LearningRecords.Schools;
using Education.LearningRecords.Students;
using Education.LearningRecords.Transcripts;
using Education.LearningRecords.Tuition;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Storage.ValueConversion;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Persistence;

namespace Education.LearningRecords;

/// <summary>Schools, classes, pupils, marks. Access runs by class (a teacher) or by pupil (a record), and each has its index.</summary>
public class LearningRecordsDb(DbContextOptions options) : ModuleDb(options)
{
    public const string SchemaName = "education";

    public override string Schema => SchemaName;

    /// <summary>
    /// Property, in no class, of every row that others synchronise: when it was last written here. OneRoster asks by it for what has
    /// changed. Set by <see cref="SaveChangesAsync(bool, CancellationToken)"/>, so a bulk update must set it itself.
    /// </summary>
    public const string ChangedAt = "ChangedAt";

    private static readonly Type[] Synchronised =
    [
        typeof(School),
        typeof(SchoolYear),
        typeof(Term),
        typeof(SchoolClass),
        typeof(ClassSubject),
        typeof(Assignment),
        typeof(Teacher),
        typeof(Student),
        typeof(Enrolment),
        typeof(MarkColumn),
    ];

    public DbSet<School> Schools => Set<School>();
    public DbSet<SchoolYear> SchoolYears => Set<SchoolYear>();
    public DbSet<Term> Terms => Set<Term>();
    public DbSet<SchoolClass> Classes => Set<SchoolClass>();
    public DbSet<ClassSubject> ClassSubjects => Set<ClassSubject>();
    public DbSet<Assignment> Assignments => Set<Assignment>();
    public DbSet<Teacher> Teachers => Set<Teacher>();
    public DbSet<Student> Students => Set<Student>();
    public DbSet<Guardian> Guardians => Set<Guardian>();
    public DbSet<Enrolment> Enrolments => Set<Enrolment>();
    public DbSet<Gradebook> Gradebooks => Set<Gradebook>();
    public DbSet<MarkColumn> MarkColumns => Set<MarkColumn>();
    public DbSet<Mark> Marks => Set<Mark>();
    public DbSet<MarkChange> MarkChanges => Set<MarkChange>();
    public DbSet<MarkRequest> MarkRequests => Set<MarkRequest>();
    public DbSet<TermConduct> TermConducts => Set<TermConduct>();
    public DbSet<Remark> Remarks => Set<Remark>();
    public DbSet<Retest> Retests => Set<Retest>();
    public DbSet<YearReview> YearReviews => Set<YearReview>();
    public DbSet<OldYear> OldYears => Set<OldYear>();
    public DbSet<StudentPolicy> StudentPolicies => Set<StudentPolicy>();
    public DbSet<Campus> Campuses => Set<Campus>();
    public DbSet<RollOver> RollOvers => Set<RollOver>();
    public DbSet<Transcript> Transcripts => Set<Transcript>();
    public DbSet<TranscriptSigner> TranscriptSigners => Set<TranscriptSigner>();
    public DbSet<IssuedCredential> IssuedCredentials => Set<IssuedCredential>();
    public DbSet<ShareLink> ShareLinks => Set<ShareLink>();
    public DbSet<FeePlan> FeePlans => Set<FeePlan>();
    public DbSet<FeeChoice> FeeChoices => Set<FeeChoice>();
    public DbSet<FeeGrant> FeeGrants => Set<FeeGrant>();
    public DbSet<FeeEvidence> FeeEvidence => Set<FeeEvidence>();
    public DbSet<FeeBook> FeeBooks => Set<FeeBook>();
    public DbSet<FeeBill> FeeBills => Set<FeeBill>();
    public DbSet<ImportedPackage> ImportedPackages => Set<ImportedPackage>();
    public DbSet<ExternalKey> ExternalKeys => Set<ExternalKey>();

    public override int SaveChanges(bool acceptAllChangesOnSuccess)
    {
        NoteChanges();
        return base.SaveChanges(acceptAllChangesOnSuccess);
    }

    public override Task<int> SaveChangesAsync(
        bool acceptAllChangesOnSuccess,
        CancellationToken cancellationToken = default
    )
    {
        NoteChanges();
        return base.SaveChangesAsync(acceptAllChangesOnSuccess, cancellationToken);
    }

    private void NoteChanges()
    {
        var clock = this.GetService<IDbContextOptions>()
            .FindExtension<CoreOptionsExtension>()
            ?.ApplicationServiceProvider?.GetService<TimeProvider>();
        var now = (clock ?? TimeProvider.System).GetUtcNow();
        foreach (
            var row in ChangeTracker
                .Entries()
                .Where(row =>
                    row.State is EntityState.Added or EntityState.Modified
                    && Synchronised.Contains(row.Metadata.ClrType)
                )
        )
        {
            row.Property(ChangedAt).CurrentValue = now;
        }
    }

    protected override void ConfigureConventions(ModelConfigurationBuilder conventions)
    {
        base.ConfigureConventions(conventions);
        conventions.Properties<string>().HaveMaxLength(200);
        conventions.Properties<MarkValue>().HaveConversion<MarkValueConverter>();
    }

    protected override void OnModelCreating(ModelBuilder model)
    {
        base.OnModelCreating(model);
        // The convention above is for this module's own short texts; an event's body has no bound.
        model.Entity<OutboxMessage>(row =>
        {
            row.Property(message => message.Body).Metadata.SetMaxLength(null);
            row.Property(message => message.LastError).Metadata.SetMaxLength(null);
        });
        DescribeSchools(model);
        DescribeStudents(model);
        DescribeMarks(model);
        DescribeRequests(model);
        DescribeYearEnd(model);
        DescribeHistory(model);
        TranscriptTables.Describe(model);
        FeeTables.Describe(model);
        foreach (var type in Synchronised)
        {
            model.Entity(type).Property<DateTimeOffset>(ChangedAt);
        }
        model.Entity<Student>().HasIndex(ChangedAt);
        model.Entity<Enrolment>().HasIndex(ChangedAt);
        model.Entity<ImportedPackage>(row =>
        {
            row.ToTable("imported_packages").HasKey(package => package.Hash);
            row.Property(package => package.Hash).HasMaxLength(64);
        });
        model.Entity<ExternalKey>(row =>
        {
            row.ToTable("external_keys");
            row.HasKey(key => new
            {
                key.System,
                key.Type,
                key.SourcedId,
            });
            row.Property(key => key.System).HasMaxLength(100);
            row.Property(key => key.Type).HasMaxLength(20);
            row.Property(key => key.SourcedId).HasMaxLength(255);
        });
        foreach (
            var reference in model.Model.GetEntityTypes().SelectMany(type => type.GetForeignKeys())
        )
        {
            // A record is never deleted by the way.
            reference.DeleteBehavior = DeleteBehavior.Restrict;
        }
    }

    private static void DescribeSchools(ModelBuilder model)
    {
        model.Entity<School>(row =>
        {
            row.ToTable("schools").HasKey(school => school.Code);
            row.Property(school => school.CommuneCode).HasMaxLength(5);
        });
        model.Entity<SchoolYear>(row =>
        {
            row.ToTable("school_years").HasKey(year => new { year.SchoolCode, year.Year });
            References<School>(row, nameof(SchoolYear.SchoolCode));
        });
        model.Entity<Campus>(row =>
        {
            row.ToTable("campuses").HasKey(campus => new { campus.SchoolCode, campus.Code });
            row.Property(campus => campus.Code).HasMaxLength(35);
            row.Property(campus => campus.CommuneCode).HasMaxLength(5);
            References<School>(row, nameof(Campus.SchoolCode));
        });
        model.Entity<Term>(row =>
        {
            row.ToTable("terms");
            row.HasKey(term => new
            {
                term.SchoolCode,
                term.Year,
                term.Number,
            });
            References<SchoolYear>(row, nameof(Term.SchoolCode), nameof(Term.Year));
        });
        model.Entity<Teacher>(row =>
        {
            row.ToTable("teachers");
            Made(row.Property(teacher => teacher.Id));
            References<School>(row, nameof(Teacher.SchoolCode));
            row.HasIndex(teacher => teacher.AccountId);
        });
        model.Entity<SchoolClass>(row =>
        {
            row.ToTable("classes");
            Made(row.Property(schoolClass => schoolClass.Id));
            row.Property(schoolClass => schoolClass.Name).HasMaxLength(30);
            References<SchoolYear>(row, nameof(SchoolClass.SchoolCode), nameof(SchoolClass.Year));
            row.Property(schoolClass => schoolClass.CampusCode).HasMaxLength(35);
            References<Teacher>(row, nameof(SchoolClass.HomeroomTeacherId));
            References<Campus>(row, nameof(SchoolClass.SchoolCode), nameof(SchoolClass.CampusCode));
            References<RollOver>(row, nameof(SchoolClass.RollOverId));
            row.HasIndex(schoolClass => new
                {
                    schoolClass.SchoolCode,
                    schoolClass.Year,
                    schoolClass.Name,
                })
                .IsUnique();
        });
        model.Entity<ClassSubject>(row =>
        {
            row.ToTable("class_subjects");
            Made(row.Property(subject => subject.Id));
            row.Property(subject => subject.Subject).HasMaxLength(15);
            row.HasOne<SchoolClass>()
                .WithMany(schoolClass => schoolClass.Subjects)
                .HasForeignKey(subject => subject.ClassId);
            row.HasIndex(subject => new { subject.ClassId, subject.Subject }).IsUnique();
        });
        model.Entity<Assignment>(row =>
        {
            row.ToTable("assignments");
            Made(row.Property(assignment => assignment.Id));
            row.HasOne<ClassSubject>()
                .WithMany(subject => subject.Assignments)
                .HasForeignKey(assignment => assignment.ClassSubjectId);
            References<Teacher>(row, nameof(Assignment.TeacherId));
        });
    }

    private static void DescribeStudents(ModelBuilder model)
    {
        model.Entity<Student>(row =>
        {
            row.ToTable("students");
            row.Property(student => student.Id).ValueGeneratedNever();
            row.Property(student => student.Code).HasMaxLength(50);
            row.HasIndex(student => student.Code).IsUnique();
            row.Property(student => student.Ethnicity).HasMaxLength(2);
        });
        model.Entity<Guardian>(row =>
        {
            row.ToTable("guardians");
            row.HasKey(guardian => new { guardian.StudentId, guardian.CitizenId });
            row.HasIndex(guardian => guardian.CitizenId);
            References<Student>(row, nameof(Guardian.StudentId));
        });
        model.Entity<Enrolment>(row =>
        {
            row.ToTable("enrolments");
            Made(row.Property(enrolment => enrolment.Id));
            References<Student>(row, nameof(Enrolment.StudentId));
            References<SchoolClass>(row, nameof(Enrolment.ClassId));
            References<RollOver>(row, nameof(Enrolment.RollOverId));
            row.HasQueryFilter(enrolment => enrolment.UndoneAt == null);
            row.HasIndex(enrolment => new { enrolment.ClassId, enrolment.Until });
            row.HasIndex(enrolment => new { enrolment.StudentId, enrolment.Year });
            // Two clerks enrolling the same pupil at once: the second is refused by the database itself.
            row.HasIndex(enrolment => new
                {
                    enrolment.StudentId,
                    enrolment.SchoolCode,
                    enrolment.Year,
                })
                .IsUnique()
                .HasFilter("\"Until\" IS NULL")
                .HasDatabaseName("IX_enrolments_one_open");
        });
        model.Entity<TermConduct>(row =>
        {
            row.ToTable("term_conducts");
            row.HasKey(conduct => new
            {
                conduct.StudentId,
                conduct.Year,
                conduct.Term,
            });
            row.Property(conduct => conduct.Version).IsConcurrencyToken();
            row.Property(conduct => conduct.Comment).HasMaxLength(1000);
            References<Student>(row, nameof(TermConduct.StudentId));
            References<SchoolClass>(row, nameof(TermConduct.ClassId));
        });
    }

    private static void DescribeMarks(ModelBuilder model)
    {
        model.Entity<Gradebook>(row =>
        {
            row.ToTable("gradebooks");
            Made(row.Property(gradebook => gradebook.Id));
            References<ClassSubject>(row, nameof(Gradebook.ClassSubjectId));
            row.HasIndex(gradebook => new { gradebook.ClassSubjectId, gradebook.Term }).IsUnique();
        });
        model.Entity<MarkColumn>(row =>
        {
            row.ToTable("mark_columns");
            Made(row.Property(column => column.Id));
            row.HasOne<Gradebook>()
                .WithMany(gradebook => gradebook.Columns)
                .HasForeignKey(column => column.GradebookId);
            row.HasIndex(column => new
                {
                    column.GradebookId,
                    column.Kind,
                    column.Number,
                })
                .IsUnique();
        });
        model.Entity<Mark>(row =>
        {
            row.ToTable("marks").HasKey(mark => new { mark.StudentId, mark.ColumnId });
            row.Property(mark => mark.Version).IsConcurrencyToken();
            row.HasIndex(mark => mark.ColumnId);
            References<Student>(row, nameof(Mark.StudentId));
            References<MarkColumn>(row, nameof(Mark.ColumnId));
        });
        model.Entity<MarkChange>(row =>
        {
            row.ToTable("mark_changes");
            Made(row.Property(change => change.Id));
            row.Property(change => change.Why).HasMaxLength(500);
            row.HasIndex(change => new { change.StudentId, change.ColumnId });
        });
    }

    private static void DescribeRequests(ModelBuilder model) =>
        model.Entity<MarkRequest>(row =>
        {
            row.ToTable("mark_requests");
            Made(row.Property(request => request.Id));
            row.Property(request => request.Why).HasMaxLength(500);
            row.Property(request => request.Note).HasMaxLength(500);
            row.Property(request => request.State).IsConcurrencyToken();
            row.HasIndex(request => new { request.GradebookId, request.State });
            row.HasIndex(request => request.StudentId);
            References<Gradebook>(row, nameof(MarkRequest.GradebookId));
            References<Student>(row, nameof(MarkRequest.StudentId));
            References<MarkColumn>(row, nameof(MarkRequest.ColumnId));
        });

    private static void DescribeYearEnd(ModelBuilder model)
    {
        model.Entity<Remark>(row =>
        {
            row.ToTable("remarks").HasKey(remark => new { remark.StudentId, remark.GradebookId });
            row.Property(remark => remark.Text).HasMaxLength(WriteRemarks.MostCharacters);
            row.Property(remark => remark.Version).IsConcurrencyToken();
            row.HasIndex(remark => remark.GradebookId);
            References<Student>(row, nameof(Remark.StudentId));
            References<Gradebook>(row, nameof(Remark.GradebookId));
        });
        model.Entity<Retest>(row =>
        {
            row.ToTable("retests");
            row.HasKey(retest => new
            {
                retest.StudentId,
                retest.Year,
                retest.Subject,
            });
            row.Property(retest => retest.Subject).HasMaxLength(15);
            row.Property(retest => retest.Version).IsConcurrencyToken();
            References<Student>(row, nameof(Retest.StudentId));
            References<SchoolClass>(row, nameof(Retest.ClassId));
        });
        model.Entity<YearReview>(row =>
        {
            row.ToTable("year_reviews").HasKey(review => new { review.StudentId, review.Year });
            row.Property(review => review.Reason).HasMaxLength(500);
            row.Property(review => review.RecognisedFor).HasMaxLength(500);
            row.Property(review => review.Version).IsConcurrencyToken();
            References<Student>(row, nameof(YearReview.StudentId));
            References<SchoolClass>(row, nameof(YearReview.ClassId));
        });
        model.Entity<RollOver>(row =>
        {
            row.ToTable("roll_overs");
            Made(row.Property(rollOver => rollOver.Id));
            References<SchoolYear>(row, nameof(RollOver.SchoolCode), nameof(RollOver.Year));
        });
    }

    private static void DescribeHistory(ModelBuilder model)
    {
        model.Entity<OldYear>(row =>
        {
            row.ToTable("old_years").HasKey(year => new { year.StudentId, year.Year });
            References<Student>(row, nameof(OldYear.StudentId));
            row.HasMany(year => year.Results)
                .WithOne()
                .HasForeignKey(result => new { result.StudentId, result.Year });
        });
        model.Entity<OldResult>(row =>
        {
            row.ToTable("old_results");
            row.HasKey(result => new
            {
                result.StudentId,
                result.Year,
                result.Subject,
            });
            row.Property(result => result.Subject).HasMaxLength(100);
        });
        model.Entity<StudentPolicy>(row =>
        {
            row.ToTable("student_policies");
            Made(row.Property(policy => policy.Id));
            row.Property(policy => policy.Category).HasMaxLength(20);
            row.HasIndex(policy => policy.StudentId);
            References<Student>(row, nameof(StudentPolicy.StudentId));
        });
    }

    private static void Made(PropertyBuilder<Guid> id) => id.ValueGeneratedNever();

    private static void References<TPrincipal>(EntityTypeBuilder row, params string[] key)
        where TPrincipal : class => row.HasOne(typeof(TPrincipal)).WithMany().HasForeignKey(key);

    private sealed class MarkValueConverter()
        : ValueConverter<MarkValue, short>(value => value.Code, code => MarkValue.FromCode(code));
}

/// <summary>A package that was taken in, by the hash of its content: the same content is taken once.</summary>
public sealed class ImportedPackage
{
    public required string Hash { get; init; }
    public required string Source { get; init; }
    public required DateTimeOffset ImportedAt { get; init; }
    public required int Rows { get; init; }
}

/// <summary>Which row of ours another system's id means, so that its next package finds what its first one brought.</summary>
public sealed class ExternalKey
{
    public required string System { get; init; }

    /// <summary>OneRoster type: org, class, user, lineItem, …</summary>
    public required string Type { get; init; }
    public required string SourcedId { get; init; }

    /// <summary>Our key as text.</summary>
    public required string Key { get; set; }
}
