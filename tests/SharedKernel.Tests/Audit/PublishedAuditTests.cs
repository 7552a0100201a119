using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access.Audit;
using Testing;

namespace SharedKernel.Tests.Audit;

/// <summary>What the running server publishes of its audit trail, and to whom it proves a row.</summary>
[Collection<DemoServerTests>]
public sealed class PublishedAuditTests(DemoServer server)
{
    [Fact]
    public async Task Anyone_may_keep_the_heads_and_only_who_watches_gets_a_proof()
    {
        await using (var scope = server.Scope())
        {
            await scope.ServiceProvider.GetRequiredService<SignTreeHead>().Run();
        }
        var key = AuditPublicKey.Parse(await server.Client.GetStringAsync("/open-data/audit/key"))!;
        var note = await server.Client.GetStringAsync("/open-data/audit/checkpoint");
        var head = Checkpoint.Open(note, key)!;
        var all = await server.Client.GetFromJsonAsync<JsonElement>("/open-data/audit/checkpoints");
        Assert.Contains(
            note,
            all.EnumerateArray().Select(one => one.GetProperty("checkpoint").GetString())
        );
        var consistency = await server.Client.GetFromJsonAsync<JsonElement>(
            $"/open-data/audit/consistency?from={head.Size}&to={head.Size}"
        );
        Assert.Equal(0, consistency.GetProperty("hashes").GetArrayLength());

        using var administrator = await server.SignInAs("quantri");
        var proof = await administrator.GetFromJsonAsync<AuditProof>("/api/audit/1/proof");
        Assert.Null(proof!.Fault(key));
        var events = await administrator.GetAsync("/api/audit/events");
        Assert.Equal("application/fhir+json", events.Content.Headers.ContentType!.MediaType);
        using var doctor = await server.SignInAs("bacsi");
        foreach (var path in (string[])["/api/audit/1/proof", "/api/audit/events"])
        {
            Assert.Equal(HttpStatusCode.Forbidden, (await doctor.GetAsync(path)).StatusCode);
        }
    }
}
