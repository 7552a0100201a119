using System.Net.Sockets;
using System.Text;
using Testing;

namespace Health.Fhir.Tests.Api;

/// <summary>The program with every limit set low by its configuration.</summary>
public sealed class LimitedServer : IAsyncLifetime
{
    private readonly TestDatabase database = new();
    private ServerProcess server = null!;

    public HttpClient Client { get; private set; } = null!;

    public Uri Address => server.Address;

    public async ValueTask InitializeAsync()
    {
        server = await ServerProcess.Start(
            database.Options,
            database.Folder,
            "fhir__BodyBytes=20000",
            "fhir__BundleEntries=3",
            "fhir__ConcurrentRequests=2",
            "fhir__WaitingRequests=4",
            "fhir__RetryAfterSeconds=7",
            "Fhir__Store__Search__ChainDepth=1",
            "Fhir__Store__Search__Includes=1",
            "Fhir__Store__Included=3",
            "Fhir__Store__PageSize=5",
            "Fhir__Reader__Depth=10",
            "Fhir__Reader__TextBytes=1000",
            "http__HeadersSeconds=1",
            "http__GraceSeconds=10"
        );
        Client = server.NewClient();
    }

    public async ValueTask DisposeAsync()
    {
        Client.Dispose();
        await server.DisposeAsync();
        database.Dispose();
    }
}

/// <summary>Each limit of the configuration, and the error that names it.</summary>
public sealed class LimitTests(LimitedServer server) : IClassFixture<LimitedServer>
{
    private readonly HttpClient client = server.Client;

    [Fact]
    public async Task A_body() =>
        (await client.Post("/Patient", FhirCalls.Patient(new string('x', 20_000)))).Refused(
            413,
            "too-long",
            "20,000 bytes"
        );

    [Fact]
    public async Task A_text() =>
        (await client.Post("/Patient", FhirCalls.Patient(new string('x', 1001)))).Refused(
            400,
            "too-long",
            "1,000 bytes, this has 1,001"
        );

    [Fact]
    public async Task A_text_within_the_limit() =>
        (await client.Post("/Patient", FhirCalls.Patient(new string('x', 1000)))).Is(201);

    [Fact]
    public async Task Nesting()
    {
        string Nested(int depth) =>
            depth == 0
                ? "\"valueString\":\"x\""
                : $$"""
                    "extension":[{"url":"urn:x",{{Nested(depth - 1)}}}]
                    """;
        (
            await client.Post(
                "/Basic",
                $$"""{"resourceType":"Basic","code":{"text":"x"},{{Nested(4)}}}"""
            )
        ).Is(201);
        (await client.Post("/Basic", $$"""{"resourceType":"Basic",{{Nested(8)}}}""")).Refused(
            400,
            "structure",
            "depth"
        );
    }

    [Fact]
    public async Task Entries_of_a_bundle()
    {
        var entries = string.Join(
            ',',
            Enumerable.Repeat("""{"request":{"method":"GET","url":"Patient/1"}}""", 4)
        );
        (
            await client.Post(
                "",
                $$"""{"resourceType":"Bundle","type":"batch","entry":[{{entries}}]}"""
            )
        ).Refused(413, "too-costly", "3");
    }

    [Fact]
    public async Task The_depth_of_a_chain()
    {
        (await client.Get("/Observation?subject:Patient.name=x")).Is(200);
        (await client.Get("/Observation?subject:Patient.organization.name=x")).Refused(
            400,
            "not-supported",
            "1 references"
        );
    }

    [Fact]
    public async Task Includes_of_a_search() =>
        (
            await client.Get(
                "/Observation?_include=Observation:subject&_include=Observation:encounter"
            )
        ).Refused(400, "not-supported", "1 of _include");

    [Fact]
    public async Task Pages_and_what_they_include()
    {
        var patients = new List<string>();
        for (var at = 0; at < 6; at++)
        {
            var patient = (await client.Post("/Patient", FhirCalls.Patient("Trang"))).Is(201).Id;
            patients.Add(patient);
            (
                await client.Post(
                    "/Observation",
                    $$"""{"resourceType":"Observation","status":"final","code":{"text":"trang"},"subject":{"reference":"Patient/{{patient}}"} }"""
                )
            ).Is(201);
        }
        var page = (await client.Get("/Patient?name=Trang&_count=500")).Is(200);
        Assert.Equal(5, page.Entries.Count);
        Assert.NotNull(page.Link("next"));
        (
            await client.Get("/Observation?code:text=trang&_count=5&_include=Observation:subject")
        ).Refused(400, "invalid", "More than 3 resources");
        (await client.Get("/Observation?code:text=trang&_count=3&_include=Observation:subject")).Is(
            200
        );
    }

    [Fact]
    public async Task More_requests_than_may_wait_are_sent_away_and_the_others_answered()
    {
        const string Body = """{"resourceType":"Patient","active":true}""";
        var slow = new List<TcpClient>();
        try
        {
            // Each takes its place with its headers and keeps it until its body has come: two are worked on, four wait.
            for (var at = 0; at < 10; at++)
            {
                slow.Add(await Send($"Content-Length: {Body.Length}\r\n\r\n"));
            }
            var answers = slow.ConvertAll(Answer);
            var sentAway = new List<string>();
            while (sentAway.Count < 4)
            {
                var answered = await Task.WhenAny(answers);
                sentAway.Add(await answered);
                answers.Remove(answered);
            }
            Assert.All(
                sentAway,
                answer =>
                {
                    Assert.StartsWith("HTTP/1.1 503", answer, StringComparison.Ordinal);
                    Assert.Contains("Retry-After: 7", answer, StringComparison.Ordinal);
                    Assert.Contains("throttled", answer, StringComparison.Ordinal);
                }
            );
            await Task.WhenAll(
                slow.Select(async one =>
                {
                    try
                    {
                        await one.GetStream().WriteAsync(Encoding.ASCII.GetBytes(Body));
                    }
                    catch (IOException)
                    {
                        // Sent away, and its connection closed.
                    }
                })
            );
            Assert.All(
                await Task.WhenAll(answers),
                answer => Assert.StartsWith("HTTP/1.1 201", answer, StringComparison.Ordinal)
            );
        }
        finally
        {
            slow.ForEach(one => one.Dispose());
        }
    }

    [Fact]
    public async Task A_body_that_does_not_come()
    {
        using var slow = await Send("Content-Length: 100\r\n\r\n{");
        var answer = await Answer(slow);
        Assert.StartsWith("HTTP/1.1 408", answer, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Headers_that_do_not_come()
    {
        using var slow = await Send("Accept: ");
        Assert.StartsWith("HTTP/1.1 408", await Answer(slow), StringComparison.Ordinal);
    }

    private async Task<TcpClient> Send(string rest)
    {
        var connection = new TcpClient();
        await connection.ConnectAsync(server.Address.Host, server.Address.Port);
        await connection
            .GetStream()
            .WriteAsync(
                Encoding.ASCII.GetBytes(
                    $"POST /fhir/Patient HTTP/1.1\r\nHost: {server.Address.Authority}\r\nContent-Type: application/fhir+json\r\nConnection: close\r\n{rest}"
                )
            );
        return connection;
    }

    /// <summary>The head and its JSON; the server may keep the connection a while to let the client finish.</summary>
    private static async Task<string> Answer(TcpClient connection)
    {
        var text = new StringBuilder();
        var buffer = new byte[4096];
        int read;
        while (
            !IsWhole(text.ToString()) && (read = await connection.GetStream().ReadAsync(buffer)) > 0
        )
        {
            text.Append(Encoding.Latin1.GetString(buffer, 0, read));
        }
        return text.ToString();
    }

    private static bool IsWhole(string answer) =>
        answer.Contains("Content-Length: 0\r\n", StringComparison.Ordinal)
        || answer.EndsWith("\r\n0\r\n\r\n", StringComparison.Ordinal)
        || answer.EndsWith('}');
}
