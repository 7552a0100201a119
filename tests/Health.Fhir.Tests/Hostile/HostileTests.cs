using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Health.Fhir.Store;
using Health.Fhir.Tests.Api;
using Microsoft.Extensions.DependencyInjection;

namespace Health.Fhir.Tests.Hostile;

/// <summary>
/// Requests that no honest client sends, made by a grammar and by mutation from a seed: none may end in a 5xx, hang, or leave
/// something half-written. RECORDS_TEST_HOSTILE sets how many, RECORDS_TEST_SEED from which seed; a seed in a message makes the
/// same request again.
/// </summary>
public sealed class HostileTests(HostileServer server) : IClassFixture<HostileServer>
{
    private static readonly TimeSpan AtMost = TimeSpan.FromSeconds(30);

    /// <summary>On SQLite the hundred thousand; the words of the API are the same on the other databases, their faults are not.</summary>
    private static readonly int Requests = Setting(
        "RECORDS_TEST_HOSTILE",
        Environment.GetEnvironmentVariable("RECORDS_TEST_DATABASE") is null or "sqlite"
            ? 100_000
            : 20_000
    );

    private static readonly int Seed = Setting("RECORDS_TEST_SEED", 20261123);

    private static readonly string[] Methods =
    [
        "GET",
        "GET",
        "GET",
        "GET",
        "POST",
        "POST",
        "POST",
        "PUT",
        "PATCH",
        "DELETE",
        "HEAD",
        "OPTIONS",
        "TRACE",
        "PURGE",
    ];

    private static readonly string[] HeaderNames =
    [
        "If-Match",
        "If-None-Match",
        "If-None-Exist",
        "If-Modified-Since",
        "Prefer",
        "Accept",
        "Content-Encoding",
        "Origin",
        "Authorization",
        "X-HTTP-Method-Override",
        "Cookie",
        "Range",
        "Expect",
    ];

    private static readonly string[] HeaderValues =
    [
        "W/\"1\"",
        "W/\"99999999999\"",
        "*",
        "identifier=a|b",
        "?",
        "Patient?x=1",
        "return=minimal",
        "return=OperationOutcome",
        "handling=lenient",
        "respond-async",
        "yesterday",
        "gzip",
        "image/*;q=0",
        "application/fhir+xml",
        "application/fhir+json;fhirVersion=9",
        "\u00e9",
        "Mon, 01 Jan 0001 00:00:00 GMT",
        "Bearer x.y.z",
        "Basic Og==",
        "bytes=0-0",
        "",
    ];

    [Fact]
    public async Task Every_request_is_answered_without_a_fault_of_ours_and_what_is_stored_is_whole()
    {
        var targets = await Targets();
        var wrong = new ConcurrentBag<string>();
        var next = -1;
        await Task.WhenAll(
            Enumerable
                .Range(0, 16)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        using var connection = new RawConnection(server.Address);
                        int n;
                        while ((n = Interlocked.Increment(ref next)) < Requests && wrong.Count < 50)
                        {
                            await One(connection, targets, Seed + n, wrong);
                        }
                    })
                )
        );
        Assert.True(
            wrong.IsEmpty,
            $"{wrong.Count} of {next}:\n{string.Join('\n', wrong.Order().Take(12))}\n{string.Join('\n', server.Faults.Distinct().Take(8))}"
        );
        await using var scope = server.Scope();
        var verified = await scope.ServiceProvider.GetRequiredService<FhirStore>().Verify();
        Assert.Empty(verified.Faults);
        Assert.True(
            verified.Resources > Requests / 2000,
            $"only {verified.Resources} requests stored something"
        );
    }

    [Fact]
    public async Task A_transaction_with_one_spoiled_entry_leaves_nothing()
    {
        using var connection = new RawConnection(server.Address);
        for (var n = 0; n < 300; n++)
        {
            var random = new Random(Seed + n);
            var tag = $"spoiled-{n}";
            var spoiled = random.Next(5);
            var entries = Enumerable
                .Range(0, 5)
                .Select(at =>
                {
                    var resource =
                        $$$"""{"resourceType":"Basic","meta":{"tag":[{"code":"{{{tag}}}"}]},"code":{"text":"x"}""";
                    resource +=
                        at != spoiled
                            ? "}"
                            : random.Of<string>([
                                ",\"nothing\":1}",
                                ",\"created\":\"2020-02-30\"}",
                                ",\"subject\":[]}",
                                ",\"code\":{}",
                                ",\"subject\":{\"reference\":\"Patient?identifier=none|none\"}}",
                                ",\"language\":\"\\u0000\"}",
                            ]);
                    return $$$"""{"resource":{{{resource}}},"request":{"method":"POST","url":"Basic"}}""";
                });
            var request = new HostileRequest(
                "POST",
                "/fhir",
                [("Content-Type", "application/fhir+json")],
                System.Text.Encoding.UTF8.GetBytes(
                    $$"""{"resourceType":"Bundle","type":"transaction","entry":[{{string.Join(',', entries)}}]}"""
                )
            );
            var answer = await connection.Send(request.ToBytes(), hasNoBody: false, AtMost);
            Assert.True(
                answer.Status is 400 or 412 or 422,
                $"{string.Join(',', entries)} → {answer.Status}"
            );
            var left = (await server.Client.Get($"/Basic?_tag={tag}&_summary=count")).Is(200);
            Assert.Equal(0, (int)left.Json["total"]!);
        }
    }

    private static async Task One(
        RawConnection connection,
        HostileTargets targets,
        int seed,
        ConcurrentBag<string> wrong
    )
    {
        var request = Make(new Random(seed), targets);
        try
        {
            var answer = await connection.Send(request.ToBytes(), request.Method == "HEAD", AtMost);
            if (answer.Status is 0 or >= 500 || !IsFhir(request, answer))
            {
                wrong.Add(
                    $"seed {seed}: {request} → {answer.Status} {answer.Body[..Math.Min(answer.Body.Length, 300)]}"
                );
            }
        }
        catch (OperationCanceledException)
        {
            wrong.Add($"seed {seed}: {request} → no answer in {AtMost.TotalSeconds} s");
        }
    }

    private static HostileRequest Make(Random random, HostileTargets targets)
    {
        var method = random.Of(Methods);
        var headers = random
            .Several(2, () => (random.Of(HeaderNames), random.Of(HeaderValues)))
            .DistinctBy(header => header.Item1)
            .ToList();
        byte[]? body = null;
        if (method is "POST" or "PUT" or "PATCH" || random.OneIn(20))
        {
            (var type, body) = HostileBodies.Make(random);
            headers.Add(
                (
                    "Content-Type",
                    random.OneIn(10)
                        ? random.Of<string>([
                            "garbage",
                            "text/plain",
                            "application/fhir+json; charset=latin1",
                            "application/fhir+xml",
                            "application/fhir+json",
                            "multipart/form-data; boundary=x",
                            "",
                        ])
                        : type
                )
            );
        }
        var target = body is not null && random.OneIn(4) ? "/fhir" : targets.Make(random);
        return new(method, target, headers, body);
    }

    /// <summary>An error below /fhir is an OperationOutcome; what Kestrel itself refuses as no HTTP has no body and is not ours.</summary>
    private static bool IsFhir(HostileRequest request, RawAnswer answer) =>
        answer.Status < 400
        || answer.Body.Length == 0
        || !request.Target.StartsWith("/fhir", StringComparison.Ordinal)
        || answer.Body.Contains("OperationOutcome", StringComparison.Ordinal);

    private async Task<HostileTargets> Targets()
    {
        var ids = new List<string> { "x", "b-1" };
        foreach (var family in new[] { "Nguyễn", "Trần" })
        {
            ids.Add((await server.Client.Post("/Patient", FhirCalls.Patient(family))).Is(201).Id);
        }
        var capability = (await server.Client.Get("/metadata")).Is(200).Json;
        return new(capability, [.. ids]);
    }

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), out var value) ? value : otherwise;
}
