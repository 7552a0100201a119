using System.Globalization;
using System.IO.Compression;
using System.Net;
using Education.LearningRecords;
using Education.LearningRecords.Assessment;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace Education.Tests;

/// <summary>Packages out: everything, which another server takes in whole, and what has changed.</summary>
public sealed class OneRosterExportTests(DemoServer server) : IClassFixture<DemoServer>
{
    private const string Path = "/ims/oneroster/csv/v1p2/package";

    [Fact]
    public async Task What_goes_out_in_bulk_comes_in_whole_elsewhere()
    {
        using var client = await server.WithToken("records/ExchangeRosters");
        var file = System.IO.Path.Combine(server.DataFolder, "out.zip");
        await File.WriteAllBytesAsync(
            file,
            await client.GetByteArrayAsync(Path),
            TestContext.Current.CancellationToken
        );
        await using var other = new RecordsServer();
        await other.InitializeAsync();
        await SamplePackage.Import(other, file);
        Assert.Equal(await Counts(server), await Counts(other));
    }

    [Fact]
    public async Task A_delta_has_what_was_changed_and_says_so()
    {
        using var client = await server.WithToken("records/ExchangeRosters");
        await using var scope = server.Scope();
        var db = scope.ServiceProvider.GetRequiredService<LearningRecordsDb>();
        var before = TimeProvider.System.GetUtcNow();
        var enrolment = await db.Enrolments.FirstAsync(row => row.Until == null && row.Present);
        enrolment.Until = enrolment.From.AddDays(30);
        await db.SaveChangesAsync(TestContext.Current.CancellationToken);

        var delta = await Files(
            client,
            $"?since={Uri.EscapeDataString(before.ToString("O", CultureInfo.InvariantCulture))}"
        );
        Assert.Contains("file.enrollments,delta", delta["manifest.csv"]);
        Assert.Single(Lines(delta["users.csv"]));
        var ended = Lines(delta["enrollments.csv"]);
        // The homeroom and each of its subjects.
        Assert.True(ended.Count > 10);
        Assert.All(ended.Skip(1), row => Assert.Contains(",tobedeleted,", row));
        var nothing = await Files(client, "?since=2999-01-01T00:00:00Z");
        Assert.All(
            nothing.Where(one => one.Key != "manifest.csv"),
            one => Assert.Single(Lines(one.Value))
        );

        using var roster = await server.WithToken(
            "https://purl.imsglobal.org/spec/or/v1p2/scope/roster.readonly"
        );
        Assert.Equal(HttpStatusCode.Forbidden, (await roster.GetAsync(Path)).StatusCode);
    }

    private static List<string> Lines(string file) =>
        [.. file.Split("\r\n", StringSplitOptions.RemoveEmptyEntries)];

    private static async Task<Dictionary<string, string>> Files(HttpClient client, string query)
    {
        using var zip = new ZipArchive(
            new MemoryStream(await client.GetByteArrayAsync(Path + query))
        );
        return zip.Entries.ToDictionary(
            entry => entry.Name,
            entry =>
            {
                using var text = new StreamReader(entry.Open());
                return text.ReadToEnd();
            }
        );
    }

    private static async Task<Dictionary<string, int>> Counts(RecordsServer server)
    {
        await using var scope = server.Scope();
        var db = scope.ServiceProvider.GetRequiredService<LearningRecordsDb>();
        return new()
        {
            ["schools"] = await db.Schools.CountAsync(),
            ["years"] = await db.SchoolYears.CountAsync(),
            ["terms"] = await db.Terms.CountAsync(),
            ["classes"] = await db.Classes.CountAsync(),
            ["subjects"] = await db.ClassSubjects.CountAsync(),
            ["pupils"] = await db.Students.CountAsync(),
            ["teachers"] = await db.Teachers.CountAsync(),
            ["enrolments"] = await db.Enrolments.CountAsync(row =>
                row.Present && row.Until == null
            ),
            ["marks"] = await db.Marks.CountAsync(mark => mark.Value != null),
            ["tens"] = await db.Marks.CountAsync(mark => mark.Value == MarkValue.Of(10)),
        };
    }
}
