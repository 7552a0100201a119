using Education.University.Rules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.University.Programmes;

/// <param name="Semester">Term of the plan, from 1.</param>
/// <param name="Prerequisites">Codes of courses of the institution that must be passed before.</param>
/// <param name="Components">Weights in percent; null for 40 % during the term and 60 % at its end.</param>
public sealed record CourseRequest(
    string Code,
    string Name,
    int Credits,
    bool Required = true,
    int Semester = 1,
    bool PassOnly = false,
    IReadOnlyList<string>? Prerequisites = null,
    IReadOnlyList<Component>? Components = null
);

/// <param name="MostYears">Longest time of study.</param>
public sealed record ProgrammeRequest(
    string Name,
    int Credits,
    int CreditsPerYear,
    int MostYears,
    IReadOnlyList<CourseRequest> Courses
);

/// <summary>
/// Sets a programme with its courses. A course belongs to the institution: what one programme says of its name, credits, components and
/// prerequisites holds for all that have it. The same code again changes the programme.
/// </summary>
public sealed class PlanProgramme(UniversityDb db, UniversityAccess access, TimeProvider clock)
    : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPut(
                "/education/universities/{university}/programmes/{code}",
                async (
                    string university,
                    string code,
                    ProgrammeRequest request,
                    PlanProgramme feature,
                    CancellationToken cancel
                ) =>
                {
                    var programme = await feature.Run(university, code, request, cancel);
                    return Results.Ok(new { programme.Id, programme.Code });
                }
            )
            .Requires(Permission.ManageUniversity);

    /// <exception cref="InvalidInput">Credits, weights or prerequisites are not right; says which course.</exception>
    public async Task<Programme> Run(
        string university,
        string code,
        ProgrammeRequest request,
        CancellationToken cancel = default
    )
    {
        await access.Managed(university, cancel);
        Check(request, code);
        var courses = await db
            .Courses.Include(course => course.Prerequisites)
            .Include(course => course.Components)
            .AsSplitQuery()
            .Where(course => course.InstitutionCode == university)
            .ToDictionaryAsync(course => course.Code, cancel);
        var programme = await db
            .Programmes.Include(known => known.Courses)
            .FirstOrDefaultAsync(
                known => known.InstitutionCode == university && known.Code == code,
                cancel
            );
        if (programme is null)
        {
            programme = new Programme
            {
                Id = Guid.CreateVersion7(),
                InstitutionCode = university,
                Code = code,
                Name = request.Name.Trim(),
                Credits = request.Credits,
                CreditsPerYear = request.CreditsPerYear,
                MostYears = request.MostYears,
            };
            db.Programmes.Add(programme);
        }
        programme.Name = request.Name.Trim();
        programme.Credits = request.Credits;
        programme.CreditsPerYear = request.CreditsPerYear;
        programme.MostYears = request.MostYears;
        foreach (var asked in request.Courses)
        {
            if (!courses.TryGetValue(asked.Code, out var course))
            {
                course = new Course
                {
                    Id = Guid.CreateVersion7(),
                    InstitutionCode = university,
                    Code = asked.Code,
                    Name = asked.Name,
                    Credits = asked.Credits,
                };
                courses.Add(asked.Code, course);
                db.Courses.Add(course);
            }
            course.Name = asked.Name.Trim();
            course.Credits = asked.Credits;
            course.PassOnly = asked.PassOnly;
            SetComponents(course, ComponentsOf(asked));
        }
        foreach (var asked in request.Courses)
        {
            SetPrerequisites(courses, courses[asked.Code], asked.Prerequisites ?? []);
        }
        RefuseCircles(courses);
        SetCourses(programme, request.Courses, courses);
        await db.SaveChangesAsync(cancel);
        return programme;
    }

    private void Check(ProgrammeRequest request, string code)
    {
        var rules = RuleSet.On(clock.Today());
        if (code.Length > 20 || string.IsNullOrWhiteSpace(request.Name))
        {
            throw new InvalidInput(
                "name",
                T.Of(
                    "Chương trình có mã dài nhất 20 ký tự và có tên.",
                    "A programme has a code of at most 20 characters and a name."
                )
            );
        }
        if (request.Courses.FirstOrDefault(course => !IsSound(course)) is { } unsound)
        {
            throw new InvalidInput(
                "courses",
                T.Of(
                    $"Học phần '{unsound.Code}': mã dài nhất 20 ký tự, có tên, 1 đến 30 tín chỉ.",
                    $"Course '{unsound.Code}': a code of at most 20 characters, a name, 1 to 30 credits."
                )
            );
        }
        if (request.Courses.DistinctBy(course => course.Code).Count() != request.Courses.Count)
        {
            throw new InvalidInput(
                "courses",
                T.Of("Một học phần đứng hai lần.", "A course stands twice.")
            );
        }
        foreach (var course in request.Courses)
        {
            CourseMark.Check(rules, course.Credits, ComponentsOf(course));
        }
        var required = request.Courses.Where(course => course.Required).Sum(c => c.Credits);
        var offered = request.Courses.Sum(course => course.Credits);
        if (request.Credits < required || request.Credits > offered || request.Credits < 1)
        {
            throw new InvalidInput(
                "credits",
                T.Of(
                    $"Học phần bắt buộc có {required} tín chỉ, tất cả có {offered}: chương trình nằm giữa hai số đó.",
                    $"The required courses have {required} credits and all have {offered}; the programme lies between."
                )
            );
        }
        if (request.CreditsPerYear is < 1 or > 120 || request.MostYears is < 1 or > 15)
        {
            throw new InvalidInput(
                "creditsPerYear",
                T.Of(
                    "Mỗi năm 1 đến 120 tín chỉ, học nhiều nhất 15 năm.",
                    "1 to 120 credits a year, and at most 15 years."
                )
            );
        }
    }

    private static bool IsSound(CourseRequest course) =>
        course is { Code.Length: > 0 and <= 20, Credits: >= 1 and <= 30, Semester: >= 1 and <= 20 }
        && !string.IsNullOrWhiteSpace(course.Name);

    private static IReadOnlyList<Component> ComponentsOf(CourseRequest course) =>
        course.Components ?? [new("Quá trình", 40), new("Cuối kỳ", 60)];

    private void SetComponents(Course course, IReadOnlyList<Component> components)
    {
        if (course.ComponentList.SequenceEqual(components))
        {
            return;
        }
        foreach (var (component, number) in components.Select((component, i) => (component, i + 1)))
        {
            if (course.Components.Find(known => known.Number == number) is { } known)
            {
                (known.Name, known.Weight) = (component.Name, component.Weight);
                continue;
            }
            course.Components.Add(
                new CourseComponent
                {
                    CourseId = course.Id,
                    Number = number,
                    Name = component.Name,
                    Weight = component.Weight,
                }
            );
        }
        db.RemoveRange(course.Components.Where(known => known.Number > components.Count));
    }

    private void SetPrerequisites(
        Dictionary<string, Course> courses,
        Course course,
        IReadOnlyList<string> codes
    )
    {
        var wanted = codes
            .Select(code =>
                courses.GetValueOrDefault(code)?.Id
                ?? throw new InvalidInput(
                    "courses",
                    T.Of(
                        $"{course.Code}: không có học phần tiên quyết {code}.",
                        $"{course.Code}: there is no course {code} to require."
                    )
                )
            )
            .ToHashSet();
        foreach (
            var gone in course.Prerequisites.Where(one => !wanted.Contains(one.RequiredId)).ToList()
        )
        {
            course.Prerequisites.Remove(gone);
            db.Prerequisites.Remove(gone);
        }
        course.Prerequisites.AddRange(
            wanted
                .Where(id => !course.Prerequisites.Exists(one => one.RequiredId == id))
                .Select(id => new Prerequisite { CourseId = course.Id, RequiredId = id })
                .ToList()
        );
    }

    private static void RefuseCircles(Dictionary<string, Course> courses)
    {
        var left = courses.Values.ToDictionary(course => course.Id);
        while (
            left.Values.FirstOrDefault(course =>
                !course.Prerequisites.Exists(one => left.ContainsKey(one.RequiredId))
            )
                is { } free
        )
        {
            left.Remove(free.Id);
        }
        if (left.Count > 0)
        {
            var circle = string.Join(", ", left.Values.Select(course => course.Code));
            throw new InvalidInput(
                "courses",
                T.Of(
                    $"Học phần tiên quyết tạo thành vòng: {circle}.",
                    $"These courses require each other in a circle: {circle}."
                )
            );
        }
    }

    private void SetCourses(
        Programme programme,
        IReadOnlyList<CourseRequest> asked,
        Dictionary<string, Course> courses
    )
    {
        var wanted = asked.ToDictionary(course => courses[course.Code].Id);
        foreach (
            var gone in programme.Courses.Where(one => !wanted.ContainsKey(one.CourseId)).ToList()
        )
        {
            programme.Courses.Remove(gone);
            db.ProgrammeCourses.Remove(gone);
        }
        foreach (var (id, course) in wanted)
        {
            var known = programme.Courses.Find(one => one.CourseId == id);
            if (known is null)
            {
                known = new ProgrammeCourse { ProgrammeId = programme.Id, CourseId = id };
                programme.Courses.Add(known);
            }
            (known.Required, known.Semester) = (course.Required, course.Semester);
        }
    }
}
