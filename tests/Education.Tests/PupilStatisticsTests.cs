using Education.Contracts;
using Education.LearningRecords;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Enrolments;
using Education.LearningRecords.Schools;
using Education.LearningRecords.Students;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using Testing;

namespace Education.Tests;

/// <summary>Who is counted in the statistics of a school year, and as what.</summary>
public sealed class PupilStatisticsTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    private const string Code = "THCS-TK";

    [Fact]
    public async Task Pupils_are_counted_by_grade_sex_birth_repeating_and_conduct()
    {
        await using var scope = server.Scope();
        var db = scope.ServiceProvider.GetRequiredService<LearningRecordsDb>();
        db.Add(
            new School
            {
                Code = Code,
                Name = "Trường THCS Thống Kê",
                Level = SchoolLevel.LowerSecondary,
            }
        );
        foreach (var year in new[] { 2024, 2025 })
        {
            db.Add(
                new SchoolYear
                {
                    SchoolCode = Code,
                    Year = year,
                    Starts = new(year, 9, 5),
                    Ends = new(year + 1, 5, 31),
                }
            );
        }
        var before = Class(2024);
        var now = Class(2025);
        db.AddRange(before, now);
        var repeater = Pupil("R", Sex.Male, 2013, "05");
        var other = Pupil("N", Sex.Female, 2014, "01");
        var gone = Pupil("G", Sex.Female, 2014, "01");
        db.AddRange(repeater, other, gone);
        await db.SaveChangesAsync();
        foreach (
            var (pupil, schoolClass, from) in new[]
            {
                (repeater, before, new DateOnly(2024, 9, 5)),
                (repeater, now, new DateOnly(2025, 9, 5)),
                (other, now, new DateOnly(2025, 9, 5)),
                (gone, now, new DateOnly(2025, 9, 5)),
            }
        )
        {
            var enrolment = Enrolment.Of(pupil.Id, schoolClass, EnrolmentStatus.Studying, from);
            enrolment.Until =
                schoolClass == before ? new(2025, 5, 31)
                : pupil == gone ? new(2026, 1, 10)
                : null;
            db.Add(enrolment);
        }
        foreach (var (term, level) in new[] { (1, Level.Fair), (2, Level.Good) })
        {
            db.Add(
                new TermConduct
                {
                    StudentId = other.Id,
                    Year = 2025,
                    Term = term,
                    ClassId = now.Id,
                    Level = level,
                    ChangedBy = "x",
                }
            );
        }
        await db.SaveChangesAsync();

        var statistics = scope.ServiceProvider.GetRequiredService<IPupilStatistics>();
        const string name = "Trường THCS Thống Kê";
        Assert.Equal(
            [
                new PupilCount(Code, name, "03", 6, Sex.Male, 2013, "05", true, null, 1),
                // Khá then Tốt is Tốt over the year (Circular 22/2021, Art. 8).
                new PupilCount(Code, name, "03", 6, Sex.Female, 2014, "01", false, "Tốt", 1),
            ],
            await Counts(statistics, new(2026, 5, 31))
        );
        // On the last day before the leaving she is still there.
        Assert.Equal(3, (await Counts(statistics, new(2026, 1, 10))).Sum(count => count.Pupils));
        Assert.Equal(2, (await Counts(statistics, new(2026, 1, 11))).Sum(count => count.Pupils));
        Assert.Empty(await Counts(statistics, new(2025, 9, 4)));
    }

    private static async Task<List<PupilCount>> Counts(IPupilStatistics statistics, DateOnly day) =>
        [
            .. (await statistics.Pupils(2025, day).ToListAsync())
                .Where(count => count.SchoolCode == Code)
                .OrderBy(count => count.BirthYear),
        ];

    private static SchoolClass Class(int year) =>
        new()
        {
            SchoolCode = Code,
            Year = year,
            Name = "6A",
            Grade = 6,
        };

    private static Student Pupil(string code, Sex sex, int birthYear, string ethnicity) =>
        new()
        {
            Id = CitizenId.New(),
            Code = "TK-" + code,
            FullName = "Học Sinh " + code,
            Sex = sex,
            BirthDate = new(birthYear, 3, 1),
            Ethnicity = ethnicity,
        };
}
