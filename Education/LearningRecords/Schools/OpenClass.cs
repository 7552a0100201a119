using Education.LearningRecords.Assessment;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.LearningRecords.Schools;

/// <param name="Subjects">Codes of the curriculum's subjects; null for all that are compulsory in the grade.</param>
public sealed record ClassRequest(
    int Year,
    int Grade,
    string Name,
    IReadOnlyList<string>? Subjects = null
);

/// <summary>
/// Opens a class with its subjects and, for both terms of each, a gradebook with as many columns as article 6 of Circular
/// 22/2021/TT-BGDĐT asks for.
/// </summary>
public sealed class OpenClass(LearningRecordsDb db, SchoolAccess access) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/education/schools/{school}/classes",
                async (
                    string school,
                    ClassRequest request,
                    OpenClass feature,
                    CancellationToken cancel
                ) =>
                {
                    var opened = await feature.Run(school, request, cancel);
                    return Results.Created($"/education/classes/{opened.Id}", new { opened.Id });
                }
            )
            .Requires(Permission.ManageSchool);

    public async Task<SchoolClass> Run(
        string school,
        ClassRequest request,
        CancellationToken cancel = default
    )
    {
        await access.Demand(Permission.ManageSchool, school);
        if (!Circular22.AppliesTo(request.Year, request.Grade))
        {
            throw new InvalidInput(
                "grade",
                $"{Circular22.Name} does not assess grade {request.Grade} in {SchoolYear.Title(request.Year)}."
            );
        }
        var name = request.Name?.Trim() ?? "";
        if (name.Length is 0 or > 30)
        {
            throw new InvalidInput("name", "A class has a name of at most 30 characters.");
        }
        if (
            !await db.SchoolYears.AnyAsync(
                y => y.SchoolCode == school && y.Year == request.Year,
                cancel
            )
        )
        {
            throw new NotFound($"School year {request.Year} of {school}");
        }
        if (
            await db.Classes.AnyAsync(
                known =>
                    known.SchoolCode == school && known.Year == request.Year && known.Name == name,
                cancel
            )
        )
        {
            throw new Conflict($"The school has a class {name} in {request.Year} already.");
        }
        var opened = new SchoolClass
        {
            SchoolCode = school,
            Year = request.Year,
            Grade = request.Grade,
            Name = name,
        };
        db.Classes.Add(opened);
        foreach (var subject in SubjectsOf(request))
        {
            Open(opened, subject);
        }
        await db.SaveChangesAsync(cancel);
        return opened;
    }

    /// <summary>Adds a subject with its two gradebooks to a class; the caller saves.</summary>
    public ClassSubject Open(SchoolClass schoolClass, Subject subject)
    {
        var opened = new ClassSubject
        {
            ClassId = schoolClass.Id,
            Subject = subject.Code,
            Name = subject.Name,
            AnnualPeriods = subject.Periods[schoolClass.Grade],
            Kind = subject.Kind,
        };
        db.ClassSubjects.Add(opened);
        foreach (var term in new[] { 1, 2 })
        {
            var gradebook = new Gradebook { ClassSubjectId = opened.Id, Term = term };
            var regular = Circular22.RegularAssessments(opened.Kind, opened.AnnualPeriods);
            gradebook.Columns.AddRange([
                .. Enumerable
                    .Range(1, regular)
                    .Select(number => Column(gradebook, ColumnKind.Regular, number)),
                Column(gradebook, ColumnKind.Midterm, 1),
                Column(gradebook, ColumnKind.Final, 1),
            ]);
            db.Gradebooks.Add(gradebook);
        }
        return opened;
    }

    private static MarkColumn Column(Gradebook gradebook, ColumnKind kind, int number) =>
        new()
        {
            GradebookId = gradebook.Id,
            Kind = kind,
            Number = number,
        };

    private static IEnumerable<Subject> SubjectsOf(ClassRequest request)
    {
        if (request.Subjects is null)
        {
            return SubjectCatalogue
                .OfGrade(request.Grade)
                .Where(subject => subject.IsCompulsory(request.Grade));
        }
        return request
            .Subjects.Distinct()
            .Select(
                (code, i) =>
                    SubjectCatalogue.Find(code) is { } subject
                    && subject.Periods.ContainsKey(request.Grade)
                        ? subject
                        : throw new InvalidInput(
                            $"subjects[{i}]",
                            $"{code} is not a subject of grade {request.Grade}."
                        )
            );
    }
}
