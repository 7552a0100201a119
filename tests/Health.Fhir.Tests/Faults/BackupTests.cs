using System.Collections.Concurrent;
using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json.Nodes;
using SharedKernel.Persistence;
using Testing;

namespace Health.Fhir.Tests.Faults;

/// <summary>
/// The real program is backed up while clients write. What was acknowledged before the backup began is in it; what it holds is whole; and
/// a backup that was damaged is not put in place.
/// </summary>
public sealed class BackupTests : IDisposable
{
    private const int Writers = 4;
    private const int FewestWrites = 60;

    private readonly TestDatabase source = new();
    private readonly TestDatabase target = new();
    private readonly string backup = Path.Combine(
        Directory.CreateTempSubdirectory("records-backup-").FullName,
        "taken"
    );

    public void Dispose()
    {
        source.Dispose();
        target.Dispose();
        Directory.Delete(Path.GetDirectoryName(backup)!, recursive: true);
    }

    [Fact]
    public async Task A_backup_under_load_has_all_that_was_acknowledged_and_nothing_by_half()
    {
        List<(string Location, int Version)> before;
        await using (var server = await ServerProcess.Start(source.Options, source.Folder))
        {
            var acknowledged = new ConcurrentQueue<(string, int)>();
            using var enough = new CancellationTokenSource();
            var writers = Enumerable
                .Range(0, Writers)
                .Select(_ => Task.Run(() => Write(server, acknowledged, enough.Token)))
                .ToList();
            while (acknowledged.Count < FewestWrites)
            {
                Assert.DoesNotContain(writers, writer => writer.IsFaulted);
                await Task.Delay(10, TestContext.Current.CancellationToken);
            }
            before = [.. acknowledged];
            await Ok(source, "backup", backup);
            await enough.CancelAsync();
            await Task.WhenAll(writers);
            Assert.True(acknowledged.Count > before.Count, "Nobody wrote during the backup.");
        }

        await Refused("is not empty", source, "backup", backup);
        await Ok(target, "restore", backup);
        await Refused("There are data already", target, "restore", backup);
        await Ok(target, "restore", backup, "--replace");
        await Ok(target, "store", "verify");
        await Ok(target, "audit", "verify");
        await using (var restored = await ServerProcess.Start(target.Options, target.Folder))
        {
            using var client = restored.NewClient();
            foreach (var (location, version) in before)
            {
                using var answer = await client.GetAsync(
                    $"/fhir/{location}/_history/{version}",
                    TestContext.Current.CancellationToken
                );
                Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            }
        }
        await DamageIsNoticed();
    }

    private async Task DamageIsNoticed()
    {
        var database = Directory.GetFiles(Path.Combine(backup, "databases")).Order().First();
        var bytes = await File.ReadAllBytesAsync(database);
        var middle = bytes.Length / 2;
        bytes[middle] ^= 1;
        await File.WriteAllBytesAsync(database, bytes);
        await Refused("is damaged", target, "restore", backup, "--replace");
        bytes[middle] ^= 1;
        await File.WriteAllBytesAsync(database, bytes);

        var manifest = Path.Combine(backup, "backup.json");
        var text = await File.ReadAllTextAsync(manifest);
        await File.WriteAllTextAsync(
            manifest,
            text.Replace("\"format\": 1", "\"format\": 2", StringComparison.Ordinal)
        );
        await Refused("newer version", target, "restore", backup, "--replace");
        var later = JsonNode.Parse(text)!;
        later["migrations"]!["audit"]!.AsArray().Add("29991231000000_Later");
        await File.WriteAllTextAsync(manifest, later.ToJsonString());
        await Refused("29991231000000_Later", target, "restore", backup, "--replace");
        File.Delete(manifest);
        await Refused("did not end", target, "restore", backup, "--replace");
    }

    /// <summary>Creates, then updates what it created, and notes what was answered.</summary>
    private static async Task Write(
        ServerProcess server,
        ConcurrentQueue<(string, int)> acknowledged,
        CancellationToken enough
    )
    {
        using var client = server.NewClient();
        while (!enough.IsCancellationRequested)
        {
            var id = await Send(
                client,
                HttpMethod.Post,
                "/fhir/Patient",
                """{"resourceType":"Patient","birthDate":"1990-01-01"}"""
            );
            acknowledged.Enqueue(($"Patient/{id}", 1));
            await Send(
                client,
                HttpMethod.Put,
                $"/fhir/Patient/{id}",
                $$"""{"resourceType":"Patient","id":"{{id}}","birthDate":"1991-01-01"}"""
            );
            acknowledged.Enqueue(($"Patient/{id}", 2));
        }
    }

    private static async Task<string> Send(
        HttpClient client,
        HttpMethod method,
        string path,
        string body
    )
    {
        using var request = new HttpRequestMessage(method, path)
        {
            Content = new StringContent(
                body,
                Encoding.UTF8,
                new MediaTypeHeaderValue("application/fhir+json")
            ),
        };
        request.Headers.Add("Prefer", "return=representation");
        using var answer = await client.SendAsync(request);
        var text = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.IsSuccessStatusCode, text);
        return JsonNode.Parse(text)!["id"]!.GetValue<string>();
    }

    private static async Task Ok(TestDatabase database, params string[] command)
    {
        var (code, said) = await Run(database, command);
        Assert.True(code == 0, $"{string.Join(' ', command)} ended with {code}: {said}");
    }

    private static async Task Refused(string why, TestDatabase database, params string[] command)
    {
        var (code, said) = await Run(database, command);
        Assert.Equal(1, code);
        Assert.Contains(why, said, StringComparison.Ordinal);
    }

    private static async Task<(int Code, string Said)> Run(
        TestDatabase database,
        IReadOnlyList<string> command
    )
    {
        using var process = Process.Start(
            new ProcessStartInfo(
                Path.Combine(AppContext.BaseDirectory, "Interop.Host"),
                [
                    .. command,
                    "--modules",
                    "health",
                    "--database",
                    database.Options.Provider.ToString().ToLowerInvariant(),
                    "--connection",
                    database.Options.Connection,
                ]
            )
            {
                WorkingDirectory = database.Folder,
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var said = process.StandardOutput.ReadToEndAsync();
        var complained = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await said + await complained);
    }
}
