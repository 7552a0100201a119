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
/// Opens a class with its subjects and, for both terms of each, a gradebook with as many columns as the rules of its grade ask for: article 6
/// of Circular 22/2021/TT-BGDĐT, or in grades 1–5 article 7 of Circular 27/2020/TT-BGDĐT with the qualities and competencies beside the subjects.
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
        if (
            !await db.SchoolYears.AnyAsync(
                y => y.SchoolCode == school && y.Year == request.Year,
                cancel
            )
        )
        {
            throw new NotFound($"School year {request.Year} of {school}");
        }
        var opened = Add(school, request);
        if (
            await db.Classes.AnyAsync(
                known =>
                    known.SchoolCode == school
                    && known.Year == opened.Year
                    && known.Name == opened.Name,
                cancel
            )
        )
        {
            throw new Conflict($"The school has a class {opened.Name} in {opened.Year} already.");
        }
        await db.SaveChangesAsync(cancel);
        return opened;
    }

    /// <summary>Adds a class with its subjects; the caller saves.</summary>
    /// <param name="rollOver">The passage into the year that opens it.</param>
    /// <exception cref="InvalidInput">No rules hold for the grade in that year, the name is no name, or a subject is not taught in the grade.</exception>
    public SchoolClass Add(string school, ClassRequest request, Guid? rollOver = null)
    {
        if (RuleSets.Of(request.Year, request.Grade) is not { } rules)
        {
            throw new InvalidInput(
                "grade",
                $"Neither {Circular27.Name} nor {Circular22.Name} assesses grade {request.Grade} in {SchoolYear.Title(request.Year)}; older results are imported as they were written."
            );
        }
        var name = request.Name?.Trim() ?? "";
        if (name.Length is 0 or > 30)
        {
            throw new InvalidInput("name", "A class has a name of at most 30 characters.");
        }
        var opened = new SchoolClass
        {
            SchoolCode = school,
            Year = request.Year,
            Grade = request.Grade,
            Name = name,
            RollOverId = rollOver,
        };
        db.Classes.Add(opened);
        foreach (var subject in SubjectsOf(request))
        {
            Open(opened, subject);
        }
        if (rules is RuleSet.Circular27)
        {
            Open(opened, Circular27.TraitsSubject);
        }
        return opened;
    }

    /// <summary>Adds a subject, or <see cref="Circular27.TraitsSubject"/>, with its two gradebooks to a class; the caller saves.</summary>
    public ClassSubject Open(SchoolClass schoolClass, Subject subject)
    {
        var opened = new ClassSubject
        {
            ClassId = schoolClass.Id,
            Subject = subject.Code,
            Name = subject.Name,
            AnnualPeriods = subject.Periods[schoolClass.Grade],
            Kind = subject.KindIn(schoolClass.Grade),
        };
        db.ClassSubjects.Add(opened);
        var columns = opened.Kind switch
        {
            AssessmentKind.Level => PrimaryColumns(subject.Code, schoolClass.Grade),
            AssessmentKind.Trait => TraitColumns(schoolClass.Grade),
            _ => SecondaryColumns(opened),
        };
        foreach (var term in new[] { 1, 2 })
        {
            var gradebook = new Gradebook { ClassSubjectId = opened.Id, Term = term };
            gradebook.Columns.AddRange(
                columns.Select(column => Column(gradebook, column.Kind, column.Number))
            );
            db.Gradebooks.Add(gradebook);
        }
        return opened;
    }

    private static List<(ColumnKind Kind, int Number)> SecondaryColumns(ClassSubject subject) =>
        [
            .. Enumerable
                .Range(1, Circular22.RegularAssessments(subject.Kind, subject.AnnualPeriods))
                .Select(number => (ColumnKind.Regular, number)),
            (ColumnKind.Midterm, 1),
            (ColumnKind.Final, 1),
        ];

    private static List<(ColumnKind Kind, int Number)> PrimaryColumns(string subject, int grade)
    {
        var columns = new List<(ColumnKind, int)>
        {
            (ColumnKind.MidtermLevel, 1),
            (ColumnKind.FinalLevel, 1),
        };
        if (Circular27.HasTest(subject, grade, midterm: true))
        {
            columns.Add((ColumnKind.Midterm, 1));
        }
        if (Circular27.HasTest(subject, grade, midterm: false))
        {
            columns.Add((ColumnKind.Final, 1));
        }
        return columns;
    }

    /// <summary>The homeroom teacher judges these, for all subjects together.</summary>
    private static List<(ColumnKind Kind, int Number)> TraitColumns(int grade) =>
        [
            .. Circular27
                .TraitsOf(grade)
                .SelectMany(trait =>
                    new[]
                    {
                        (ColumnKind.MidtermLevel, trait.Number),
                        (ColumnKind.FinalLevel, trait.Number),
                    }
                ),
        ];

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
