using System.Globalization;
using Education.University.Registering;
using Education.University.Rules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.University.Marks;

/// <param name="Component">Number of the course's component, from 1.</param>
/// <param name="Value">0 to 10 with at most one decimal, comma or point; null takes the mark away.</param>
/// <param name="Version">Of the mark that was seen; 0 where there was none.</param>
public sealed record SectionMarkEntry(Guid Student, int Component, string? Value, int Version);

/// <param name="Why">Needed to change a mark that the students have seen.</param>
public sealed record SectionMarksRequest(IReadOnlyList<SectionMarkEntry> Marks, string? Why = null);

public sealed record SectionMarkCell(int Component, decimal? Value, int Version);

public sealed record SectionMarkRow(
    Guid Student,
    string Code,
    string Name,
    IReadOnlyList<SectionMarkCell> Cells,
    decimal? Mark,
    string Letter,
    Reason Reason
);

public sealed record SectionMarksView(
    Guid Section,
    string Number,
    string CourseCode,
    string Course,
    IReadOnlyList<Component> Components,
    DateTimeOffset? PublishedAt,
    IReadOnlyList<SectionMarkRow> Rows
);

/// <summary>The marks of a section's components, entered by its teacher (or who manages the institution), with a history of every change.</summary>
public sealed class EnterSectionMarks(
    UniversityDb db,
    UniversityAccess access,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/education/sections/{id:guid}/marks",
                (Guid id, EnterSectionMarks feature, CancellationToken cancel) =>
                    feature.Read(id, cancel)
            )
            .Requires(Permission.WriteMarks);
        routes
            .MapPut(
                "/education/sections/{id:guid}/marks",
                (
                    Guid id,
                    SectionMarksRequest request,
                    EnterSectionMarks feature,
                    CancellationToken cancel
                ) => feature.Run(id, request, cancel)
            )
            .Requires(Permission.WriteMarks);
    }

    /// <summary>Everybody with a seat, by name.</summary>
    public async Task<SectionMarksView> Read(Guid id, CancellationToken cancel = default)
    {
        var (section, term) = await access.Taught(id, cancel);
        var view = await View(section, term, cancel);
        await Record(AuditAction.Read, section, [.. view.Rows.Select(row => row.Student)], cancel);
        return view;
    }

    /// <exception cref="InvalidInput">A mark is none, or is changed without a reason after it was published; says whose.</exception>
    /// <exception cref="Conflict">Somebody else has changed one of the marks since; nothing is saved.</exception>
    public async Task<SectionMarksView> Run(
        Guid id,
        SectionMarksRequest request,
        CancellationToken cancel = default
    )
    {
        var (section, term) = await access.Taught(id, cancel);
        var roster = await Roster(section, cancel);
        var components = await db
            .Courses.Where(course => course.Id == section.CourseId)
            .SelectMany(course => course.Components)
            .Select(component => component.Number)
            .ToListAsync(cancel);
        var known = await db
            .Marks.Where(mark => mark.SectionId == id)
            .ToDictionaryAsync(mark => (mark.StudentId, mark.Component), cancel);
        var why = string.IsNullOrWhiteSpace(request.Why) ? null : request.Why.Trim();
        if (why?.Length > 200)
        {
            throw new InvalidInput("why", T.Of("Nhiều nhất 200 ký tự.", "At most 200 characters."));
        }
        var now = clock.GetUtcNow();
        var touched = new HashSet<Guid>();
        foreach (var entry in request.Marks)
        {
            if (
                !components.Contains(entry.Component)
                || !roster.TryGetValue(entry.Student, out var student)
            )
            {
                throw new InvalidInput(
                    "marks",
                    T.Of(
                        "Điểm của người không học lớp này, hoặc không có điểm thành phần này.",
                        "A mark of somebody who has no seat here, or of a component that is none."
                    )
                );
            }
            var tenths = Tenths(entry.Value, student.FullName);
            var key = (entry.Student, entry.Component);
            var mark = known.GetValueOrDefault(key);
            if (mark?.Tenths == tenths)
            {
                continue;
            }
            if ((mark?.Version ?? 0) != entry.Version)
            {
                throw Overtaken(student.FullName);
            }
            if (section.PublishedAt is not null && why is null)
            {
                throw new InvalidInput(
                    "why",
                    T.Of(
                        "Điểm đã công bố: hãy ghi lý do sửa.",
                        "These marks are published: say why they change."
                    )
                );
            }
            db.MarkChanges.Add(
                new SectionMarkChange
                {
                    Id = Guid.CreateVersion7(),
                    SectionId = id,
                    StudentId = entry.Student,
                    Component = entry.Component,
                    From = mark?.Tenths,
                    To = tenths,
                    At = now,
                    By = access.Caller.Name,
                    Why = why,
                }
            );
            touched.Add(entry.Student);
            if (tenths is not { } value)
            {
                db.Marks.Remove(mark!);
                known.Remove(key);
            }
            else if (mark is not null)
            {
                mark.Tenths = value;
                mark.Version++;
            }
            else
            {
                known[key] = new SectionMark
                {
                    SectionId = id,
                    StudentId = entry.Student,
                    Component = entry.Component,
                    Tenths = value,
                    Version = 1,
                };
                db.Marks.Add(known[key]);
            }
        }
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException)
        {
            throw Overtaken(null);
        }
        await Record(AuditAction.Update, section, touched, cancel);
        return await View(section, term, cancel);
    }

    private async Task<SectionMarksView> View(
        Section section,
        UniversityTerm term,
        CancellationToken cancel
    )
    {
        var course = await db
            .Courses.AsNoTracking()
            .Include(known => known.Components)
            .FirstAsync(known => known.Id == section.CourseId, cancel);
        var institution = await db
            .Institutions.AsNoTracking()
            .Include(known => known.Letters)
            .FirstAsync(known => known.Code == term.InstitutionCode, cancel);
        var rules = RuleSet.On(term.Ends);
        var scale = institution.Scale(rules);
        var marks = (
            await db
                .Marks.AsNoTracking()
                .Where(mark => mark.SectionId == section.Id)
                .ToListAsync(cancel)
        ).ToLookup(mark => mark.StudentId);
        var rows = (await Roster(section, cancel))
            .Values.OrderBy(student => student.Code, StringComparer.Ordinal)
            .Select(student =>
            {
                var own = marks[student.Id].ToList();
                var mark = StudentResults.MarkOf(rules, course, own);
                return new SectionMarkRow(
                    student.Id,
                    student.Code,
                    student.FullName,
                    [
                        .. course
                            .Components.OrderBy(component => component.Number)
                            .Select(component =>
                                own.Find(one => one.Component == component.Number) is { } cell
                                    ? new SectionMarkCell(
                                        component.Number,
                                        cell.Tenths / 10m,
                                        cell.Version
                                    )
                                    : new SectionMarkCell(component.Number, null, 0)
                            ),
                    ],
                    mark.Value,
                    scale.Of(mark.Value, course.PassOnly).Letter,
                    mark.Reason
                );
            });
        return new(
            section.Id,
            section.Number,
            course.Code,
            course.Name,
            course.ComponentList,
            section.PublishedAt,
            [.. rows]
        );
    }

    private async Task<Dictionary<Guid, Programmes.Student>> Roster(
        Section section,
        CancellationToken cancel
    ) =>
        await (
            from seat in db.Registrations
            where seat.SectionId == section.Id && seat.Place == Place.Seat
            join student in db.Students on seat.StudentId equals student.Id
            select student
        )
            .AsNoTracking()
            .ToDictionaryAsync(student => student.Id, cancel);

    private async Task Record(
        AuditAction action,
        Section section,
        IReadOnlyCollection<Guid> students,
        CancellationToken cancel
    )
    {
        var citizens = await db
            .Students.Where(student => students.Contains(student.Id))
            .Select(student => student.CitizenId)
            .ToListAsync(cancel);
        await audit.Record(
            access.Caller,
            new AuditEntry(
                action,
                $"Section/{section.Id}/marks",
                [.. citizens.Select(citizen => citizen.ToString())]
            ),
            cancel
        );
    }

    private static int? Tenths(string? text, string name)
    {
        if (string.IsNullOrWhiteSpace(text))
        {
            return null;
        }
        return
            decimal.TryParse(
                text.Trim().Replace(',', '.'),
                NumberStyles.AllowDecimalPoint,
                CultureInfo.InvariantCulture,
                out var value
            )
            && value <= 10
            && value * 10 == Math.Truncate(value * 10)
            ? (int)(value * 10)
            : throw new InvalidInput(
                "marks",
                T.Of(
                    $"{name}: '{text}' không phải điểm từ 0 đến 10 với một chữ số thập phân.",
                    $"{name}: '{text}' is no mark of 0 to 10 with one decimal."
                )
            );
    }

    private static Conflict Overtaken(string? name) =>
        new(
            name is null
                ? T.Of(
                    "Người khác vừa sửa điểm của lớp này; hãy tải lại trang.",
                    "Somebody else has just changed marks of this section; load the page again."
                )
                : T.Of(
                    $"Người khác vừa sửa điểm của {name}; hãy tải lại trang.",
                    $"Somebody else has just changed a mark of {name}; load the page again."
                )
        );
}
