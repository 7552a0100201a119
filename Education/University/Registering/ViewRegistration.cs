using Education.University.Marks;
using Education.University.Programmes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.University.Registering;

/// <param name="Mine">What the student holds; null or <see cref="Place.Dropped"/> for nothing.</param>
/// <param name="Position">In the waiting list, from 1.</param>
/// <param name="Refusals">What stands against taking it now.</param>
public sealed record SectionOffer(
    Guid Id,
    string Course,
    string Name,
    int Credits,
    string Number,
    IReadOnlyList<SectionSlot> Slots,
    string? Teacher,
    string? Room,
    int Capacity,
    int SeatsLeft,
    int Waiting,
    Place? Mine,
    int? Position,
    IReadOnlyList<string> Refusals
)
{
    public bool IsHeld => Mine is Place.Seat or Place.Waiting;
}

/// <param name="Credits">Of seats and waiting places.</param>
public sealed record RegistrationView(
    string Institution,
    string Student,
    string Code,
    int Year,
    int Number,
    DateTimeOffset Opens,
    DateTimeOffset Closes,
    bool IsOpen,
    int Credits,
    int MostCredits,
    IReadOnlyList<SectionOffer> Sections
);

/// <summary>The sections that the calling student may choose from in the term whose registration is open, or opens next.</summary>
public sealed class ViewRegistration(
    UniversityDb db,
    UniversityAccess access,
    StudentResults results,
    TimeProvider clock,
    IAudit audit
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/education/my-registration",
                (ViewRegistration feature, CancellationToken cancel) => feature.Run(cancel)
            )
            .Requires(Permission.RegisterCourses);

    /// <summary>One for each university; empty for whoever is no student, or has no term to come.</summary>
    public async Task<IReadOnlyList<RegistrationView>> Run(CancellationToken cancel = default)
    {
        var views = new List<RegistrationView>();
        foreach (var student in await access.Own(cancel))
        {
            var now = clock.GetUtcNow();
            var term = await db
                .Terms.AsNoTracking()
                .Where(one => one.InstitutionCode == student.InstitutionCode && one.Closes > now)
                .OrderBy(one => one.Opens)
                .FirstOrDefaultAsync(cancel);
            if (term is not null)
            {
                views.Add(await View(student, term, now, cancel));
            }
        }
        return views;
    }

    private async Task<RegistrationView> View(
        Student student,
        UniversityTerm term,
        DateTimeOffset now,
        CancellationToken cancel
    )
    {
        var institution = await db
            .Institutions.AsNoTracking()
            .FirstAsync(one => one.Code == term.InstitutionCode, cancel);
        var sections = await db
            .Sections.AsNoTracking()
            .Include(section => section.Slots)
            .Where(section => section.TermId == term.Id)
            .ToListAsync(cancel);
        var courseIds = sections.Select(section => section.CourseId).Distinct().ToList();
        var courses = await db
            .Courses.AsNoTracking()
            .Include(course => course.Prerequisites)
            .Where(course =>
                courseIds.Contains(course.Id)
                || db.Prerequisites.Any(one =>
                    one.RequiredId == course.Id && courseIds.Contains(one.CourseId)
                )
            )
            .ToDictionaryAsync(course => course.Id, cancel);
        var mine = await db
            .Registrations.AsNoTracking()
            .Where(one => one.StudentId == student.Id && one.TermId == term.Id)
            .ToDictionaryAsync(one => one.SectionId, cancel);
        var held = sections
            .Where(section => mine.GetValueOrDefault(section.Id) is { Place: not Place.Dropped })
            .Select(section => new HeldSection(section, courses[section.CourseId]))
            .ToList();
        var passed = (await results.Of([student.Id], null, cancel))
            .GetValueOrDefault(student.Id, [])
            .Where(result => result.Attempt.Grade.Passes)
            .Select(result => result.Course.Id)
            .ToHashSet();
        var offers = new List<SectionOffer>();
        foreach (var section in sections)
        {
            var course = courses[section.CourseId];
            var registration = mine.GetValueOrDefault(section.Id);
            var isHeld = registration is { Place: not Place.Dropped };
            var position = registration is { Place: Place.Waiting }
                ? await db.Registrations.CountAsync(
                    one =>
                        one.SectionId == section.Id
                        && one.Place == Place.Waiting
                        && one.Ticket <= registration.Ticket,
                    cancel
                )
                : (int?)null;
            offers.Add(
                new(
                    section.Id,
                    course.Code,
                    course.Name,
                    course.Credits,
                    section.Number,
                    [.. section.Slots.OrderBy(slot => slot.Day).ThenBy(slot => slot.First)],
                    section.TeacherName,
                    section.Room,
                    section.Capacity,
                    section.SeatsLeft,
                    section.Waiting,
                    registration?.Place,
                    position,
                    isHeld
                        ? []
                        : SeatRules.Refusals(
                            new(section, course),
                            term,
                            now,
                            student,
                            held,
                            [
                                .. course
                                    .Prerequisites.Where(one => !passed.Contains(one.RequiredId))
                                    .Select(one => courses[one.RequiredId].Code)
                                    .Order(StringComparer.Ordinal),
                            ],
                            institution.MostCreditsPerTerm
                        )
                )
            );
        }
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Read,
                $"UniversityStudent/{student.Id}/registration",
                [student.CitizenId.ToString()]
            ),
            cancel
        );
        return new(
            institution.Name,
            student.FullName,
            student.Code,
            term.Year,
            term.Number,
            term.Opens,
            term.Closes,
            term.IsOpen(now),
            held.Sum(one => one.Course.Credits),
            institution.MostCreditsPerTerm,
            [
                .. offers
                    .OrderByDescending(offer => offer.IsHeld)
                    .ThenBy(offer => offer.Course, StringComparer.Ordinal)
                    .ThenBy(offer => offer.Number, StringComparer.Ordinal),
            ]
        );
    }
}
