using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Education.LearningRecords;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Schools;
using Microsoft.AspNetCore.Http;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;

namespace Education.OneRoster.Rest;

/// <summary>
/// Writes line items and results. A result goes the way of a typed mark (<see cref="EnterMarks"/>): it keeps its history, a published
/// mark needs a reason, and in a locked gradebook nothing is written. A program with the scope writes under its own name.
/// </summary>
public sealed class WriteGradebook(
    LearningRecordsDb db,
    ReadOneRoster read,
    EnterMarks enter,
    ICurrentCaller current,
    IAudit audit
)
{
    private const string Why = "OneRoster";
    private const int MostThings = 1000;

    public async Task<IResult> PutLineItem(HttpContext http, string id, CancellationToken cancel)
    {
        var sent = await Body(http, "lineItem", cancel);
        if (!Guid.TryParse(id, out var column))
        {
            throw OneRosterProblem.Unprocessable(
                "The id of a new line item is a UUID; or POST it, and one is allotted."
            );
        }
        var known = await read.Find(http, Kinds.LineItems, id, null, cancel);
        ReadOneRoster.DemandMatch(http, known);
        var wanted = await Wanted(sent, null, cancel);
        if (known is null)
        {
            await Add(column, wanted, cancel);
        }
        else
        {
            await Rename(column, wanted, cancel);
        }
        await Audit(http, AuditAction.Update, cancel);
        return Results.StatusCode(StatusCodes.Status201Created);
    }

    public async Task<IResult> PostLineItems(
        HttpContext http,
        string? classId,
        string? school,
        CancellationToken cancel
    )
    {
        if (classId is not null)
        {
            await read.DemandParent(Kinds.Classes, classId, cancel);
        }
        else
        {
            await read.DemandParent(Kinds.Orgs, school!, cancel);
        }
        var pairs = new JsonArray();
        // All or nothing: the answer names every one.
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        foreach (var sent in await Bodies(http, "lineItems", cancel))
        {
            var wanted = await Wanted(sent, classId, cancel);
            if (school is not null && wanted.School != school)
            {
                throw OneRosterProblem.Unprocessable($"The class is not of the school '{school}'.");
            }
            var column = Guid.CreateVersion7();
            await Add(column, wanted, cancel);
            pairs.Add(Pair(sent, Refs.Text(column)));
        }
        await transaction.CommitAsync(cancel);
        await Audit(http, AuditAction.Create, cancel);
        return Created(pairs);
    }

    /// <exception cref="OneRosterProblem">deletefailure: it has marks, or the circular asks for it.</exception>
    public async Task<IResult> DeleteLineItem(HttpContext http, string id, CancellationToken cancel)
    {
        var known =
            await read.Find(http, Kinds.LineItems, id, null, cancel)
            ?? throw OneRosterProblem.Unknown("lineItem", id);
        ReadOneRoster.DemandMatch(http, known);
        var column = await db.MarkColumns.FirstAsync(row => row.Id == Guid.Parse(id), cancel);
        var place = await (
            from gradebook in db.Gradebooks
            where gradebook.Id == column.GradebookId
            join subject in db.ClassSubjects on gradebook.ClassSubjectId equals subject.Id
            select new { gradebook.LockedAt, subject }
        ).FirstAsync(cancel);
        var regular = await db.MarkColumns.CountAsync(
            row => row.GradebookId == column.GradebookId && row.Kind == ColumnKind.Regular,
            cancel
        );
        var hasNext = await db.MarkColumns.AnyAsync(
            row =>
                row.GradebookId == column.GradebookId
                && row.Kind == column.Kind
                && row.Number > column.Number,
            cancel
        );
        if (
            place.LockedAt is not null
            || column.Kind is not ColumnKind.Regular
            || hasNext
            || regular
                <= Circular22.RegularAssessments(place.subject.Kind, place.subject.AnnualPeriods)
            || await db.Marks.AnyAsync(mark => mark.ColumnId == column.Id, cancel)
            || await db.MarkChanges.AnyAsync(change => change.ColumnId == column.Id, cancel)
        )
        {
            throw new OneRosterProblem(
                StatusCodes.Status422UnprocessableEntity,
                "deletefailure",
                "Only the last regular assessment beyond those that the circular asks for can be deleted, and only while it never had a mark."
            );
        }
        db.MarkColumns.Remove(column);
        await db.SaveChangesAsync(cancel);
        await Audit(http, AuditAction.Delete, cancel);
        return Results.NoContent();
    }

    public async Task<IResult> PutResult(HttpContext http, string id, CancellationToken cancel)
    {
        var sent = await Body(http, "result", cancel);
        var mark = MarkOf(sent);
        if (Refs.ResultId(mark.Student, mark.LineItem) != id.ToLowerInvariant())
        {
            throw OneRosterProblem.Unprocessable(
                "The id of a result is those of its student and line item with a dot between; or POST it, and it is allotted."
            );
        }
        ReadOneRoster.DemandMatch(http, await read.Find(http, Kinds.Results, id, null, cancel));
        await Enter([mark], cancel);
        return Results.StatusCode(StatusCodes.Status201Created);
    }

    /// <summary>Clears the mark; its history stays.</summary>
    public async Task<IResult> DeleteResult(HttpContext http, string id, CancellationToken cancel)
    {
        var known =
            await read.Find(http, Kinds.Results, id, null, cancel)
            ?? throw OneRosterProblem.Unknown("result", id);
        ReadOneRoster.DemandMatch(http, known);
        var pair = Refs.ReadPair(id)!.Value;
        await Enter([new(new CitizenId(pair.First), pair.Second, null, null)], cancel);
        return Results.NoContent();
    }

    public async Task<IResult> PostResults(
        HttpContext http,
        string? lineItem,
        string? classId,
        string? session,
        CancellationToken cancel
    )
    {
        if (lineItem is not null)
        {
            await read.DemandParent(Kinds.LineItems, lineItem, cancel);
        }
        else
        {
            await read.DemandParent(Kinds.Classes, classId!, cancel);
            await read.DemandParent(Kinds.Sessions, session!, cancel);
        }
        var sent = await Bodies(http, "results", cancel);
        var marks = sent.Select(MarkOf).ToList();
        foreach (var mark in marks)
        {
            var item =
                await read.Find(http, Kinds.LineItems, Refs.Text(mark.LineItem), null, cancel)
                ?? throw OneRosterProblem.Unprocessable(
                    $"There is no line item '{mark.LineItem}'."
                );
            if (
                lineItem is null
                    ? item.Class!.SourcedId != classId || item.AcademicSession!.SourcedId != session
                    : item.SourcedId != lineItem.ToLowerInvariant()
            )
            {
                throw OneRosterProblem.Unprocessable(
                    $"The line item '{mark.LineItem}' is not of the class and session, or not the one, that the path names."
                );
            }
        }
        await Enter(marks, cancel);
        return Created(
            new JsonArray([
                .. sent.Zip(
                    marks,
                    (one, mark) => Pair(one, Refs.ResultId(mark.Student, mark.LineItem))
                ),
            ])
        );
    }

    /// <summary>Each gradebook in one go. A mark that cannot be written is named, and nothing of its gradebook is written.</summary>
    private async Task Enter(IReadOnlyList<SentMark> marks, CancellationToken cancel)
    {
        var items = marks.Select(mark => mark.LineItem).Distinct().ToList();
        var places = await (
            from column in db.MarkColumns
            where items.Contains(column.Id)
            join gradebook in db.Gradebooks on column.GradebookId equals gradebook.Id
            join subject in db.ClassSubjects on gradebook.ClassSubjectId equals subject.Id
            select new
            {
                column.Id,
                subject.ClassId,
                subject.Subject,
                gradebook.Term,
                gradebook.LockedAt,
            }
        ).ToDictionaryAsync(place => place.Id, cancel);
        if (places.Values.FirstOrDefault(place => place.LockedAt is not null) is { } locked)
        {
            throw OneRosterProblem.Unprocessable(
                $"The gradebook of {locked.Subject}, term {locked.Term}, is locked: its marks change by a request that somebody approves."
            );
        }
        if (items.Find(item => !places.ContainsKey(item)) is var missing && missing != Guid.Empty)
        {
            throw OneRosterProblem.Unprocessable($"There is no line item '{missing}'.");
        }
        // The scope was asked for; marks ask for permissions of their own.
        var caller = current.Caller;
        current.Become(
            caller with
            {
                Scopes = new HashSet<string>
                {
                    $"records/{Permission.WriteMarks}",
                    $"records/{Permission.ManageSchool}",
                },
            }
        );
        try
        {
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            foreach (
                var book in marks.GroupBy(mark =>
                {
                    var place = places[mark.LineItem];
                    return (place.ClassId, place.Subject, place.Term);
                })
            )
            {
                await Enter(book.Key, [.. book], cancel);
            }
            await transaction.CommitAsync(cancel);
        }
        finally
        {
            current.Become(caller);
        }
    }

    private async Task Enter(
        (Guid ClassId, string Subject, int Term) book,
        List<SentMark> marks,
        CancellationToken cancel
    )
    {
        var students = marks.Select(mark => mark.Student).ToList();
        var columns = marks.Select(mark => mark.LineItem).ToList();
        var versions = await db
            .Marks.AsNoTracking()
            .Where(mark => students.Contains(mark.StudentId) && columns.Contains(mark.ColumnId))
            .ToDictionaryAsync(
                mark => (mark.StudentId, mark.ColumnId),
                mark => mark.Version,
                cancel
            );
        var answer = await enter.Run(
            book.ClassId,
            new(
                book.Subject,
                book.Term,
                [
                    .. marks.Select(mark => new MarkEntry(
                        mark.Student.Value,
                        mark.LineItem,
                        mark.Value,
                        versions.GetValueOrDefault((mark.Student, mark.LineItem)),
                        mark.Comment ?? Why
                    )),
                ]
            ),
            cancel
        );
        if (answer.Marks.FirstOrDefault(one => one.Outcome is not MarkOutcome.Saved) is { } wrong)
        {
            throw OneRosterProblem.Unprocessable(
                $"{Refs.ResultId(new CitizenId(wrong.Student), wrong.Column)}: {wrong.Message ?? wrong.Outcome.ToString()}"
            );
        }
    }

    private async Task Add(Guid id, WantedColumn wanted, CancellationToken cancel)
    {
        if (wanted.LockedAt is not null)
        {
            throw OneRosterProblem.Unprocessable("The gradebook is locked.");
        }
        var numbers = await db
            .MarkColumns.Where(column =>
                column.GradebookId == wanted.Gradebook && column.Kind == wanted.Kind
            )
            .Select(column => column.Number)
            .ToListAsync(cancel);
        if (wanted.Kind is not ColumnKind.Regular && numbers.Count > 0)
        {
            throw OneRosterProblem.Unprocessable(
                "The term has its mid-term or final assessment already; write to that one."
            );
        }
        db.MarkColumns.Add(
            new MarkColumn
            {
                Id = id,
                GradebookId = wanted.Gradebook,
                Kind = wanted.Kind,
                Number = numbers.DefaultIfEmpty(0).Max() + 1,
                Title = wanted.Title,
            }
        );
        await db.SaveChangesAsync(cancel);
    }

    /// <summary>Of a known one only the title can be another: where it stands decides how it counts.</summary>
    private async Task Rename(Guid id, WantedColumn wanted, CancellationToken cancel)
    {
        var column = await db.MarkColumns.FirstAsync(known => known.Id == id, cancel);
        if (column.GradebookId != wanted.Gradebook || column.Kind != wanted.Kind)
        {
            throw OneRosterProblem.Unprocessable(
                "A line item stays in its class, academic session and category."
            );
        }
        column.Title = wanted.Title;
        await db.SaveChangesAsync(cancel);
    }

    private async Task<WantedColumn> Wanted(
        JsonObject sent,
        string? classId,
        CancellationToken cancel
    )
    {
        var title = Text(sent, "title");
        if (title is not { Length: > 0 and <= 200 })
        {
            throw OneRosterProblem.Unprocessable("title: 1 to 200 characters.");
        }
        var of = RefTo(sent, "class") ?? classId;
        if (!Guid.TryParse(of, out var subject) || (classId is not null && of != classId))
        {
            throw OneRosterProblem.Unprocessable(
                "class.sourcedId: the class of a subject, and the one that the path names."
            );
        }
        var kind =
            Categories.KindOf(RefTo(sent, "category"))
            ?? throw OneRosterProblem.Unprocessable("category.sourcedId: TX, GK or CK.");
        var session = RefTo(sent, "academicSession") ?? RefTo(sent, "gradingPeriod") ?? "";
        var place = Refs.ReadSession(session) is { Number: > 0 } term
            ? await (
                from taught in db.ClassSubjects
                where taught.Id == subject
                join schoolClass in db.Classes on taught.ClassId equals schoolClass.Id
                where schoolClass.SchoolCode == term.School && schoolClass.Year == term.Year
                join gradebook in db.Gradebooks on taught.Id equals gradebook.ClassSubjectId
                where gradebook.Term == term.Number
                select new WantedColumn(
                    gradebook.Id,
                    kind,
                    title,
                    schoolClass.SchoolCode,
                    gradebook.LockedAt
                )
            ).FirstOrDefaultAsync(cancel)
            : null;
        return place
            ?? throw OneRosterProblem.Unprocessable(
                "academicSession.sourcedId: a term in which the class is taught its subject."
            );
    }

    private static SentMark MarkOf(JsonObject sent)
    {
        if (
            !CitizenId.TryParse(RefTo(sent, "student"), null, out var student)
            || !Guid.TryParse(RefTo(sent, "lineItem"), out var item)
        )
        {
            throw OneRosterProblem.Unprocessable(
                "student.sourcedId and lineItem.sourcedId name a pupil and a line item."
            );
        }
        var value =
            sent["score"] is JsonValue score && score.TryGetValue<decimal>(out var points)
                ? points.ToString(CultureInfo.InvariantCulture)
                : Text(sent, "textScore") switch
                {
                    "Đạt" => "Đ",
                    "Chưa đạt" => "CĐ",
                    { Length: > 0 } other => other,
                    _ => throw OneRosterProblem.Unprocessable(
                        "A result has a score or a textScore."
                    ),
                };
        return new(student, item, value, Text(sent, "comment"));
    }

    private static async Task<JsonObject> Body(
        HttpContext http,
        string name,
        CancellationToken cancel
    ) =>
        (await Json(http, cancel))[name] as JsonObject
        ?? throw OneRosterProblem.Unprocessable($"Send an object with '{name}'.");

    private static async Task<List<JsonObject>> Bodies(
        HttpContext http,
        string name,
        CancellationToken cancel
    ) =>
        (await Json(http, cancel))[name] is JsonArray { Count: > 0 and <= MostThings } things
        && things.All(thing => thing is JsonObject)
            ? [.. things.OfType<JsonObject>()]
            : throw OneRosterProblem.Unprocessable(
                $"Send an object with '{name}', a list of 1 to {MostThings}."
            );

    private static async Task<JsonObject> Json(HttpContext http, CancellationToken cancel)
    {
        try
        {
            return await JsonNode.ParseAsync(http.Request.Body, cancellationToken: cancel)
                    as JsonObject
                ?? throw OneRosterProblem.Unprocessable("Send a JSON object.");
        }
        catch (JsonException wrong)
        {
            throw OneRosterProblem.Unprocessable($"The body is no JSON: {wrong.Message}");
        }
    }

    private static string? Text(JsonObject sent, string name) =>
        sent[name] is JsonValue value && value.TryGetValue<string>(out var text) ? text : null;

    private static string? RefTo(JsonObject sent, string name) =>
        sent[name] is JsonObject reference ? Text(reference, "sourcedId") : null;

    private static JsonObject Pair(JsonObject sent, string allocated) =>
        new()
        {
            ["suppliedSourcedId"] = Text(sent, "sourcedId") ?? "",
            ["allocatedSourcedId"] = allocated,
        };

    private static IResult Created(JsonArray pairs) =>
        Results.Json(
            new JsonObject { ["sourcedIdPairs"] = pairs },
            statusCode: StatusCodes.Status201Created
        );

    private async Task Audit(HttpContext http, AuditAction action, CancellationToken cancel) =>
        await audit.Record(
            current.Caller,
            new(action, $"OneRoster{http.Request.Path}", []),
            cancel
        );

    private sealed record WantedColumn(
        Guid Gradebook,
        ColumnKind Kind,
        string Title,
        string School,
        DateTimeOffset? LockedAt
    );

    private sealed record SentMark(
        CitizenId Student,
        Guid LineItem,
        string? Value,
        string? Comment
    );
}
