using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.University.Registering;

/// <param name="Day">2 (Monday) to 8 (Sunday).</param>
/// <param name="First">Period of the day, 1–15.</param>
public sealed record SlotRequest(int Day, int First, int Last);

/// <param name="Course">Code of a course of the institution.</param>
/// <param name="TeacherAccount">Id of the account of whoever enters the marks.</param>
public sealed record SectionRequest(
    string Course,
    string Number,
    int Capacity,
    IReadOnlyList<SlotRequest> Slots,
    string? TeacherAccount = null,
    string? TeacherName = null,
    string? Room = null
);

/// <summary>Opens a section of a course in a term. A room or a teacher cannot be in two sections at once.</summary>
public sealed class OpenSection(UniversityDb db, UniversityAccess access) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/education/universities/{university}/terms/{year:int}/{number:int}/sections",
                async (
                    string university,
                    int year,
                    int number,
                    SectionRequest request,
                    OpenSection feature,
                    CancellationToken cancel
                ) =>
                {
                    var section = await feature.Run(university, year, number, request, cancel);
                    return Results.Created(
                        $"/education/sections/{section.Id}/marks",
                        new { section.Id, section.Number }
                    );
                }
            )
            .Requires(Permission.ManageUniversity);

    /// <exception cref="Conflict">The number is taken, or a room or teacher is elsewhere at that time.</exception>
    public async Task<Section> Run(
        string university,
        int year,
        int number,
        SectionRequest request,
        CancellationToken cancel = default
    )
    {
        await access.Managed(university, cancel);
        var term =
            await db.Terms.FirstOrDefaultAsync(
                known =>
                    known.InstitutionCode == university
                    && known.Year == year
                    && known.Number == number,
                cancel
            ) ?? throw new NotFound($"Term {year}/{number}");
        var course =
            await db.Courses.FirstOrDefaultAsync(
                known => known.InstitutionCode == university && known.Code == request.Course,
                cancel
            )
            ?? throw new InvalidInput(
                "course",
                T.Of("Không có học phần này.", "There is no such course.")
            );
        var id = Guid.CreateVersion7();
        var section = new Section
        {
            Id = id,
            TermId = term.Id,
            CourseId = course.Id,
            Number = request.Number.Trim(),
            Capacity = ResizeSection.Checked(request.Capacity),
            TeacherAccount = Typed(request.TeacherAccount),
            TeacherName = Typed(request.TeacherName),
            Room = Typed(request.Room),
        };
        section.Slots.AddRange(
            request.Slots.Select(slot => new SectionSlot
            {
                SectionId = id,
                Day = slot.Day,
                First = slot.First,
                Last = slot.Last,
            })
        );
        CheckSlots(section);
        var others = await db
            .Sections.AsNoTracking()
            .Include(other => other.Slots)
            .Where(other => other.TermId == term.Id)
            .ToListAsync(cancel);
        Refuse(section, others);
        db.Sections.Add(section);
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException)
        {
            throw NumberTaken(section.Number);
        }
        return section;
    }

    private static void CheckSlots(Section section)
    {
        if (section.Number.Length is 0 or > 10)
        {
            throw new InvalidInput(
                "number",
                T.Of("Số lớp có 1 đến 10 ký tự.", "A section's number has 1 to 10 characters.")
            );
        }
        var isWrong = section.Slots.Exists(slot =>
            slot.Day is < 2 or > 8 || slot.First < 1 || slot.Last > 15 || slot.Last < slot.First
        );
        var clash = section
            .Slots.SelectMany((slot, i) => section.Slots.Skip(i + 1).Where(slot.Meets))
            .Any();
        if (isWrong || clash || section.Slots.Count == 0)
        {
            throw new InvalidInput(
                "slots",
                T.Of(
                    "Buổi học: thứ 2 đến 8 (chủ nhật), tiết 1 đến 15, không trùng nhau.",
                    "Slots: days 2 to 8 (Sunday), periods 1 to 15, none over another."
                )
            );
        }
    }

    private static void Refuse(Section section, List<Section> others)
    {
        if (
            others.Exists(other =>
                other.CourseId == section.CourseId && other.Number == section.Number
            )
        )
        {
            throw NumberTaken(section.Number);
        }
        var clash = others.Find(other =>
            (
                (section.Room is not null && other.Room == section.Room)
                || (
                    section.TeacherAccount is not null
                    && other.TeacherAccount == section.TeacherAccount
                )
            ) && SeatRules.Clash(section, other)
        );
        if (clash is not null)
        {
            throw new Conflict(
                T.Of(
                    $"Phòng hoặc giảng viên đã có lớp {clash.Number} vào giờ này.",
                    $"The room or the teacher is in section {clash.Number} at that time."
                )
            );
        }
    }

    private static Conflict NumberTaken(string number) =>
        new(T.Of($"Đã có lớp {number}.", $"There is a section {number} already."));

    private static string? Typed(string? text) =>
        string.IsNullOrWhiteSpace(text) ? null : text.Trim();
}
