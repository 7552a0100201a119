using System.Globalization;
using System.IO.Compression;
using System.Text;
using Education.LearningRecords;
using Education.OneRoster.Rest;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.OneRoster.Csv;

/// <summary>
/// Gives a OneRoster 1.2 CSV package out, the same things as REST: all of it (bulk), or what has changed since a moment (delta, with
/// status and dateLastModified). Rows go from the database into the zip one by one, so a province needs no more memory than a school.
/// </summary>
public sealed class ExportPackage(
    LearningRecordsDb db,
    ReadOneRoster read,
    ICurrentCaller current,
    IAudit audit
) : IFeature
{
    /// <summary>All that the package holds.</summary>
    private static readonly string[] Scopes =
    [
        "https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly",
        "https://purl.imsglobal.org/spec/or/v1p2/scope/roster-demographics.readonly",
        "https://purl.imsglobal.org/spec/or/v1p2/scope/gradebook.readonly",
    ];

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/ims/oneroster/csv/v1p2/package",
                (
                    DateTimeOffset? since,
                    string? school,
                    HttpContext http,
                    ExportPackage feature,
                    CancellationToken cancel
                ) =>
                {
                    // The end of a compressed file is written when it is closed, for which .NET has no asynchronous way.
                    http
                        .Features.GetRequiredFeature<IHttpBodyControlFeature>()
                        .AllowSynchronousIO = true;
                    return Results.Stream(
                        stream =>
                            feature.Run(
                                stream,
                                ReadOneRoster.AddressOf(http),
                                since,
                                school,
                                cancel
                            ),
                        "application/zip",
                        $"oneroster-{(since is null ? "bulk" : "delta")}.zip"
                    );
                }
            )
            .Requires(Permission.ExchangeRosters);

    /// <param name="since">Null for everything.</param>
    /// <param name="school">Its code; null for all schools.</param>
    /// <exception cref="AccessDenied">The token lacks one of the scopes for roster, demographics and gradebook.</exception>
    public async Task Run(
        Stream target,
        string address,
        DateTimeOffset? since,
        string? school,
        CancellationToken cancel = default
    )
    {
        if (!Scopes.All(scope => OneRosterScopes.Allow(current.Caller, [scope])))
        {
            throw new AccessDenied(Permission.ExchangeRosters);
        }
        await audit.Record(
            current.Caller,
            new(AuditAction.Execute, $"OneRoster/package?since={since:O}&school={school}", []),
            cancel
        );
        await using var zip = await ZipArchive.CreateAsync(
            target,
            ZipArchiveMode.Create,
            leaveOpen: true,
            Encoding.UTF8,
            cancel
        );
        var writer = new PackageWriter(zip, since is not null);
        await writer.Manifest(cancel);
        await Roster(writer, address, since, school, cancel);
        await Gradebook(writer, address, since, school, cancel);
    }

    private async Task Roster(
        PackageWriter writer,
        string address,
        DateTimeOffset? since,
        string? school,
        CancellationToken cancel
    )
    {
        await writer.Write(
            CsvTable.AcademicSessions,
            Things(Kinds.Sessions, address, since, row => school == null || row.School == school),
            one =>
                [
                    one.Title,
                    one.Type,
                    Day(one.StartDate),
                    Day(one.EndDate),
                    one.Parent?.SourcedId,
                    one.SchoolYear,
                ],
            cancel
        );
        await writer.Write(
            CsvTable.Orgs,
            Things(Kinds.Orgs, address, since, row => school == null || row.School.Code == school),
            one => [one.Name, one.Type, one.Identifier, null],
            cancel
        );
        await writer.Write(
            CsvTable.Courses,
            Things(Kinds.Courses, address, since, row => school == null || row.School == school),
            one =>
                [
                    one.SchoolYear!.SourcedId,
                    one.Title,
                    one.CourseCode,
                    List(one.Grades),
                    one.Org!.SourcedId,
                    List(one.Subjects),
                    List(one.SubjectCodes),
                ],
            cancel
        );
        await writer.Write(
            CsvTable.Classes,
            Things(Kinds.Classes, address, since, row => school == null || row.School == school),
            one =>
                [
                    one.Title,
                    List(one.Grades),
                    one.Course!.SourcedId,
                    one.ClassCode,
                    one.ClassType,
                    null,
                    one.School!.SourcedId,
                    List(one.Terms.Select(term => term.SourcedId)),
                    List(one.Subjects),
                    List(one.SubjectCodes),
                    null,
                ],
            cancel
        );
        await writer.Write(
            CsvTable.Users,
            Things(Kinds.Users, address, since, row => school == null || row.School == school),
            one =>
                [
                    one.EnabledUser,
                    null,
                    List(one.UserIds?.Select(id => $"{{{id.Type}:{id.Identifier}}}")),
                    one.GivenName,
                    one.FamilyName,
                    one.MiddleName,
                    one.Identifier,
                    .. Enumerable.Repeat<string?>(null, 10),
                    one.PrimaryOrg!.SourcedId,
                    null,
                ],
            cancel
        );
        await writer.Write(
            CsvTable.Roles,
            Roles(
                Things(Kinds.Users, address, since, row => school == null || row.School == school)
            ),
            one =>
                [
                    one.User,
                    one.Role.RoleType,
                    one.Role.RoleName,
                    null,
                    null,
                    one.Role.Org.SourcedId,
                    null,
                ],
            cancel
        );
        await writer.Write(
            CsvTable.Demographics,
            Things(
                Kinds.Demographics,
                address,
                since,
                row =>
                    school == null
                    || db.Enrolments.Any(known =>
                        known.StudentId == row.Student && known.SchoolCode == school
                    )
            ),
            one =>
                [
                    one.BirthDate is { } born ? Day(born) : null,
                    one.Sex,
                    .. Enumerable.Repeat<string?>(null, 11),
                ],
            cancel
        );
        await writer.Write(
            CsvTable.Enrollments,
            Things(
                Kinds.Enrollments,
                address,
                since,
                // What has ended is told by a delta alone: a bulk package is what holds.
                row =>
                    (school == null || row.School == school) && (since != null || row.End == null)
            ),
            one =>
                [
                    one.Class!.SourcedId,
                    one.School!.SourcedId,
                    one.User!.SourcedId,
                    one.Role,
                    one.Primary,
                    one.BeginDate is { } begin ? Day(begin) : null,
                    one.EndDate is { } end ? Day(end) : null,
                ],
            cancel
        );
    }

    private async Task Gradebook(
        PackageWriter writer,
        string address,
        DateTimeOffset? since,
        string? school,
        CancellationToken cancel
    )
    {
        await writer.Write(
            CsvTable.Categories,
            Categories
                .Things.Where(one => since == null || one.DateLastModified > since)
                .ToAsyncEnumerable(),
            one => [one.Title, one.Weight.ToString(CultureInfo.InvariantCulture)],
            cancel
        );
        await writer.Write(
            CsvTable.LineItems,
            Things(Kinds.LineItems, address, since, row => school == null || row.School == school),
            one =>
                [
                    one.Title,
                    null,
                    Day(one.AssignDate.VietnamDay()),
                    Day(one.DueDate.VietnamDay()),
                    one.Class!.SourcedId,
                    one.Category!.SourcedId,
                    one.AcademicSession!.SourcedId,
                    Number(one.ResultValueMin),
                    Number(one.ResultValueMax),
                    one.School!.SourcedId,
                ],
            cancel
        );
        await writer.Write(
            CsvTable.Results,
            Things(
                Kinds.Results,
                address,
                since,
                row =>
                    school == null
                    || db.Classes.Any(known =>
                        known.Id == row.Homeroom && known.SchoolCode == school
                    )
            ),
            one =>
                [
                    one.LineItem!.SourcedId,
                    one.Student!.SourcedId,
                    one.ScoreStatus,
                    Number(one.Score),
                    Day(one.ScoreDate),
                    null,
                    one.TextScore,
                    one.Class!.SourcedId,
                    null,
                    null,
                    null,
                    null,
                ],
            cancel
        );
    }

    private IAsyncEnumerable<TThing> Things<TRow, TThing>(
        Kind<TRow, TThing> kind,
        string address,
        DateTimeOffset? since,
        System.Linq.Expressions.Expression<Func<TRow, bool>> only
    )
        where TThing : Thing
    {
        var rows = kind.Rows(db).Where(only);
        if (since is { } moment)
        {
            rows = kind.Fields.Filter(
                rows,
                OneRosterQuery.Changed(moment.ToString("O", CultureInfo.InvariantCulture))
            );
        }
        return read.Project<TRow, TThing>(kind.ByKey(rows, null), address).AsAsyncEnumerable();
    }

    private static async IAsyncEnumerable<RoleRow> Roles(IAsyncEnumerable<User> users)
    {
        await foreach (var user in users)
        {
            foreach (var role in user.Roles)
            {
                yield return new RoleRow(user.SourcedId, role)
                {
                    SourcedId = $"{user.SourcedId}.{role.RoleName}",
                    DateLastModified = user.DateLastModified,
                };
            }
        }
    }

    private static string Day(DateOnly day) =>
        day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    private static string? Number(decimal? number) =>
        number?.ToString(CultureInfo.InvariantCulture);

    private static string? List(IEnumerable<string>? texts) =>
        texts is null ? null : string.Join(',', texts);

    private sealed class RoleRow(string user, UserRole role) : Thing
    {
        public string User => user;
        public UserRole Role => role;
    }
}
