using Education.LearningRecords.Assessment;
using Education.OneRoster.Rest;
using SharedKernel.Contracts;

namespace Education.OneRoster.Csv;

/// <summary>A year of the package, a term of it, or a grading period in a term.</summary>
internal sealed record Session(
    int Year,
    int? Term,
    DateOnly Starts,
    DateOnly Ends,
    bool IsTerm,
    string Parent
);

/// <summary>A class of the package in our words: the homeroom class, and the subject when it is a scheduled one.</summary>
internal sealed record PackagedClass(
    string School,
    int Year,
    int Grade,
    string Name,
    Subject? Subject
)
{
    /// <summary>How the subject is assessed in this grade.</summary>
    public AssessmentKind Kind => Subject!.KindIn(Grade);
}

/// <summary>
/// Reads a whole package once before anything is written: every value, every reference, and whether courses, categories and scores
/// have a meaning here. Nothing is imported from a package with an error; each error names file, row and column.
/// </summary>
internal sealed class CheckPackage(CsvPackage package)
{
    private const int MostErrors = 100;

    private readonly List<FieldError> errors = [];
    private readonly Dictionary<string, HashSet<string>> ids = [];

    /// <summary>A course without a subject is that of a homeroom.</summary>
    private readonly Dictionary<string, (Subject? Subject, int Grade)> courses = [];
    private readonly Dictionary<string, (PackagedClass Of, ColumnKind Column)> lineItems = [];

    public Dictionary<string, Session> Sessions { get; } = [];

    /// <summary>
    /// What the classes of a school and year refer to, with the terms of a year and the year of a term: sessions have no org of their own, so
    /// that two schools may share one or each have theirs.
    /// </summary>
    public Dictionary<(string School, int Year), HashSet<Session>> SessionsOf { get; } = [];

    /// <summary>School code by the org's sourcedId; only orgs of type school.</summary>
    public Dictionary<string, string> Schools { get; } = [];
    public Dictionary<string, PackagedClass> Classes { get; } = [];
    public Dictionary<string, ColumnKind> Categories { get; } = [];
    public int Rows { get; private set; }

    /// <exception cref="InvalidInput">With the first hundred errors.</exception>
    public void Run()
    {
        foreach (var table in CsvTable.Read)
        {
            ids[table.Name] = [.. package.Rows(table).Select(row => row.SourcedId)];
        }
        foreach (var table in CsvTable.Read)
        {
            var seen = new HashSet<string>();
            foreach (var row in package.Rows(table))
            {
                Rows++;
                if (!seen.Add(row.SourcedId))
                {
                    Fail(row, "sourcedId", $"'{row.SourcedId}' is there twice");
                }
                if (CheckValues(row))
                {
                    CheckMeaning(row);
                }
            }
            // What follows refers to what came before: one cause is not told a hundred times.
            if (errors.Count > 0 && table == CsvTable.Classes)
            {
                throw new InvalidInput(errors);
            }
        }
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }
    }

    private bool CheckValues(CsvRow row)
    {
        var before = errors.Count;
        foreach (var column in new[] { "status", "dateLastModified" })
        {
            if (row[column].Length > 0)
            {
                Fail(row, column, "is blank in a bulk file");
            }
        }
        foreach (var column in row.Table.Columns)
        {
            var value = row[column.Name];
            if (CsvTable.Fault(column, value) is { } fault)
            {
                Fail(row, column.Name, fault);
            }
            else if (column.References is { } other && value.Length > 0)
            {
                string[] referred =
                    column.Type is CsvType.Ids ? [.. row.List(column.Name)] : [value];
                foreach (var id in referred.Where(id => !ids[other].Contains(id)))
                {
                    Fail(row, column.Name, $"there is no '{id}' in {other}.csv");
                }
            }
        }
        return errors.Count == before;
    }

    private void CheckMeaning(CsvRow row)
    {
        switch (row.Table.Name)
        {
            case "academicSessions":
                CheckSession(row);
                break;
            case "orgs" when row["type"] == "school":
                if (row["identifier"] is not { Length: > 0 and <= 20 } code)
                {
                    Fail(
                        row,
                        "identifier",
                        "a school's code, of at most 20 characters, is required"
                    );
                    break;
                }
                Schools[row.SourcedId] = code;
                break;
            case "courses":
                CheckCourse(row);
                break;
            case "classes":
                CheckClass(row);
                break;
            case "users":
                if (PersonalId(row) is { } id && (id.Length != 12 || !id.All(char.IsAsciiDigit)))
                {
                    Fail(row, "userIds", $"cccd '{id}' is not 12 digits");
                }
                break;
            case "roles"
                when row["role"] is "student" or "teacher"
                    && !Schools.ContainsKey(row["orgSourcedId"]):
                Fail(row, "orgSourcedId", "a pupil or teacher is of a school");
                break;
            case "categories":
                CheckCategory(row);
                break;
            case "lineItems":
                CheckLineItem(row);
                break;
            case "results":
                CheckResult(row);
                break;
        }
    }

    private void CheckSession(CsvRow row)
    {
        var (starts, ends) = (row.Date("startDate")!.Value, row.Date("endDate")!.Value);
        if (ends <= starts)
        {
            Fail(row, "endDate", "is not after startDate");
            return;
        }
        // OneRoster names a school year by the year it ends in, Viet Nam by the year it begins in.
        var year = int.Parse(row["schoolYear"]) - 1;
        int? term = null;
        if (row["type"] is "semester" or "term")
        {
            var title = row["title"].WithoutDiacritics();
            var second = title.EndsWith("ii", StringComparison.Ordinal) || title.EndsWith('2');
            term = second ? 2 : 1;
        }
        else if (row["type"] == "gradingPeriod")
        {
            term = Sessions.GetValueOrDefault(row["parentSourcedId"])?.Term;
        }
        Sessions[row.SourcedId] = new(
            year,
            term,
            starts,
            ends,
            row["type"] is "semester" or "term",
            row["parentSourcedId"]
        );
    }

    private void CheckCourse(CsvRow row)
    {
        if (!Grade(row["grades"], out var grade))
        {
            Fail(row, "grades", $"'{row["grades"]}' is not one grade of 01 to 12");
            return;
        }
        var code = row["courseCode"];
        if (code == Refs.Homeroom)
        {
            courses[row.SourcedId] = (null, grade);
            return;
        }
        if (code == Circular27.TraitsCode && grade <= Circular27.LastGrade)
        {
            courses[row.SourcedId] = (Circular27.TraitsSubject, grade);
            return;
        }
        var subject =
            SubjectCatalogue.Find(code)
            ?? SubjectCatalogue.Find(code.TrimEnd([.. "0123456789"]))
            ?? SubjectCatalogue.FindByTitle(row["title"], grade);
        if (subject is null || !subject.Periods.ContainsKey(grade))
        {
            Fail(
                row,
                "title",
                $"'{row["title"]}' is not a subject of grade {grade}: "
                    + string.Join(", ", SubjectCatalogue.OfGrade(grade).Select(known => known.Name))
            );
            return;
        }
        courses[row.SourcedId] = (subject, grade);
    }

    private void CheckClass(CsvRow row)
    {
        if (!Schools.TryGetValue(row["schoolSourcedId"], out var school))
        {
            Fail(row, "schoolSourcedId", "is not an org of type school");
            return;
        }
        if (!courses.TryGetValue(row["courseSourcedId"], out var course))
        {
            return;
        }
        var homeroom = row["classType"] == "homeroom";
        if (!homeroom && course.Subject is null)
        {
            Fail(row, "courseSourcedId", "a scheduled class is taught a subject, not the homeroom");
            return;
        }
        var name =
            row["classCode"] is { Length: > 0 } code ? code
            : homeroom ? row["title"]
            : "";
        if (name.Length is 0 or > 30)
        {
            Fail(row, "classCode", "the name of the class, such as 6A, is required");
            return;
        }
        if (!Sessions.TryGetValue(row.List("termSourcedIds").First(), out var session))
        {
            return;
        }
        if (RuleSets.Of(session.Year, course.Grade) is null)
        {
            Fail(
                row,
                "courseSourcedId",
                $"neither {Circular27.Name} nor {Circular22.Name} assesses grade {course.Grade} in {session.Year}"
            );
            return;
        }
        AddSessions(row, school, session.Year);
        Classes[row.SourcedId] = new(
            school,
            session.Year,
            course.Grade,
            name,
            homeroom ? null : course.Subject
        );
    }

    private void AddSessions(CsvRow row, string school, int year)
    {
        if (!SessionsOf.TryGetValue((school, year), out var known))
        {
            SessionsOf[(school, year)] = known = [];
        }
        foreach (var id in row.List("termSourcedIds"))
        {
            if (!Sessions.TryGetValue(id, out var session) || !known.Add(session))
            {
                continue;
            }
            if (Sessions.TryGetValue(session.Parent, out var parent))
            {
                known.Add(parent);
            }
            known.UnionWith(Sessions.Values.Where(child => child.Parent == id));
            if (
                known
                    .Where(one => one.IsTerm)
                    .GroupBy(one => one.Term)
                    .Any(same => same.Count() > 1)
            )
            {
                Fail(
                    row,
                    "termSourcedIds",
                    $"'{id}' gives the school a second term {session.Term} in {year}"
                );
            }
        }
    }

    private void CheckCategory(CsvRow row)
    {
        ColumnKind? kind = row["weight"] switch
        {
            "1" => ColumnKind.Regular,
            "2" => ColumnKind.Midterm,
            "3" => ColumnKind.Final,
            // OneRoster 1.1 knows no weights, and the levels of primary school have none; the title is what is left.
            "" or "0" => KindByTitle(row["title"]),
            _ => null,
        };
        if (kind is null)
        {
            Fail(
                row,
                "weight",
                "is 1 (regular), 2 (mid-term) or 3 (final), as Circular 22/2021 weighs them"
            );
            return;
        }
        Categories[row.SourcedId] = kind.Value;
    }

    private static ColumnKind? KindByTitle(string title)
    {
        var plain = title.WithoutDiacritics();
        bool Says(string words) => plain.Contains(words, StringComparison.OrdinalIgnoreCase);
        return (Says("muc dat duoc"), Says("giua k"), Says("cuoi k")) switch
        {
            (true, true, _) => ColumnKind.MidtermLevel,
            (true, _, true) => ColumnKind.FinalLevel,
            (_, true, _) => ColumnKind.Midterm,
            (_, _, true) => ColumnKind.Final,
            _ => Says("thuong xuyen") ? ColumnKind.Regular : null,
        };
    }

    private void CheckLineItem(CsvRow row)
    {
        if (!Classes.TryGetValue(row["classSourcedId"], out var schoolClass))
        {
            return;
        }
        if (schoolClass.Subject is null)
        {
            Fail(row, "classSourcedId", "marks belong to a scheduled class, not to a homeroom");
        }
        var session = Sessions.GetValueOrDefault(row["academicSessionSourcedId"]);
        if (session?.Term is null || session.Year != schoolClass.Year)
        {
            Fail(
                row,
                "academicSessionSourcedId",
                "the term of the class's school year is required"
            );
        }
        if (
            schoolClass.Subject is null
            || !Categories.TryGetValue(row["categorySourcedId"], out var kind)
        )
        {
            return;
        }
        if (schoolClass.Kind is AssessmentKind.Trait && TraitNumber(row["title"]) is null)
        {
            Fail(
                row,
                "title",
                $"'{row["title"]}' begins with no quality or competency of {Circular27.Name}"
            );
        }
        lineItems[row.SourcedId] = (schoolClass, kind);
    }

    private void CheckResult(CsvRow row)
    {
        if (row["scoreStatus"] != "fully graded")
        {
            return;
        }
        if (
            lineItems.TryGetValue(row["lineItemSourcedId"], out var item)
            && !TryReadMark(row, item.Column.Takes(item.Of.Kind), out _)
        )
        {
            var takes = item.Column.Takes(item.Of.Kind);
            var column = ScoreColumn(takes);
            Fail(row, column, $"'{row[column]}' is {Expected(takes)}");
        }
    }

    /// <summary>Points come as score, all else as textScore; Đạt and Chưa đạt come as words too.</summary>
    public static bool TryReadMark(CsvRow row, ValueKind takes, out MarkValue value)
    {
        var text = row[ScoreColumn(takes)];
        var mark = text switch
        {
            "Đạt" => "Đ",
            "Chưa đạt" => "CĐ",
            _ => text,
        };
        return MarkValue.TryParse(mark, takes, out value);
    }

    private static string Expected(ValueKind takes) =>
        takes switch
        {
            ValueKind.Points => "not 0 to 10 with at most one decimal",
            ValueKind.WholePoints => "not a whole number from 0 to 10",
            ValueKind.Passed => "neither Đ nor CĐ",
            ValueKind.Level => "none of T, H and C",
            _ => "none of T, Đ and C",
        };

    private static string ScoreColumn(ValueKind takes) =>
        takes is ValueKind.Points or ValueKind.WholePoints ? "score" : "textScore";

    /// <summary>Which quality or competency an assessment such as <c>Yêu nước – giữa kì</c> is of.</summary>
    public static int? TraitNumber(string title) =>
        Circular27
            .Traits.Where(trait =>
                title
                    .WithoutDiacritics()
                    .StartsWith(trait.Name.WithoutDiacritics(), StringComparison.OrdinalIgnoreCase)
            )
            .Select(trait => (int?)trait.Number)
            .FirstOrDefault();

    /// <summary>The 12 digits in <c>{cccd:001212000001}</c>.</summary>
    public static string? PersonalId(CsvRow user)
    {
        const string Type = "{cccd:";
        var ids = user["userIds"];
        var at = ids.IndexOf(Type, StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return null;
        }
        var end = ids.IndexOf('}', at);
        return ids[(at + Type.Length)..(end < 0 ? ids.Length : end)].Trim();
    }

    private static bool Grade(string text, out int grade) =>
        int.TryParse(text, out grade) && grade is >= 1 and <= 12;

    private void Fail(CsvRow row, string column, string message)
    {
        errors.Add(row.Error(column, message));
        if (errors.Count >= MostErrors)
        {
            throw new InvalidInput(errors);
        }
    }
}
