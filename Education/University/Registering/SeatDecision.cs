using Education.University.Marks;
using Education.University.Programmes;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Education.University.Registering;

/// <summary>All that a number of requests need, read after the terms were locked; decides them one after another in memory.</summary>
internal sealed class SeatDecision
{
    private readonly UniversityDb db;
    private readonly Dictionary<Guid, Section> sections;
    private readonly Dictionary<Guid, UniversityTerm> terms;
    private readonly Dictionary<Guid, Course> courses;
    private readonly Dictionary<Guid, Student> students;
    private readonly Dictionary<string, int> mostCredits;
    private readonly Dictionary<Guid, List<Registration>> byStudent;
    private readonly Dictionary<Guid, SortedList<long, Registration>> waiting;
    private readonly HashSet<(Guid Student, Guid Course)> passed;

    private SeatDecision(
        UniversityDb db,
        Dictionary<Guid, Section> sections,
        Dictionary<Guid, UniversityTerm> terms,
        Dictionary<Guid, Course> courses,
        Dictionary<Guid, Student> students,
        Dictionary<string, int> mostCredits,
        List<Registration> registrations,
        HashSet<(Guid, Guid)> passed
    )
    {
        this.db = db;
        this.sections = sections;
        this.terms = terms;
        this.courses = courses;
        this.students = students;
        this.mostCredits = mostCredits;
        this.passed = passed;
        byStudent = registrations
            .GroupBy(registration => registration.StudentId)
            .ToDictionary(group => group.Key, group => group.ToList());
        waiting = registrations
            .Where(registration => registration.Place is Place.Waiting)
            .GroupBy(registration => registration.SectionId)
            .ToDictionary(
                group => group.Key,
                group => new SortedList<long, Registration>(group.ToDictionary(one => one.Ticket))
            );
    }

    public static async Task<SeatDecision> Load(
        UniversityDb db,
        StudentResults results,
        IReadOnlyCollection<RegistrationDesk.Asked> asked
    )
    {
        var wanted = asked.Select(one => one.Request.Section).Distinct().ToList();
        var termIds = await db
            .Sections.Where(section => wanted.Contains(section.Id))
            .Select(section => section.TermId)
            .Distinct()
            .ToListAsync();
        // In one order, so that two servers never wait for each other in a circle.
        foreach (var id in termIds.Order())
        {
            await db
                .Terms.Where(term => term.Id == id)
                .ExecuteUpdateAsync(set =>
                    set.SetProperty(term => term.Decisions, term => term.Decisions + 1)
                );
        }
        var terms = await db
            .Terms.AsNoTracking()
            .Where(term => termIds.Contains(term.Id))
            .ToDictionaryAsync(term => term.Id);
        var studentIds = asked
            .Select(one => one.Request.Student)
            .OfType<Guid>()
            .Distinct()
            .ToList();
        var students = await db
            .Students.AsNoTracking()
            .Where(student => studentIds.Contains(student.Id))
            .ToDictionaryAsync(student => student.Id);
        var registrations = await db
            .Registrations.Where(one =>
                studentIds.Contains(one.StudentId) && termIds.Contains(one.TermId)
            )
            .ToListAsync();
        registrations.AddRange(await Line(db, asked, registrations));
        var sectionIds = wanted
            .Concat(registrations.Select(one => one.SectionId))
            .Distinct()
            .ToList();
        var sections = await db
            .Sections.Include(section => section.Slots)
            .Where(section => sectionIds.Contains(section.Id))
            .ToDictionaryAsync(section => section.Id);
        var courseIds = sections.Values.Select(section => section.CourseId).Distinct().ToList();
        var courses = await db
            .Courses.AsNoTracking()
            .Include(course => course.Prerequisites)
            .Where(course => courseIds.Contains(course.Id))
            .ToDictionaryAsync(course => course.Id);
        await AddRequired(db, courses);
        var institutions = terms.Values.Select(term => term.InstitutionCode).Distinct().ToList();
        var mostCredits = await db
            .Institutions.Where(one => institutions.Contains(one.Code))
            .ToDictionaryAsync(one => one.Code, one => one.MostCreditsPerTerm);
        var passed = await Passed(results, asked, sections, courses);
        // Those who may move up from the line, whose citizens are told of.
        var others = registrations
            .Select(one => one.StudentId)
            .Where(id => !students.ContainsKey(id))
            .Distinct()
            .ToList();
        if (others.Count > 0)
        {
            foreach (
                var student in await db
                    .Students.AsNoTracking()
                    .Where(student => others.Contains(student.Id))
                    .ToListAsync()
            )
            {
                students.Add(student.Id, student);
            }
        }
        return new(db, sections, terms, courses, students, mostCredits, registrations, passed);
    }

    public SeatAnswer Of(SeatRequest request, DateTimeOffset at) =>
        !sections.TryGetValue(request.Section, out var section)
            ? Refused(T.Of("Không có lớp học phần này.", "There is no such section."))
        : request.Wish is SeatWish.Resize ? Resize(section, request.Capacity, at)
        : request.Student is not { } id || !students.TryGetValue(id, out var student)
            ? Refused(T.Of("Không có sinh viên này.", "There is no such student."))
        : request.Wish is SeatWish.Take ? Take(section, student, at)
        : GiveBack(section, student, at);

    private SeatAnswer Take(Section section, Student student, DateTimeOffset at)
    {
        var all = byStudent.TryGetValue(student.Id, out var known) ? known : [];
        var mine = all.Find(one => one.SectionId == section.Id);
        if (mine is { Place: not Place.Dropped })
        {
            // Asked again after a lost answer: the same answer.
            return Held(mine);
        }
        var course = courses[section.CourseId];
        var term = terms[section.TermId];
        var held = all.Where(one => one.Place is not Place.Dropped && one.TermId == term.Id)
            .Select(one => new HeldSection(
                sections[one.SectionId],
                courses[sections[one.SectionId].CourseId]
            ))
            .ToList();
        var missing = course
            .Prerequisites.Where(one => !passed.Contains((student.Id, one.RequiredId)))
            .Select(one => courses[one.RequiredId].Code)
            .Order(StringComparer.Ordinal)
            .ToList();
        var refusals = SeatRules.Refusals(
            new(section, course),
            term,
            at,
            student,
            held,
            missing,
            mostCredits[term.InstitutionCode]
        );
        if (refusals.Count > 0)
        {
            return new(null, null, refusals, []);
        }
        if (mine is null)
        {
            mine = new Registration
            {
                SectionId = section.Id,
                StudentId = student.Id,
                TermId = section.TermId,
                CourseId = section.CourseId,
            };
            db.Registrations.Add(mine);
            all.Add(mine);
            byStudent[student.Id] = all;
        }
        mine.Ticket = ++section.Tickets;
        mine.At = at;
        mine.MovedUpAt = null;
        if (section.SeatsLeft > 0 && section.Waiting == 0)
        {
            mine.Place = Place.Seat;
            section.Taken++;
            return new(Place.Seat, null, [], []);
        }
        mine.Place = Place.Waiting;
        section.Waiting++;
        LineOf(section.Id).Add(mine.Ticket, mine);
        return new(Place.Waiting, section.Waiting, [], []);
    }

    private SeatAnswer GiveBack(Section section, Student student, DateTimeOffset at)
    {
        var mine = byStudent
            .GetValueOrDefault(student.Id)
            ?.Find(one => one.SectionId == section.Id && one.Place is not Place.Dropped);
        if (mine is null)
        {
            // Given back before, or never held.
            return new(Place.Dropped, null, [], []);
        }
        if (SeatRules.Closed(terms[section.TermId], at) is { } closed)
        {
            return Refused(closed);
        }
        if (mine.Place is Place.Waiting)
        {
            section.Waiting--;
            LineOf(section.Id).Remove(mine.Ticket);
            mine.Place = Place.Dropped;
            return new(Place.Dropped, null, [], []);
        }
        mine.Place = Place.Dropped;
        section.Taken--;
        return new(Place.Dropped, null, [], MoveUp(section, at));
    }

    private SeatAnswer Resize(Section section, int capacity, DateTimeOffset at)
    {
        if (capacity < section.Taken)
        {
            return Refused(
                T.Of(
                    $"Đã có {section.Taken} sinh viên; không thể còn {capacity} chỗ.",
                    $"{section.Taken} seats are taken; there cannot be {capacity}."
                )
            );
        }
        section.Capacity = capacity;
        return new(null, null, [], MoveUp(section, at));
    }

    private List<CitizenId> MoveUp(Section section, DateTimeOffset at)
    {
        var moved = new List<CitizenId>();
        var ahead = LineOf(section.Id);
        while (section.SeatsLeft > 0 && section.Waiting > 0)
        {
            var next = ahead.GetValueAtIndex(0);
            ahead.RemoveAt(0);
            next.Place = Place.Seat;
            next.MovedUpAt = at;
            section.Waiting--;
            section.Taken++;
            moved.Add(students[next.StudentId].CitizenId);
        }
        return moved;
    }

    private SeatAnswer Held(Registration mine)
    {
        if (mine.Place is Place.Seat)
        {
            return new(Place.Seat, null, [], []);
        }
        // Counted from the end: of a line that was not read, only those who came just now are here.
        var line = LineOf(mine.SectionId);
        var behind = line.Count - 1 - line.IndexOfKey(mine.Ticket);
        return new(Place.Waiting, sections[mine.SectionId].Waiting - behind, [], []);
    }

    private SortedList<long, Registration> LineOf(Guid section)
    {
        if (!waiting.TryGetValue(section, out var line))
        {
            waiting.Add(section, line = []);
        }
        return line;
    }

    private static SeatAnswer Refused(string why) => new(null, null, [why], []);

    /// <summary>Who waits where a seat may come free or a place is asked for again, in order.</summary>
    private static async Task<List<Registration>> Line(
        UniversityDb db,
        IReadOnlyCollection<RegistrationDesk.Asked> asked,
        List<Registration> known
    )
    {
        var again = known
            .Where(one => one.Place is Place.Waiting)
            .Select(one => (one.StudentId, one.SectionId))
            .ToHashSet();
        var touched = asked
            .Select(one => one.Request)
            .Where(request =>
                request.Wish is not SeatWish.Take
                || (request.Student is { } student && again.Contains((student, request.Section)))
            )
            .Select(request => request.Section)
            .Distinct()
            .ToList();
        if (touched.Count == 0)
        {
            return [];
        }
        var line = await db
            .Registrations.Where(one =>
                touched.Contains(one.SectionId) && one.Place == Place.Waiting
            )
            .ToListAsync();
        return [.. line.Except(known)];
    }

    private static async Task AddRequired(UniversityDb db, Dictionary<Guid, Course> courses)
    {
        var required = courses
            .Values.SelectMany(course => course.Prerequisites)
            .Select(one => one.RequiredId)
            .Where(id => !courses.ContainsKey(id))
            .Distinct()
            .ToList();
        if (required.Count > 0)
        {
            foreach (
                var course in await db
                    .Courses.AsNoTracking()
                    .Where(course => required.Contains(course.Id))
                    .ToListAsync()
            )
            {
                courses.Add(course.Id, course);
            }
        }
    }

    private static async Task<HashSet<(Guid, Guid)>> Passed(
        StudentResults results,
        IReadOnlyCollection<RegistrationDesk.Asked> asked,
        Dictionary<Guid, Section> sections,
        Dictionary<Guid, Course> courses
    )
    {
        var needing = asked
            .Select(one => one.Request)
            .Where(request =>
                request is { Wish: SeatWish.Take, Student: not null }
                && sections.TryGetValue(request.Section, out var section)
                && courses[section.CourseId].Prerequisites.Count > 0
            )
            .ToList();
        if (needing.Count == 0)
        {
            return [];
        }
        var required = needing
            .SelectMany(request => courses[sections[request.Section].CourseId].Prerequisites)
            .Select(one => one.RequiredId)
            .ToHashSet();
        var byStudent = await results.Of(
            [.. needing.Select(request => request.Student!.Value).Distinct()],
            required
        );
        return
        [
            .. byStudent
                .SelectMany(student => student.Value)
                .Where(result => result.Attempt.Grade.Passes)
                .Select(result => (result.Student, result.Course.Id)),
        ];
    }
}
