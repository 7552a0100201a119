using Education.LearningRecords;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Enrolments;
using Education.LearningRecords.Schools;
using Education.LearningRecords.Students;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;

namespace Education.OneRoster.Csv;

/// <summary>
/// Takes in a OneRoster CSV package (bulk; 1.2, and 1.1 as far as it differs): schools, years, classes, pupils, teachers and marks. The whole package is checked
/// first, then written in one transaction; the same content is taken once, and a changed package changes what differs.
/// </summary>
public sealed class ImportPackage(
    LearningRecordsDb db,
    OpenClass openClass,
    ICitizens citizens,
    ICurrentCaller current,
    IAudit audit,
    TimeProvider clock
) : IImporter
{
    private const int ChunkSize = 1000;

    private readonly Dictionary<string, int> imported = [];
    private string system = "";

    public string Format => "OneRoster CSV package";

    public bool Accepts(string path) => CsvPackage.Looks(path);

    public async Task<ImportResult> Import(
        string path,
        IProgress<ImportProgress> progress,
        CancellationToken cancel = default
    )
    {
        using var package = new CsvPackage(path);
        var hash = await package.Hash(cancel);
        if (await db.ImportedPackages.AnyAsync(known => known.Hash == hash, cancel))
        {
            return new(new Dictionary<string, int>(), package.FileCount, []);
        }
        var manifest = package.ReadManifest();
        system = manifest.GetValueOrDefault("source.systemName") is { Length: > 0 } name
            ? name
            : "OneRoster";
        var checkedPackage = new CheckPackage(package);
        checkedPackage.Run();

        imported.Clear();
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        var done = 0;
        foreach (
            var (table, write) in new (CsvTable, Func<Task>)[]
            {
                (CsvTable.Orgs, () => Schools(package, checkedPackage, cancel)),
                (CsvTable.AcademicSessions, () => Years(checkedPackage, cancel)),
                (CsvTable.Classes, () => Classes(checkedPackage, cancel)),
                (CsvTable.Users, () => Users(package, checkedPackage, cancel)),
                (CsvTable.Enrollments, () => Enrolments(package, checkedPackage, cancel)),
                (CsvTable.LineItems, () => Columns(package, checkedPackage, cancel)),
                (CsvTable.Results, () => Marks(package, checkedPackage, cancel)),
            }
        )
        {
            progress.Report(new(table.Name, done++, 7));
            await write();
            await db.SaveChangesAsync(cancel);
            db.ChangeTracker.Clear();
        }
        db.ImportedPackages.Add(
            new ImportedPackage
            {
                Hash = hash,
                Source = system,
                ImportedAt = clock.GetUtcNow(),
                Rows = checkedPackage.Rows,
            }
        );
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        progress.Report(new("done", 7, 7));
        return new(imported, 0, []);
    }

    private async Task Schools(CsvPackage package, CheckPackage check, CancellationToken cancel)
    {
        foreach (var row in package.Rows(CsvTable.Orgs).Where(row => row["type"] == "school"))
        {
            var code = check.Schools[row.SourcedId];
            var school = await db.Schools.FindAsync([code], cancel);
            if (school is null)
            {
                var grade = check.Classes.Values.FirstOrDefault(c => c.School == code)?.Grade ?? 6;
                school = new School
                {
                    Code = code,
                    Name = row["name"],
                    Level = School.LevelOf(grade),
                };
                db.Schools.Add(school);
                Count("schools");
            }
            else if (school.Name != row["name"])
            {
                school.Name = row["name"];
                Count("schools");
            }
        }
    }

    private async Task Years(CheckPackage check, CancellationToken cancel)
    {
        foreach (var ((code, year), sessions) in check.SessionsOf)
        {
            if (await db.SchoolYears.FindAsync([code, year], cancel) is null)
            {
                db.SchoolYears.Add(
                    new SchoolYear
                    {
                        SchoolCode = code,
                        Year = year,
                        Starts = sessions.Min(session => session.Starts),
                        Ends = sessions.Max(session => session.Ends),
                    }
                );
                Count("school years");
            }
            foreach (var term in sessions.Where(session => session.IsTerm))
            {
                if (await db.Terms.FindAsync([code, year, term.Term], cancel) is null)
                {
                    db.Terms.Add(
                        new Term
                        {
                            SchoolCode = code,
                            Year = year,
                            Number = term.Term!.Value,
                            Starts = term.Starts,
                            Ends = term.Ends,
                        }
                    );
                    Count("terms");
                }
            }
        }
    }

    private async Task Classes(CheckPackage check, CancellationToken cancel)
    {
        foreach (
            var of in check.Classes.Values.GroupBy(known => (known.School, known.Year, known.Name))
        )
        {
            var (code, year, name) = of.Key;
            var schoolClass = await db
                .Classes.Include(known => known.Subjects)
                .FirstOrDefaultAsync(
                    known => known.SchoolCode == code && known.Year == year && known.Name == name,
                    cancel
                );
            if (schoolClass is null)
            {
                schoolClass = new SchoolClass
                {
                    SchoolCode = code,
                    Year = year,
                    Name = name,
                    Grade = of.First().Grade,
                };
                db.Classes.Add(schoolClass);
                Count("classes");
            }
            foreach (var subject in of.Select(known => known.Subject).OfType<Subject>().Distinct())
            {
                if (!schoolClass.Subjects.Exists(taught => taught.Subject == subject.Code))
                {
                    openClass.Open(schoolClass, subject);
                    Count("subjects of classes");
                }
            }
        }
    }

    private async Task Users(CsvPackage package, CheckPackage check, CancellationToken cancel)
    {
        var roles = package
            .Rows(CsvTable.Roles)
            .Where(row => row["role"] is "student" or "teacher")
            .ToLookup(
                row => row["userSourcedId"],
                row => (Role: row["role"], Org: row["orgSourcedId"])
            );
        var demographics = package
            .Rows(CsvTable.Demographics)
            .ToDictionary(
                row => row.SourcedId,
                row => (Birth: row.Date("birthDate"), Sex: row["sex"])
            );
        foreach (var chunk in package.Rows(CsvTable.Users).Chunk(ChunkSize))
        {
            var keys = await KeysOf("user", chunk.Select(row => row.SourcedId), cancel);
            var pupils = new List<CitizenId>();
            foreach (var row in chunk)
            {
                var isStudent = roles[row.SourcedId].Any(role => role.Role == "student");
                if (isStudent)
                {
                    pupils.Add(
                        await Pupil(
                            row,
                            demographics.GetValueOrDefault(row.SourcedId),
                            keys,
                            cancel
                        )
                    );
                }
                foreach (var (_, org) in roles[row.SourcedId].Where(role => role.Role == "teacher"))
                {
                    await TeacherOf(row, check.Schools[org], keys, cancel);
                }
            }
            await SaveChunk(AuditAction.Create, "users", pupils, cancel);
        }
    }

    private async Task<CitizenId> Pupil(
        CsvRow row,
        (DateOnly? Birth, string? Sex) known,
        Dictionary<string, ExternalKey> keys,
        CancellationToken cancel
    )
    {
        var name = FullName(row);
        CitizenId id;
        if (keys.TryGetValue(row.SourcedId, out var key))
        {
            id = CitizenId.Parse(key.Key);
        }
        else
        {
            var registered = await citizens.Register(
                new CitizenDetails(
                    name,
                    known.Birth is { } birth ? new PartialDate(birth) : null,
                    known.Sex switch
                    {
                        "male" => Sex.Male,
                        "female" => Sex.Female,
                        _ => Sex.Unknown,
                    },
                    CheckPackage.PersonalId(row),
                    row["phone"] is { Length: > 0 } phone ? phone : null
                ),
                cancel
            );
            id = registered.Citizen.Id;
            db.ExternalKeys.Add(KeyOf("user", row.SourcedId, id.ToString()));
        }
        var student = await db.Students.FindAsync([id], cancel);
        var citizen = await citizens.Find(id, cancel) ?? throw new NotFound($"Citizen {id}");
        var code = row["identifier"] is { Length: > 0 and <= 50 } given ? given : null;
        if (student is null)
        {
            student = new Student
            {
                Id = id,
                Code = code ?? Student.TemporaryCode(citizen.Id),
                FullName = name,
                BirthDate = citizen.Details.BirthDate,
                Sex = citizen.Details.Sex,
                Ethnicity = citizen.Details.Ethnicity,
            };
            db.Students.Add(student);
            Count("pupils");
        }
        else if (student.FullName != name || (code is not null && student.Code != code))
        {
            // A temporary code gives way to the ministry's; the pupil stays the same row.
            student.FullName = name;
            student.Code = code ?? student.Code;
            Count("pupils");
        }
        return id;
    }

    private async Task TeacherOf(
        CsvRow row,
        string school,
        Dictionary<string, ExternalKey> keys,
        CancellationToken cancel
    )
    {
        var name = FullName(row);
        // One person can teach at several schools, and is a row in each.
        var sourcedId = $"{row.SourcedId}@{school}";
        var known = await db.ExternalKeys.FindAsync([system, "teacher", sourcedId], cancel);
        if (known is null)
        {
            var teacher = new Teacher { SchoolCode = school, FullName = name };
            db.Teachers.Add(teacher);
            db.ExternalKeys.Add(KeyOf("teacher", sourcedId, teacher.Id.ToString()));
            Count("teachers");
            return;
        }
        var existing = await db.Teachers.FindAsync([Guid.Parse(known.Key)], cancel);
        if (existing is not null && existing.FullName != name)
        {
            existing.FullName = name;
            Count("teachers");
        }
    }

    private async Task Enrolments(CsvPackage package, CheckPackage check, CancellationToken cancel)
    {
        var starts = await db.SchoolYears.ToDictionaryAsync(
            year => (year.SchoolCode, year.Year),
            year => year.Starts,
            cancel
        );
        foreach (var chunk in package.Rows(CsvTable.Enrollments).Chunk(ChunkSize))
        {
            var keys = await KeysOf("user", chunk.Select(row => row["userSourcedId"]), cancel);
            var pupils = new List<CitizenId>();
            foreach (var row in chunk)
            {
                var of = check.Classes[row["classSourcedId"]];
                var schoolClass = await ClassOf(of, cancel);
                var from = row.Date("beginDate") ?? starts[(of.School, of.Year)];
                if (row["role"] == "student" && keys.TryGetValue(row["userSourcedId"], out var key))
                {
                    var pupil = CitizenId.Parse(key.Key);
                    await Enrol(pupil, schoolClass, from, row.Date("endDate"), cancel);
                    pupils.Add(pupil);
                }
                else if (row["role"] == "teacher")
                {
                    await Assign(row, of, schoolClass, from, cancel);
                }
            }
            await SaveChunk(AuditAction.Update, "enrollments", pupils, cancel);
        }
    }

    /// <summary>A pupil is enrolled once in the homeroom class, however many of its subjects the package lists.</summary>
    private async Task Enrol(
        CitizenId pupil,
        SchoolClass schoolClass,
        DateOnly from,
        DateOnly? until,
        CancellationToken cancel
    )
    {
        bool Same(Enrolment row) => row.StudentId == pupil && row.ClassId == schoolClass.Id;

        var known =
            db.Enrolments.Local.FirstOrDefault(Same)
            ?? await db.Enrolments.FirstOrDefaultAsync(
                row => row.StudentId == pupil && row.ClassId == schoolClass.Id,
                cancel
            );
        if (known is null)
        {
            var row = Enrolment.Of(pupil, schoolClass, EnrolmentStatus.Studying, from);
            row.Until = until;
            db.Enrolments.Add(row);
            Count("enrolments");
        }
    }

    private async Task Assign(
        CsvRow row,
        PackagedClass of,
        SchoolClass schoolClass,
        DateOnly from,
        CancellationToken cancel
    )
    {
        var key = await db.ExternalKeys.FindAsync(
            [system, "teacher", $"{row["userSourcedId"]}@{of.School}"],
            cancel
        );
        if (key is null)
        {
            return;
        }
        var teacher = Guid.Parse(key.Key);
        if (of.Subject is null)
        {
            schoolClass.HomeroomTeacherId ??= teacher;
            return;
        }
        var subject = schoolClass.Subjects.First(taught => taught.Subject == of.Subject.Code);
        if (!subject.Assignments.Exists(assignment => assignment.TeacherId == teacher))
        {
            var assignment = new Assignment
            {
                ClassSubjectId = subject.Id,
                TeacherId = teacher,
                From = from,
                Until = row.Date("endDate"),
            };
            db.Assignments.Add(assignment);
            Count("assignments");
        }
    }

    private async Task Columns(CsvPackage package, CheckPackage check, CancellationToken cancel)
    {
        foreach (var row in package.Rows(CsvTable.LineItems))
        {
            if (
                await db.ExternalKeys.FindAsync([system, "lineItem", row.SourcedId], cancel)
                is not null
            )
            {
                continue;
            }
            var of = check.Classes[row["classSourcedId"]];
            var schoolClass = await ClassOf(of, cancel);
            var subject = schoolClass.Subjects.First(taught => taught.Subject == of.Subject!.Code);
            var term = check.Sessions[row["academicSessionSourcedId"]].Term!.Value;
            var gradebook = await db
                .Gradebooks.Include(known => known.Columns)
                .FirstAsync(
                    known => known.ClassSubjectId == subject.Id && known.Term == term,
                    cancel
                );
            var kind = check.Categories[row["categorySourcedId"]];
            var taken = await TakenColumns(gradebook, cancel);
            var trait =
                of.Kind is AssessmentKind.Trait ? CheckPackage.TraitNumber(row["title"]) : null;
            var ofKind = gradebook
                .Columns.Where(column =>
                    column.Kind == kind && (trait is null || column.Number == trait)
                )
                .ToList();
            var column = ofKind
                .OrderBy(free => free.Number)
                .FirstOrDefault(free => !taken.Contains(free.Id.ToString()));
            if (column is null)
            {
                if (kind is not ColumnKind.Regular)
                {
                    throw new InvalidInput([
                        row.Error(
                            "categorySourcedId",
                            "the class has no further assessment of this category in the term"
                        ),
                    ]);
                }
                column = new MarkColumn
                {
                    GradebookId = gradebook.Id,
                    Kind = kind,
                    Number = ofKind.Count + 1,
                };
                db.MarkColumns.Add(column);
            }
            column.Title = row["title"];
            db.ExternalKeys.Add(KeyOf("lineItem", row.SourcedId, column.Id.ToString()));
            Count("assessments");
        }
    }

    private async Task<HashSet<string>> TakenColumns(Gradebook gradebook, CancellationToken cancel)
    {
        var ids = gradebook.Columns.Select(column => column.Id.ToString()).ToList();
        var saved = await db
            .ExternalKeys.Where(key => key.Type == "lineItem" && ids.Contains(key.Key))
            .Select(key => key.Key)
            .ToListAsync(cancel);
        return
        [
            .. saved,
            .. db.ExternalKeys.Local.Where(key => key.Type == "lineItem").Select(key => key.Key),
        ];
    }

    private async Task Marks(CsvPackage package, CheckPackage check, CancellationToken cancel)
    {
        var takes = package
            .Rows(CsvTable.LineItems)
            .ToDictionary(
                row => row.SourcedId,
                row =>
                    check
                        .Categories[row["categorySourcedId"]]
                        .Takes(check.Classes[row["classSourcedId"]].Kind)
            );
        var graded = package
            .Rows(CsvTable.Results)
            .Where(row => row["scoreStatus"] == "fully graded");
        foreach (var chunk in graded.Chunk(ChunkSize))
        {
            var users = await KeysOf("user", chunk.Select(row => row["studentSourcedId"]), cancel);
            var columns = await KeysOf(
                "lineItem",
                chunk.Select(row => row["lineItemSourcedId"]),
                cancel
            );
            var students = users.Values.Select(key => CitizenId.Parse(key.Key)).ToList();
            var columnIds = columns.Values.Select(key => Guid.Parse(key.Key)).ToList();
            var marks = await db
                .Marks.Where(mark =>
                    students.Contains(mark.StudentId) && columnIds.Contains(mark.ColumnId)
                )
                .ToDictionaryAsync(mark => (mark.StudentId, mark.ColumnId), cancel);
            foreach (var row in chunk)
            {
                if (!users.TryGetValue(row["studentSourcedId"], out var user))
                {
                    throw new InvalidInput([
                        row.Error("studentSourcedId", "this user has no role of student"),
                    ]);
                }
                CheckPackage.TryReadMark(row, takes[row["lineItemSourcedId"]], out var value);
                Write(
                    marks,
                    CitizenId.Parse(user.Key),
                    Guid.Parse(columns[row["lineItemSourcedId"]].Key),
                    value
                );
            }
            await SaveChunk(AuditAction.Update, "results", students, cancel);
        }
    }

    private void Write(
        Dictionary<(CitizenId, Guid), Mark> marks,
        CitizenId student,
        Guid column,
        MarkValue value
    )
    {
        var mark = marks.GetValueOrDefault((student, column));
        if (mark?.Value == value)
        {
            return;
        }
        var now = clock.GetUtcNow();
        db.MarkChanges.Add(
            new MarkChange
            {
                StudentId = student,
                ColumnId = column,
                Old = mark?.Value,
                New = value,
                At = now,
                By = current.Caller.Id,
                ByName = current.Caller.Name,
                Why = $"OneRoster: {system}",
            }
        );
        if (mark is null)
        {
            mark = new Mark
            {
                StudentId = student,
                ColumnId = column,
                Version = 0,
                ChangedAt = now,
                ChangedBy = current.Caller.Name,
            };
            marks[(student, column)] = mark;
            db.Marks.Add(mark);
        }
        mark.Value = value;
        mark.Version++;
        mark.ChangedAt = now;
        mark.ChangedBy = current.Caller.Name;
        Count("marks");
    }

    private async Task<SchoolClass> ClassOf(PackagedClass of, CancellationToken cancel) =>
        db.Classes.Local.FirstOrDefault(known =>
            known.SchoolCode == of.School && known.Year == of.Year && known.Name == of.Name
        )
        ?? await db
            .Classes.Include(known => known.Subjects)
                .ThenInclude(subject => subject.Assignments)
            .AsSplitQuery()
            .FirstAsync(
                known =>
                    known.SchoolCode == of.School && known.Year == of.Year && known.Name == of.Name,
                cancel
            );

    private async Task<Dictionary<string, ExternalKey>> KeysOf(
        string type,
        IEnumerable<string> sourcedIds,
        CancellationToken cancel
    )
    {
        var wanted = sourcedIds.Distinct().ToList();
        return await db
            .ExternalKeys.Where(key =>
                key.System == system && key.Type == type && wanted.Contains(key.SourcedId)
            )
            .ToDictionaryAsync(key => key.SourcedId, cancel);
    }

    private ExternalKey KeyOf(string type, string sourcedId, string key) =>
        new()
        {
            System = system,
            Type = type,
            SourcedId = sourcedId,
            Key = key,
        };

    private async Task SaveChunk(
        AuditAction action,
        string what,
        List<CitizenId> pupils,
        CancellationToken cancel
    )
    {
        await db.SaveChangesAsync(cancel);
        db.ChangeTracker.Clear();
        if (pupils.Count > 0)
        {
            await audit.Record(
                current.Caller,
                new AuditEntry(
                    action,
                    $"OneRoster/{system}/{what}",
                    [.. pupils.Distinct().Select(pupil => pupil.ToString())]
                ),
                cancel
            );
        }
    }

    private void Count(string what) => imported[what] = imported.GetValueOrDefault(what) + 1;

    /// <summary>Vietnamese order: family, middle, given.</summary>
    private static string FullName(CsvRow row) =>
        string.Join(
            ' ',
            new[] { row["familyName"], row["middleName"], row["givenName"] }.Where(part =>
                part.Length > 0
            )
        );
}
