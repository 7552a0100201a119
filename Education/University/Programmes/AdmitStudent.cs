using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.University.Programmes;

/// <param name="Citizen">The kernel's id of the person; register the person with the kernel first.</param>
/// <param name="Code">Mã sinh viên.</param>
/// <param name="Programme">Code of a programme of the institution.</param>
/// <param name="Since">Null for today.</param>
public sealed record AdmissionRequest(
    Guid Citizen,
    string Code,
    string Programme,
    DateOnly? Since = null
);

/// <summary>Makes a citizen a student of a programme.</summary>
public sealed class AdmitStudent(
    UniversityDb db,
    UniversityAccess access,
    ICitizens citizens,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/education/universities/{university}/students",
                async (
                    string university,
                    AdmissionRequest request,
                    AdmitStudent feature,
                    CancellationToken cancel
                ) =>
                {
                    var student = await feature.Run(university, request, cancel);
                    return Results.Created(
                        $"/education/university-students/{student.Id}/progress",
                        new { student.Id, student.Code }
                    );
                }
            )
            .Requires(Permission.ManageUniversity);

    /// <exception cref="Conflict">The person is a student of the programme already, or the code is somebody else's.</exception>
    public async Task<Student> Run(
        string university,
        AdmissionRequest request,
        CancellationToken cancel = default
    )
    {
        await access.Managed(university, cancel);
        var code = request.Code?.Trim() ?? "";
        if (code.Length is 0 or > 20)
        {
            throw new InvalidInput(
                "code",
                T.Of("Mã sinh viên có 1 đến 20 ký tự.", "A student's code has 1 to 20 characters.")
            );
        }
        var programme =
            await db.Programmes.FirstOrDefaultAsync(
                known => known.InstitutionCode == university && known.Code == request.Programme,
                cancel
            )
            ?? throw new InvalidInput(
                "programme",
                T.Of("Không có chương trình này.", "There is no such programme.")
            );
        var citizen =
            await citizens.Find(new CitizenId(request.Citizen), cancel)
            ?? throw new InvalidInput(
                "citizen",
                T.Of("Không có công dân này.", "No such person is registered.")
            );
        // A person whose records were merged may have been admitted under any of them.
        var ids = (await citizens.RecordsOf(citizen.Id, cancel))!.All.ToList();
        if (
            await db.Students.AnyAsync(
                known =>
                    (ids.Contains(known.CitizenId) && known.ProgrammeId == programme.Id)
                    || (known.InstitutionCode == university && known.Code == code),
                cancel
            )
        )
        {
            throw Taken(code);
        }
        var student = new Student
        {
            Id = Guid.CreateVersion7(),
            CitizenId = citizen.Id,
            ProgrammeId = programme.Id,
            InstitutionCode = university,
            Code = code,
            FullName = citizen.Details.FullName,
            Since = request.Since ?? clock.Today(),
        };
        db.Students.Add(student);
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException)
        {
            // Two clerks at once: the database itself refuses the second.
            throw Taken(code);
        }
        await audit.Record(
            access.Caller,
            new AuditEntry(
                AuditAction.Create,
                $"UniversityStudent/{student.Id}",
                [citizen.Id.ToString()]
            ),
            cancel
        );
        return student;
    }

    private static Conflict Taken(string code) =>
        new(
            T.Of(
                $"Người này đã học chương trình này, hoặc mã sinh viên {code} đã có người dùng.",
                $"The person studies in this programme already, or the code {code} is somebody else's."
            )
        );
}
