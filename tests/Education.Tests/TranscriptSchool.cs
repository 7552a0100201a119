using System.Net;
using System.Net.Http.Json;
using Education.LearningRecords;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Enrolments;
using Education.LearningRecords.Schools;
using Education.LearningRecords.Students;
using Education.LearningRecords.Transcripts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Documents.Signing;

namespace Education.Tests;

/// <summary>A <see cref="SchoolServer"/> whose class 6A has finished its year: every subject taught by somebody, every mark and conduct there.</summary>
public sealed class TranscriptSchool : IAsyncLifetime
{
    public const string PersonalId = "001215000123";

    public SchoolServer Server { get; } = new();

    public Guid Class => Server.ClassA;

    /// <summary>With a personal ID; the others have none.</summary>
    public CitizenId Pupil { get; private set; }

    public async ValueTask InitializeAsync()
    {
        await ((IAsyncLifetime)Server).InitializeAsync();
        await using var scope = Server.Scope();
        var services = scope.ServiceProvider;
        var registered = await services
            .GetRequiredService<ICitizens>()
            .Register(new("Trần Thị Ánh", new PartialDate(2015, 2, 3), Sex.Male, PersonalId));
        Pupil = registered.Citizen.Id;
        await services.GetRequiredService<EnrolStudent>().Run(Class, new(Pupil.Value));
        var db = services.GetRequiredService<LearningRecordsDb>();
        var schoolClass = await db
            .Classes.Include(known => known.Subjects)
                .ThenInclude(subject => subject.Assignments)
            .FirstAsync(known => known.Id == Class);
        var second = await db.Teachers.FirstAsync(teacher =>
            teacher.FullName == "GV " + SchoolServer.Science2.User
        );
        await services
            .GetRequiredService<AssignTeacher>()
            .Run(
                Class,
                new(
                    second.Id,
                    [
                        .. schoolClass
                            .Subjects.Where(subject => subject.Assignments.Count == 0)
                            .Select(subject => subject.Subject),
                    ],
                    Homeroom: false
                )
            );
        var pupils = await services.GetRequiredService<OpenGradebook>().Roster(Class);
        await PlaceCertificates();
        foreach (var term in new[] { 1, 2 })
        {
            foreach (var subject in schoolClass.Subjects)
            {
                await Fill(services, schoolClass, subject, term, pupils);
            }
            var conduct = services.GetRequiredService<RecordConduct>();
            await conduct.Run(
                Class,
                term,
                [
                    .. pupils.Select(row => new ConductEntry(
                        row.Student.Id.Value,
                        Level.Good,
                        1,
                        "Chăm ngoan",
                        0
                    )),
                ]
            );
            await conduct.Publish(Class, term);
        }
    }

    /// <summary>As an authority would have issued them: of the people who sign, and of the school.</summary>
    private async Task PlaceCertificates()
    {
        var keys = new SigningKeys(
            Path.Combine(Server.DataFolder, "keys"),
            makeDemoKeys: true,
            TimeProvider.System
        );
        foreach (
            var person in new[]
            {
                SchoolServer.Mathematics,
                SchoolServer.Science1,
                SchoolServer.Science2,
                SchoolServer.HeadOfA,
            }
        )
        {
            keys.Of(
                new Caller(await Server.AccountOf(person), person.User, new HashSet<Role>()),
                KeyKind.Rsa
            );
        }
        SchoolSeal.Of(keys, SchoolServer.SchoolA, "Trường THCS A");
    }

    /// <summary>Makes and signs what is not yet released.</summary>
    public async Task Release()
    {
        using var head = await Server.As(SchoolServer.HeadOfA);
        await head.PostAsJsonAsync(
            $"/education/classes/{Class}/transcripts",
            new CreateTranscriptsRequest()
        );
        foreach (
            var teacher in new[]
            {
                SchoolServer.Science1,
                SchoolServer.Science2,
                SchoolServer.Mathematics,
            }
        )
        {
            using var client = await Server.As(teacher);
            await Sign(client, SignAs.Teacher);
        }
        await Sign(head, SignAs.Principal);
        await Sign(head, SignAs.Release);
    }

    public async Task<SigningAnswer> Sign(HttpClient client, SignAs role, params Guid[] only)
    {
        var answer = await client.PostAsJsonAsync(
            $"/education/classes/{Class}/transcripts/signatures",
            new SignTranscriptsRequest(role, only)
        );
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<SigningAnswer>())!;
    }

    public async Task<ClassTranscripts> List(HttpClient client) =>
        (
            await client.GetFromJsonAsync<ClassTranscripts>(
                $"/education/classes/{Class}/transcripts"
            )
        )!;

    public ValueTask DisposeAsync() => Server.DisposeAsync();

    private static async Task Fill(
        IServiceProvider services,
        SchoolClass schoolClass,
        ClassSubject subject,
        int term,
        List<(Student Student, bool Left)> pupils
    )
    {
        var (_, book) = await services
            .GetRequiredService<OpenGradebook>()
            .Find(schoolClass, subject.Subject, term);
        await services
            .GetRequiredService<EnterMarks>()
            .Run(
                schoolClass.Id,
                new(
                    subject.Subject,
                    term,
                    [
                        .. from pupil in pupils
                        from column in book.Columns
                        select new MarkEntry(
                            pupil.Student.Id.Value,
                            column.Id,
                            subject.Kind is AssessmentKind.Comment ? "Đ"
                                : column.Kind is ColumnKind.Final ? "8.5"
                                : "8",
                            0
                        ),
                    ]
                )
            );
        await services
            .GetRequiredService<PublishMarks>()
            .Run(schoolClass.Id, subject.Subject, term);
    }
}
