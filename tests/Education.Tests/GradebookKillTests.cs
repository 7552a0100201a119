using System.Collections.Concurrent;
using System.Globalization;
using System.Net.Http.Json;
using System.Text.Json;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Enrolments;
using Education.LearningRecords.Schools;
using SharedKernel.Contracts;
using Testing;

namespace Education.Tests;

/// <summary>
/// The real server is killed (SIGKILL) again and again while two teachers save columns of one gradebook: what was acknowledged is there
/// afterwards, and a cell holds nothing that nobody sent.
/// </summary>
public sealed class GradebookKillTests(ITestOutputHelper output)
{
    private const string School = "0100100099";
    private const int Pupils = 8;
    private static readonly string[] Names =
    [
        "An",
        "Bình",
        "Chi",
        "Dũng",
        "Giang",
        "Hải",
        "Khoa",
        "Lâm",
    ];

    /// <summary>RECORDS_TEST_KILLS: how often.</summary>
    private static readonly int Kills = int.Parse(
        Environment.GetEnvironmentVariable("RECORDS_TEST_KILLS") ?? "4",
        CultureInfo.InvariantCulture
    );

    [Fact]
    public async Task What_was_acknowledged_outlives_kills()
    {
        using var database = new TestDatabase();
        var random = new Random(22);
        var classId = Guid.Empty;
        var acknowledged = new ConcurrentDictionary<(Guid, Guid), string>();
        var sent = new ConcurrentDictionary<(Guid, Guid), ConcurrentBag<string>>();
        var saved = 0;
        for (var kill = 0; kill <= Kills; kill++)
        {
            await using var server = await ServerProcess.StartModules(
                "education",
                database.Options,
                database.Folder,
                // Code that lives for a second is not worth compiling twice.
                "DOTNET_TC_CallCounting=0",
                "DOTNET_TieredPGO=0"
            );
            using var http = server.NewClient();
            if (kill == 0)
            {
                classId = await Prepare(http);
            }
            var book = await http.Gradebook(classId, "TOAN");
            foreach (var row in book.Rows)
            {
                foreach (var cell in row.Cells)
                {
                    Check(row.Student, cell);
                }
            }
            if (kill == Kills)
            {
                break;
            }
            var first = new TaskCompletionSource(
                TaskCreationOptions.RunContinuationsAsynchronously
            );
            var teachers = Task.WhenAll(
                Teacher(http, book, [0, 2, 4]),
                Teacher(http, book, [1, 3, 5])
            );
            await Task.WhenAny(first.Task, teachers);
            // Not a wait for something: the moment of the kill is what varies.
            await Task.WhenAny(
                Task.Delay(random.Next(5, 150), TestContext.Current.CancellationToken),
                teachers
            );
            await server.Kill();
            await teachers;

            async Task Teacher(HttpClient client, GradebookView seen, int[] columns)
            {
                var versions = seen
                    .Rows.SelectMany(row => row.Cells.Select(cell => (row.Student, cell)))
                    .ToDictionary(at => (at.Student, at.cell.Column), at => at.cell.Version);
                for (var turn = 0; ; turn++)
                {
                    var column = seen.Columns[columns[turn % columns.Length]].Id;
                    var value = ((turn * 7 + kill * 13) % 100 / 10m).ToString(
                        "0.#",
                        CultureInfo.InvariantCulture
                    );
                    MarkEntry[] entries =
                    [
                        .. seen.Rows.Select(row => new MarkEntry(
                            row.Student,
                            column,
                            value,
                            versions[(row.Student, column)]
                        )),
                    ];
                    foreach (var entry in entries)
                    {
                        sent.GetOrAdd((entry.Student, column), _ => []).Add(value);
                    }
                    try
                    {
                        var answer = await client.Enter(classId, "TOAN", entries);
                        foreach (var mark in answer.Marks)
                        {
                            Assert.Equal(MarkOutcome.Saved, mark.Outcome);
                            versions[(mark.Student, column)] = mark.Version;
                            acknowledged[(mark.Student, column)] = value;
                            // What was sent before is overtaken; only what comes after may still be in doubt.
                            sent[(mark.Student, column)] = [];
                            Interlocked.Increment(ref saved);
                        }
                        first.TrySetResult();
                    }
                    catch (Exception gone)
                        when (gone is HttpRequestException or IOException or JsonException)
                    {
                        return;
                    }
                }
            }
        }
        output.WriteLine($"{Kills} kills, {saved} marks acknowledged, all there");
        Assert.True(saved >= Kills * Pupils, "killed before anything was saved");

        void Check(Guid student, GradebookCell cell)
        {
            var doubtful = sent.GetValueOrDefault((student, cell.Column)) ?? [];
            if (acknowledged.TryGetValue((student, cell.Column), out var kept))
            {
                Assert.True(
                    cell.Value == kept || doubtful.Contains(cell.Value!),
                    $"acknowledged {kept}, found {cell.Value}"
                );
            }
            else
            {
                Assert.True(cell.Value is null || doubtful.Contains(cell.Value));
            }
            sent[(student, cell.Column)] = [];
            if (cell.Value is not null)
            {
                acknowledged[(student, cell.Column)] = cell.Value;
            }
        }
    }

    private static async Task<Guid> Prepare(HttpClient http)
    {
        await Post(
            "/education/schools",
            new SchoolRequest(School, "Trường THCS", SchoolLevel.LowerSecondary)
        );
        var year = await http.PutAsJsonAsync(
            $"/education/schools/{School}/years/2026",
            new SchoolYearRequest(2026, new(2026, 9, 5), new(2027, 1, 18), new(2027, 5, 31))
        );
        year.EnsureSuccessStatusCode();
        var opened = await Post(
            $"/education/schools/{School}/classes",
            new ClassRequest(2026, 6, "6A", ["TOAN"])
        );
        var classId = opened.GetProperty("id").GetGuid();
        for (var i = 0; i < Pupils; i++)
        {
            var citizen = await Post(
                "/api/citizens",
                new CitizenDetails(
                    $"Nguyễn Văn {Names[i]}",
                    new PartialDate(2015, i + 1, 12),
                    Sex.Male
                )
            );
            await Post(
                $"/education/classes/{classId}/students",
                new EnrolmentRequest(citizen.GetProperty("citizen").GetProperty("id").GetGuid())
            );
        }
        return classId;

        async Task<JsonElement> Post<TBody>(string url, TBody body)
        {
            var response = await http.PostAsJsonAsync(url, body);
            Assert.True(
                response.IsSuccessStatusCode,
                $"{url}: {await response.Content.ReadAsStringAsync()}"
            );
            return await response.Content.ReadFromJsonAsync<JsonElement>();
        }
    }
}
