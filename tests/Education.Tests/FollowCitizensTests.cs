using System.Net;
using System.Net.Http.Json;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Enrolments;
using Education.LearningRecords.Students;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Citizens;
using SharedKernel.Citizens.Merge;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.Tests;

/// <summary>A pupil's enrolments, marks and học bạ follow when the register merges, separates or corrects people.</summary>
public sealed class FollowCitizensTests(SchoolServer school) : IClassFixture<SchoolServer>
{
    [Fact]
    public async Task The_record_of_a_merged_pupil_is_the_survivor_s_and_goes_back_when_separated()
    {
        var pupil = school.PupilsA[0];
        var person = await Register("Nguyễn Văn Á 6A", "040215000001");
        var mark = await Enter(school.ClassA, pupil, "8", SchoolServer.Mathematics);
        using var own = await school.As(Person.Of(person));
        Assert.Equal(HttpStatusCode.NotFound, await Status(own, person));

        await Merge(person, pupil);

        var record = await Record(own, person);
        Assert.Equal((pupil.Value, "Nguyễn Văn Á 6A"), (record.Student, record.Name));
        Assert.Equal([mark], Marks(record));
        Assert.Equal("6A", Assert.Single(record.Years).Class);
        Assert.Contains("Nguyễn Văn Á 6A", await ClassList());
        // A pupil is in one class at a time under whichever id they are enrolled.
        using var head = await school.As(SchoolServer.HeadOfA);
        var again = await head.PostAsJsonAsync(
            $"/education/classes/{school.ClassA}/students",
            new EnrolmentRequest(person.Value)
        );
        Assert.Equal(HttpStatusCode.Conflict, again.StatusCode);

        await Unmerge(pupil);

        Assert.Equal(HttpStatusCode.NotFound, await Status(own, person));
        Assert.Equal("Nguyễn Văn A 6A", (await Record(head, pupil)).Name);
        Assert.Equal([mark], Marks(await Record(head, pupil)));
        Assert.DoesNotContain("Nguyễn Văn Á 6A", await ClassList());
    }

    [Fact]
    public async Task Two_pupils_who_are_one_have_one_record_over_both_schools_and_two_again_when_separated()
    {
        CitizenId first,
            second;
        await using (var scope = school.Scope())
        {
            first = await SchoolServer.AddPupil(scope.ServiceProvider, school.ClassA, "Lê Văn Kép");
            second = await SchoolServer.AddPupil(
                scope.ServiceProvider,
                school.ClassB,
                "Lê Văn Kep"
            );
        }
        await Enter(school.ClassA, first, "5", SchoolServer.Mathematics);
        await Enter(school.ClassB, second, "9", SchoolServer.TeacherOfB);
        using var own = await school.As(Person.Of(first));
        Assert.Single(Marks(await Record(own, first)));

        await Merge(first, second);

        var record = await Record(own, first);
        var year = Assert.Single(record.Years);
        // The later class's mark in the column that both have, and no mark twice.
        Assert.Equal("6B", year.Class);
        Assert.Equal(["9"], Marks(record));
        using var teacher = await school.As(SchoolServer.TeacherOfB);
        Assert.Equal(["9"], Marks(await Record(teacher, second)));

        await Unmerge(second);

        Assert.Equal(["5"], Marks(await Record(own, first)));
        Assert.Equal("6A", Assert.Single((await Record(own, first)).Years).Class);
    }

    [Fact]
    public async Task A_correction_in_the_register_reaches_the_class_list()
    {
        var pupil = school.PupilsA[3];
        await Do(
            (CorrectCitizen correct) =>
                correct.Run(pupil, new("Nguyễn Văn Đính Chính", new(2015, 4, 1), Sex.Female))
        );
        using var head = await school.As(SchoolServer.HeadOfA);
        var record = await Record(head, pupil);
        Assert.Equal(("Nguyễn Văn Đính Chính", "2015-04-01"), (record.Name, record.BirthDate));
    }

    private async Task<string> Enter(Guid classId, CitizenId pupil, string mark, Person by)
    {
        using var teacher = await school.As(by);
        var book = await teacher.Gradebook(classId, "TOAN");
        await teacher.Enter(
            classId,
            "TOAN",
            new MarkEntry(pupil.Value, book.Columns[0].Id, mark, 0)
        );
        await teacher.PostAsync(
            $"/education/classes/{classId}/gradebook/TOAN/publish?term=1",
            null
        );
        return mark;
    }

    private async Task<string> ClassList()
    {
        using var head = await school.As(SchoolServer.HeadOfA);
        return WebUtility.HtmlDecode(await head.GetStringAsync($"/school/classes/{school.ClassA}"));
    }

    private async Task<CitizenId> Register(string name, string personalId) =>
        (
            await Do(
                (ICitizens citizens) =>
                    citizens.Register(
                        new(name, new(2015, 3, 12), Sex.Male, personalId),
                        FactSource.IdentityCard,
                        []
                    )
            )
        )
            .Citizen
            .Id;

    private Task<CitizenRecords> Merge(CitizenId keep, CitizenId other) =>
        Do((MergeCitizens merge) => merge.Run(keep, other, keep));

    private Task<bool> Unmerge(CitizenId replaced) =>
        Do(
            async (UnmergeCitizens unmerge) =>
            {
                await unmerge.Run(replaced);
                return true;
            }
        );

    /// <summary>Does it, and brings the events that follow to their handlers.</summary>
    private async Task<T> Do<TFeature, T>(Func<TFeature, Task<T>> use)
        where TFeature : notnull
    {
        await using var scope = school.Scope();
        var done = await use(scope.ServiceProvider.GetRequiredService<TFeature>());
        var outbox = school.Services.GetRequiredService<OutboxDispatcher>();
        while (await outbox.DispatchOnce(TestContext.Current.CancellationToken) > 0) { }
        return done;
    }

    private static async Task<RecordDocument> Record(HttpClient client, CitizenId pupil) =>
        (await client.GetFromJsonAsync<RecordDocument>($"/education/students/{pupil}/record"))!;

    private static async Task<HttpStatusCode> Status(HttpClient client, CitizenId pupil) =>
        (await client.GetAsync($"/education/students/{pupil}/record")).StatusCode;

    private static List<string> Marks(RecordDocument record) =>
        [
            .. record
                .Years.SelectMany(year => year.Subjects)
                .SelectMany(subject => subject.Term1.Marks.Concat(subject.Term2.Marks))
                .Select(mark => mark.Value),
        ];
}
