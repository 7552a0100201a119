using System.Net;
using System.Net.Http.Json;
using Education.LearningRecords;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Students;
using Education.LearningRecords.Transcripts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using Testing;

namespace Education.Tests;

/// <summary>Học bạ số through the server: made, signed in order by several people, released, corrected. In the order of one school's summer.</summary>
public sealed class TranscriptTests : IAsyncLifetime
{
    private readonly TranscriptSchool school = new();

    public ValueTask InitializeAsync() => school.InitializeAsync();

    public ValueTask DisposeAsync() => school.DisposeAsync();

    [Fact]
    public async Task A_class_is_signed_in_order_released_and_corrected()
    {
        using var head = await school.Server.As(SchoolServer.HeadOfA);
        using var homeroom = await school.Server.As(SchoolServer.Mathematics);
        using var first = await school.Server.As(SchoolServer.Science1);
        using var second = await school.Server.As(SchoolServer.Science2);
        using var foreign = await school.Server.As(SchoolServer.TeacherOfB);
        using var pupil = await school.Server.As(Person.Of(school.Pupil));
        using var other = await school.Server.As(Person.Of(school.Server.PupilsA[0]));

        Assert.Equal(HttpStatusCode.Forbidden, (await Make(first)).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await Make(foreign)).StatusCode);
        var made = await Made(await Make(homeroom));
        Assert.Equal(7, made.Count);
        Assert.All(made, one => Assert.Null(one.Problem));
        // Making again leaves those that are being signed alone.
        Assert.All(await Made(await Make(head)), one => Assert.Null(one.Transcript));
        var id = made.Single(one => one.Student == school.Pupil.Value).Transcript!.Value;

        // Nobody signs before their turn, and nobody for others.
        Assert.Equal(0, (await school.Sign(head, SignAs.Teacher)).Signatures);
        Assert.Equal(0, (await school.Sign(head, SignAs.Principal)).Signatures);
        Assert.Equal(0, (await school.Sign(head, SignAs.Release)).Signatures);
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await SignRaw(homeroom, SignAs.Principal)).StatusCode
        );
        Assert.Equal(HttpStatusCode.NotFound, (await pupil.GetAsync(Path(id))).StatusCode);

        // A mark that changes meanwhile is seen.
        await ChangeMark("8.5", "9");
        var stale = await school.Sign(first, SignAs.Teacher);
        var problem = Assert.Single(stale.Problems);
        Assert.Equal((id, "Trần Thị Ánh"), (problem.Transcript, problem.Pupil));
        Assert.Equal(6, stale.Signatures);
        Assert.Equal(HttpStatusCode.NoContent, (await head.DeleteAsync(Path(id))).StatusCode);
        id = (await Made(await Make(head)))
            .Single(one => one.Transcript is not null)
            .Transcript!.Value;

        // Both teachers of natural science sign at the same moment; neither loses a signature.
        var together = await Task.WhenAll(
            school.Sign(first, SignAs.Teacher),
            school.Sign(second, SignAs.Teacher)
        );
        Assert.Equal(1, together[0].Signatures);
        var subjects = (await school.List(head)).Rows[0];
        var bySecond = subjects.Signers - 5;
        Assert.Equal(7 * bySecond, together[1].Signatures);
        Assert.Equal(TranscriptState.Created, subjects.State);
        Assert.Equal(["GV gv-toan"], subjects.Waiting);
        // Mathematics and homeroom are one person: the first signature opens the way for the second.
        Assert.Equal(7, (await school.List(homeroom)).Mine[SignAs.Teacher]);
        Assert.Equal(14, (await school.Sign(homeroom, SignAs.Teacher)).Signatures);
        Assert.Equal(0, (await school.List(homeroom)).Mine[SignAs.Teacher]);
        Assert.Equal(7, (await school.Sign(head, SignAs.Principal)).Signatures);
        Assert.Equal(7, (await school.Sign(head, SignAs.Release)).Released);

        // Released: read by pupil and parents, checked, not deleted, not told in clear.
        var view = (await pupil.GetFromJsonAsync<TranscriptView>(Path(id)))!;
        Assert.True(view.IsGood);
        Assert.Equal(subjects.Signers, view.Signatures.Count);
        Assert.Equal("Được lên lớp", view.Content.Outcome!.Text);
        var xml = await pupil.GetStringAsync(Path(id) + "/xml");
        Assert.Empty(TranscriptXml.Errors(xml));
        Assert.DoesNotContain(TranscriptSchool.PersonalId, xml);
        Assert.True(TranscriptXml.Read(xml).Pupil.PersonalId!.Is(TranscriptSchool.PersonalId));
        var pdf = await pupil.GetByteArrayAsync(Path(id) + "/pdf");
        Assert.Equal("%PDF"u8.ToArray(), pdf[..4]);
        Assert.Equal(HttpStatusCode.Forbidden, (await other.GetAsync(Path(id))).StatusCode);
        Assert.Equal(HttpStatusCode.Forbidden, (await foreign.GetAsync(Path(id))).StatusCode);
        Assert.Equal(HttpStatusCode.Conflict, (await head.DeleteAsync(Path(id))).StatusCode);

        // A correction needs a reason, is signed anew, and takes the place of the old one.
        Assert.NotNull((await Made(await Make(head, school.Pupil))).Single().Problem);
        await ChangeMark("9", "10");
        var correction = (
            await Made(await Make(head, school.Pupil, "Phúc khảo môn Toán"))
        ).Single();
        Assert.Null(correction.Problem);
        foreach (var teacher in new[] { first, second, homeroom })
        {
            await school.Sign(teacher, SignAs.Teacher);
        }
        await school.Sign(head, SignAs.Principal);
        Assert.Null((await pupil.GetFromJsonAsync<TranscriptView>(Path(id)))!.ReplacedBy);
        await school.Sign(head, SignAs.Release);
        Assert.Equal(
            correction.Transcript,
            (await pupil.GetFromJsonAsync<TranscriptView>(Path(id)))!.ReplacedBy
        );
        var list = (
            await pupil.GetFromJsonAsync<List<TranscriptSummary>>(
                $"/education/students/{school.Pupil}/transcripts"
            )
        )!;
        Assert.Equal([2, 1], list.Select(one => one.Version));
        var corrected = (
            await pupil.GetFromJsonAsync<TranscriptView>(Path(correction.Transcript!.Value))
        )!;
        Assert.True(corrected.IsGood);
        Assert.Equal(
            (id, "Phúc khảo môn Toán"),
            (corrected.Content.Replaces, corrected.Content.Why)
        );
    }

    [Fact]
    public async Task A_year_that_lacks_something_is_not_made()
    {
        using var head = await school.Server.As(SchoolServer.HeadOfA);
        await using (var scope = school.Server.Scope())
        {
            var db = scope.ServiceProvider.GetRequiredService<LearningRecordsDb>();
            await db
                .TermConducts.Where(conduct =>
                    conduct.StudentId == school.Pupil && conduct.Term == 2
                )
                .ExecuteDeleteAsync();
        }
        var made = await Made(await Make(head));
        Assert.Contains("rèn luyện", made.Single(one => one.Problem is not null).Problem);
        Assert.Equal(6, made.Count(one => one.Transcript is not null));
        // Class 6B has subjects that nobody teaches.
        using var foreign = await school.Server.As(SchoolServer.TeacherOfB);
        var unassigned = await foreign.PostAsJsonAsync(
            $"/education/classes/{school.Server.ClassB}/transcripts",
            new CreateTranscriptsRequest()
        );
        Assert.Equal(HttpStatusCode.BadRequest, unassigned.StatusCode);
        Assert.Contains("Chưa phân công", await unassigned.Content.ReadAsStringAsync());
    }

    private static string Path(Guid id) => $"/education/transcripts/{id}";

    private Task<HttpResponseMessage> Make(
        HttpClient client,
        CitizenId? only = null,
        string? why = null
    ) =>
        client.PostAsJsonAsync(
            $"/education/classes/{school.Class}/transcripts",
            new CreateTranscriptsRequest(only is { } one ? [one.Value] : null, why)
        );

    private static async Task<List<CreatedTranscript>> Made(HttpResponseMessage answer)
    {
        Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        return (await answer.Content.ReadFromJsonAsync<List<CreatedTranscript>>())!;
    }

    private Task<HttpResponseMessage> SignRaw(HttpClient client, SignAs role) =>
        client.PostAsJsonAsync(
            $"/education/classes/{school.Class}/transcripts/signatures",
            new SignTranscriptsRequest(role)
        );

    /// <summary>The pupil's final mark of mathematics in the first term.</summary>
    private async Task ChangeMark(string from, string to)
    {
        using var head = await school.Server.As(SchoolServer.HeadOfA);
        var book = await head.Gradebook(school.Class, "TOAN");
        var cell = book.Rows.Single(row => row.Student == school.Pupil.Value).Cells[^1];
        Assert.Equal(from, cell.Value);
        var answer = await head.EnterOne(
            school.Class,
            "TOAN",
            new(school.Pupil.Value, cell.Column, to, cell.Version, "Phúc khảo")
        );
        Assert.Equal(MarkOutcome.Saved, answer.Outcome);
    }
}
