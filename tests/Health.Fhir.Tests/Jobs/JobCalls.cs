using Health.Fhir.Tests.Api;

namespace Health.Fhir.Tests.Jobs;

/// <summary>Asking for a job and waiting for what comes of it, as a client does.</summary>
internal static class JobCalls
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    /// <summary>The address that a 202 names.</summary>
    public static string Address(this Reply accepted) =>
        accepted.Is(202).Http.Content.Headers.ContentLocation?.ToString()
        ?? throw new InvalidOperationException("The 202 names no Content-Location.");

    /// <summary>Asks the address until it no longer says 202.</summary>
    public static async Task<Reply> Finished(this HttpClient client, string address)
    {
        using var over = new CancellationTokenSource(Patience);
        while (true)
        {
            var asked = await client.Get(address);
            if (asked.Status != 202)
            {
                return asked;
            }
            Assert.NotEmpty(asked.Http.Headers.GetValues("X-Progress"));
            Assert.NotNull(asked.Http.Headers.RetryAfter);
            over.Token.ThrowIfCancellationRequested();
            await Task.Delay(20, over.Token);
        }
    }

    /// <summary>Lines of the manifest's files of one section and type.</summary>
    public static async Task<List<string>> Lines(
        this HttpClient client,
        Reply manifest,
        string section,
        string? type = null
    )
    {
        var lines = new List<string>();
        foreach (var file in manifest.Json[section]!.AsArray())
        {
            if (type is null || (string?)file!["type"] == type)
            {
                var got = (await client.Get((string)file!["url"]!)).Is(200);
                Assert.Equal(
                    "application/fhir+ndjson",
                    got.Http.Content.Headers.ContentType!.MediaType
                );
                var of = got.Text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
                Assert.Equal((int)file["count"]!, of.Length);
                lines.AddRange(of);
            }
        }
        return lines;
    }
}
