using Education.University.Marks;
using Education.University.Programmes;
using Education.University.Registering;
using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using SharedKernel.Persistence;

namespace Education.University;

/// <summary>Universities, their programmes, sections and seats, marks. A student's rows lie together; a section's are found by index.</summary>
public class UniversityDb(DbContextOptions options) : ModuleDb(options)
{
    public const string SchemaName = "university";

    public override string Schema => SchemaName;

    public DbSet<Institution> Institutions => Set<Institution>();
    public DbSet<ScaleLetter> Letters => Set<ScaleLetter>();
    public DbSet<Programme> Programmes => Set<Programme>();
    public DbSet<ProgrammeCourse> ProgrammeCourses => Set<ProgrammeCourse>();
    public DbSet<Course> Courses => Set<Course>();
    public DbSet<Prerequisite> Prerequisites => Set<Prerequisite>();
    public DbSet<Student> Students => Set<Student>();
    public DbSet<UniversityTerm> Terms => Set<UniversityTerm>();
    public DbSet<Section> Sections => Set<Section>();
    public DbSet<Registration> Registrations => Set<Registration>();
    public DbSet<SectionMark> Marks => Set<SectionMark>();
    public DbSet<SectionMarkChange> MarkChanges => Set<SectionMarkChange>();
    public DbSet<RecognisedCourse> RecognisedCourses => Set<RecognisedCourse>();

    protected override void ConfigureConventions(ModelConfigurationBuilder conventions)
    {
        base.ConfigureConventions(conventions);
        conventions.Properties<string>().HaveMaxLength(200);
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
        DescribeProgrammes(model);
        DescribeRegistration(model);
        DescribeMarks(model);
        foreach (
            var reference in model.Model.GetEntityTypes().SelectMany(type => type.GetForeignKeys())
        )
        {
            // A record is never deleted by the way.
            reference.DeleteBehavior = DeleteBehavior.Restrict;
        }
    }

    private static void DescribeProgrammes(ModelBuilder model)
    {
        model.Entity<Institution>(row =>
        {
            row.ToTable("institutions").HasKey(institution => institution.Code);
            row.HasMany(institution => institution.Letters)
                .WithOne()
                .HasForeignKey(letter => letter.InstitutionCode);
        });
        model.Entity<ScaleLetter>(row =>
        {
            row.ToTable("scale_letters");
            row.HasKey(letter => new { letter.InstitutionCode, letter.Letter });
            row.Property(letter => letter.Letter).HasMaxLength(3);
        });
        model.Entity<Programme>(row =>
        {
            row.ToTable("programmes");
            row.Property(programme => programme.Id).ValueGeneratedNever();
            row.Property(programme => programme.Code).HasMaxLength(20);
            References<Institution>(row, nameof(Programme.InstitutionCode));
            row.HasIndex(programme => new { programme.InstitutionCode, programme.Code }).IsUnique();
            row.HasMany(programme => programme.Courses)
                .WithOne()
                .HasForeignKey(course => course.ProgrammeId);
        });
        model.Entity<ProgrammeCourse>(row =>
        {
            row.ToTable("programme_courses");
            row.HasKey(course => new { course.ProgrammeId, course.CourseId });
            References<Course>(row, nameof(ProgrammeCourse.CourseId));
        });
        model.Entity<Course>(row =>
        {
            row.ToTable("courses");
            row.Property(course => course.Id).ValueGeneratedNever();
            row.Property(course => course.Code).HasMaxLength(20);
            row.Ignore(course => course.ComponentList);
            References<Institution>(row, nameof(Course.InstitutionCode));
            row.HasIndex(course => new { course.InstitutionCode, course.Code }).IsUnique();
            row.HasMany(course => course.Prerequisites)
                .WithOne()
                .HasForeignKey(prerequisite => prerequisite.CourseId);
            row.HasMany(course => course.Components)
                .WithOne()
                .HasForeignKey(component => component.CourseId);
        });
        model.Entity<Prerequisite>(row =>
        {
            row.ToTable("prerequisites");
            row.HasKey(prerequisite => new { prerequisite.CourseId, prerequisite.RequiredId });
            References<Course>(row, nameof(Prerequisite.RequiredId));
        });
        model.Entity<CourseComponent>(row =>
            row.ToTable("course_components")
                .HasKey(component => new { component.CourseId, component.Number })
        );
        model.Entity<Student>(row =>
        {
            row.ToTable("students");
            row.Property(student => student.Id).ValueGeneratedNever();
            row.Property(student => student.Code).HasMaxLength(20);
            References<Programme>(row, nameof(Student.ProgrammeId));
            row.HasIndex(student => new { student.InstitutionCode, student.Code }).IsUnique();
            row.HasIndex(student => new { student.CitizenId, student.ProgrammeId }).IsUnique();
        });
    }

    private static void DescribeRegistration(ModelBuilder model)
    {
        model.Entity<UniversityTerm>(row =>
        {
            row.ToTable("terms");
            row.Property(term => term.Id).ValueGeneratedNever();
            row.Ignore(term => term.Order);
            References<Institution>(row, nameof(UniversityTerm.InstitutionCode));
            row.HasIndex(term => new
                {
                    term.InstitutionCode,
                    term.Year,
                    term.Number,
                })
                .IsUnique();
        });
        model.Entity<Section>(row =>
        {
            // The last word on over-booking: whatever code may come to do, the database refuses.
            row.ToTable(
                "sections",
                table =>
                    table.HasCheckConstraint(
                        "CK_sections_seats",
                        "\"Taken\" >= 0 AND \"Taken\" <= \"Capacity\" AND \"Waiting\" >= 0"
                    )
            );
            row.Property(section => section.Id).ValueGeneratedNever();
            row.Property(section => section.Number).HasMaxLength(10);
            row.Ignore(section => section.SeatsLeft);
            References<UniversityTerm>(row, nameof(Section.TermId));
            References<Course>(row, nameof(Section.CourseId));
            row.HasIndex(section => section.TeacherAccount);
            row.HasIndex(section => new
                {
                    section.TermId,
                    section.CourseId,
                    section.Number,
                })
                .IsUnique();
            row.HasMany(section => section.Slots).WithOne().HasForeignKey(slot => slot.SectionId);
        });
        model.Entity<SectionSlot>(row =>
        {
            row.ToTable("section_slots");
            row.HasKey(slot => new
            {
                slot.SectionId,
                slot.Day,
                slot.First,
            });
        });
        model.Entity<Registration>(row =>
        {
            row.ToTable("registrations");
            row.HasKey(registration => new { registration.StudentId, registration.SectionId });
            References<Section>(row, nameof(Registration.SectionId));
            References<Student>(row, nameof(Registration.StudentId));
            // Who is next, and who sits in the section.
            row.HasIndex(registration => new
            {
                registration.SectionId,
                registration.Place,
                registration.Ticket,
            });
        });
    }

    private static void DescribeMarks(ModelBuilder model)
    {
        model.Entity<SectionMark>(row =>
        {
            row.ToTable("section_marks");
            row.HasKey(mark => new
            {
                mark.StudentId,
                mark.SectionId,
                mark.Component,
            });
            row.Property(mark => mark.Version).IsConcurrencyToken();
            row.HasIndex(mark => mark.SectionId);
            References<Section>(row, nameof(SectionMark.SectionId));
            References<Student>(row, nameof(SectionMark.StudentId));
        });
        model.Entity<SectionMarkChange>(row =>
        {
            row.ToTable("section_mark_changes");
            row.Property(change => change.Id).ValueGeneratedNever();
            row.HasIndex(change => new { change.SectionId, change.StudentId });
        });
        model.Entity<RecognisedCourse>(row =>
        {
            row.ToTable("recognised_courses");
            row.HasKey(course => new { course.StudentId, course.CourseId });
            References<Student>(row, nameof(RecognisedCourse.StudentId));
            References<Course>(row, nameof(RecognisedCourse.CourseId));
        });
    }

    private static void References<TPrincipal>(EntityTypeBuilder row, params string[] key)
        where TPrincipal : class => row.HasOne(typeof(TPrincipal)).WithMany().HasForeignKey(key);
}
