using System.IO.Compression;
using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Education.LearningRecords;
using Education.LearningRecords.Transcripts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using Testing;

namespace Education.Tests;

/// <summary>Records as verifiable credentials and shared links: judged by the official schemas and by libraries of others.</summary>
public sealed class CredentialTests(CredentialTests.ReleasedClass released)
    : IClassFixture<CredentialTests.ReleasedClass>
{
    /// <summary>Checks a JWT as others do, with the key that its header names; prints the payload or what is wrong.</summary>
    private const string Jose = """
        import { readFileSync } from 'node:fs';
        import { createLocalJWKSet, decodeProtectedHeader, importJWK, jwtVerify } from 'jose';
        const { jwt, issuer, keys } = JSON.parse(readFileSync(0, 'utf8'));
        try {
          const named = await (await fetch(decodeProtectedHeader(jwt).kid)).json();
          await jwtVerify(jwt, await importJWK(named, 'RS256'), { issuer });
          const set = createLocalJWKSet(keys);
          console.log(JSON.stringify((await jwtVerify(jwt, set, { issuer })).payload));
        } catch (problem) {
          console.log(JSON.stringify({ problem: problem.code }));
        }
        """;

    /// <summary>Judges documents by the official schemas; prints every error.</summary>
    private const string Ajv = """
        import { readFileSync } from 'node:fs';
        import Ajv from 'ajv/dist/2019.js';
        import formats from 'ajv-formats';
        const { schemas, documents } = JSON.parse(readFileSync(0, 'utf8'));
        const ajv = new Ajv.default({ strict: false, allErrors: true });
        formats.default(ajv);
        const checks = schemas.map(text => { const schema = JSON.parse(text); delete schema.$schema; delete schema.$id; return ajv.compile(schema); });
        const errors = documents.flatMap(([which, document]) => checks[which](document) ? [] : checks[which].errors.map(error => `${which} ${error.instancePath}: ${error.message}`));
        console.log(JSON.stringify(errors));
        """;

    private string Shares => $"/education/students/{released.School.Pupil}/shares";

    [Fact]
    public async Task A_record_is_a_credential_by_the_official_schemas_and_verified_by_others()
    {
        using var pupil = await released.AsPupil();
        var id = await released.TranscriptOf(pupil);
        var answer = await pupil.PostAsync($"/education/transcripts/{id}/credential", null);
        Assert.Equal(CredentialJwt.MediaType, answer.Content.Headers.ContentType!.MediaType);
        var jwt = await answer.Content.ReadAsStringAsync();
        var payload = Payload(jwt);
        Assert.DoesNotContain(TranscriptSchool.PersonalId, payload.ToJsonString());
        var hashed = payload["credentialSubject"]!["identifier"]!
            .AsArray()
            .Single(identity =>
                identity!["identityType"]!.GetValue<string>() == "nationalIdentityNumber"
            )!;
        Assert.True(
            new HashedNumber(
                hashed["salt"]!.GetValue<string>(),
                hashed["identityHash"]!.GetValue<string>()
            ).Is(TranscriptSchool.PersonalId)
        );

        var issuer = payload["iss"]!.GetValue<string>();
        var keys = JsonNode.Parse(
            await released.School.Server.Client.GetStringAsync(issuer + "/jwks")
        )!;
        var verified = await Verify(jwt, issuer, keys);
        Assert.Equal(payload["jti"]!.GetValue<string>(), verified["id"]!.GetValue<string>());
        // One letter of the payload changed, with a valid encoding.
        var parts = jwt.Split('.');
        var changed = Payload(jwt);
        changed["name"] = "Học bạ của người khác";
        parts[1] = System.Buffers.Text.Base64Url.EncodeToString(
            JsonSerializer.SerializeToUtf8Bytes(changed)
        );
        var refused = await Verify(string.Join('.', parts), issuer, keys);
        Assert.Equal(
            "ERR_JWS_SIGNATURE_VERIFICATION_FAILED",
            refused["problem"]!.GetValue<string>()
        );

        var profile = JsonNode.Parse(await released.School.Server.Client.GetStringAsync(issuer))!;
        Assert.Empty(await SchemaErrors(payload, profile));
        var broken = (JsonObject)payload.DeepClone();
        broken.Remove("name");
        Assert.NotEmpty(await SchemaErrors(broken, profile));
    }

    [Fact]
    public async Task A_shared_link_shows_what_was_chosen_until_it_is_taken_back()
    {
        using var pupil = await released.AsPupil();
        using var stranger = released.School.Server.NewBrowser();
        var id = await released.TranscriptOf(pupil);
        var made = await pupil.PostAsJsonAsync(
            Shares,
            new ShareRequest([id], WithMarks: false, 7, "Trường THPT B")
        );
        Assert.Equal(HttpStatusCode.Created, made.StatusCode);
        var share = (await made.Content.ReadFromJsonAsync<SharedRecord>())!;
        var opened = await Open(stranger, share.Token);
        Assert.Equal(ShareState.Open, opened.State);
        var jwt = Assert.Single(opened.Credentials);
        var credential = Payload(jwt);
        // Results of the year alone: no term, no mark, no absence.
        Assert.DoesNotContain("ĐĐG", credential.ToString());
        Assert.DoesNotContain("ọc kì", credential.ToJsonString(Unescaped));
        Assert.Equal(share.ExpiresAt.ToUnixTimeSeconds(), credential["exp"]!.GetValue<long>());
        Assert.False(await IsRevoked(stranger, credential));
        var page = await stranger.GetAsync($"/verify/{share.Token}");
        Assert.Equal(HttpStatusCode.OK, page.StatusCode);

        var mine = (await pupil.GetFromJsonAsync<List<ShareView>>(Shares))!;
        var view = mine.Single(one => one.Id == share.Id);
        Assert.Equal(("Trường THPT B", 1, null), (view.Note, view.Opened, view.RevokedAt));
        Assert.Equal([SchoolServer.Year], view.Years);

        using var other = await released.School.Server.As(
            Person.Of(released.School.Server.PupilsA[1])
        );
        Assert.Equal(
            HttpStatusCode.Forbidden,
            (await other.DeleteAsync($"/education/shares/{share.Id}")).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await pupil.DeleteAsync($"/education/shares/{share.Id}")).StatusCode
        );
        var after = await Open(stranger, share.Token);
        Assert.Equal((ShareState.Revoked, 0), (after.State, after.Credentials.Count));
        // A copy that somebody kept is named by the list too.
        Assert.True(await IsRevoked(stranger, credential));
    }

    [Fact]
    public async Task Only_pupil_and_parents_share_and_only_what_is_theirs()
    {
        using var pupil = await released.AsPupil();
        using var other = await released.School.Server.As(
            Person.Of(released.School.Server.PupilsA[2])
        );
        using var head = await released.School.Server.As(SchoolServer.HeadOfA);
        var id = await released.TranscriptOf(pupil);
        foreach (var client in new[] { other, head })
        {
            var refused = await client.PostAsJsonAsync(Shares, new ShareRequest([id], true, 7));
            Assert.Equal(HttpStatusCode.Forbidden, refused.StatusCode);
            Assert.Equal(HttpStatusCode.Forbidden, (await client.GetAsync(Shares)).StatusCode);
        }
        // Somebody else's record by one's own door.
        var foreign = await other.PostAsJsonAsync(
            $"/education/students/{released.School.Server.PupilsA[2]}/shares",
            new ShareRequest([id], true, 7)
        );
        Assert.Equal(HttpStatusCode.BadRequest, foreign.StatusCode);
        foreach (
            var wrong in new[]
            {
                new ShareRequest([], true, 7),
                new ShareRequest([id], true, 0),
                new ShareRequest([id], true, 366),
                new ShareRequest([id], true, 7, new string('x', 101)),
            }
        )
        {
            var answer = await pupil.PostAsJsonAsync(Shares, wrong);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
    }

    [Fact]
    public async Task A_link_ends_by_itself_and_an_unknown_one_tells_nothing()
    {
        using var pupil = await released.AsPupil();
        using var stranger = released.School.Server.NewBrowser();
        var id = await released.TranscriptOf(pupil);
        var made = await pupil.PostAsJsonAsync(Shares, new ShareRequest([id], true, 1));
        var share = (await made.Content.ReadFromJsonAsync<SharedRecord>())!;
        Assert.Contains(
            "ĐĐGtx 1, học kì 1",
            Payload(Assert.Single((await Open(stranger, share.Token)).Credentials))
                .ToJsonString(Unescaped)
        );
        await using (var scope = released.School.Server.Scope())
        {
            var yesterday = TimeProvider.System.GetUtcNow().AddDays(-1);
            await scope
                .ServiceProvider.GetRequiredService<LearningRecordsDb>()
                .ShareLinks.Where(link => link.Id == share.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(link => link.ExpiresAt, yesterday));
        }
        var ended = await Open(stranger, share.Token);
        Assert.Equal((ShareState.Expired, 0), (ended.State, ended.Credentials.Count));
        var unknown = await stranger.GetAsync("/education/shared/" + new string('x', 43));
        Assert.Equal(HttpStatusCode.NotFound, unknown.StatusCode);
    }

    private static readonly JsonSerializerOptions Unescaped = new()
    {
        Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
    };

    private static async Task<OpenedShare> Open(HttpClient client, string token) =>
        (await client.GetFromJsonAsync<OpenedShare>($"/education/shared/{token}"))!;

    private static JsonObject Payload(string jwt) =>
        (JsonObject)
            JsonNode.Parse(System.Buffers.Text.Base64Url.DecodeFromChars(jwt.Split('.')[1]))!;

    private static async Task<JsonNode> Verify(string jwt, string issuer, JsonNode keys) =>
        JsonNode.Parse(
            await NodeScript.Run(
                "jose@6.2.18",
                Jose,
                new JsonObject
                {
                    ["jwt"] = jwt,
                    ["issuer"] = issuer,
                    ["keys"] = keys.DeepClone(),
                }.ToJsonString(),
                TestContext.Current.CancellationToken
            )
        )!;

    /// <summary>Of the whole by the CLR schema, each achievement by that of Open Badges, the issuer by that of profiles.</summary>
    private static async Task<List<string>> SchemaErrors(JsonObject clr, JsonNode profile)
    {
        string Schema(string file) =>
            File.ReadAllText(Repository.SharedOrSkip($"data/oneroster/{file}"));
        var documents = new JsonArray(new JsonArray(0, clr.DeepClone()));
        foreach (var badge in clr["credentialSubject"]!["verifiableCredential"]!.AsArray())
        {
            documents.Add(new JsonArray(1, badge!.DeepClone()));
        }
        documents.Add(new JsonArray(2, profile.DeepClone()));
        var output = await NodeScript.Run(
            "ajv@8.20.0 ajv-formats@3.0.1",
            Ajv,
            new JsonObject
            {
                ["schemas"] = new JsonArray(
                    Schema("clr/v2_0/clr_v2p0_clrcredential_schema.json"),
                    Schema("open-badges/v3_0/ob_v3p0_achievementcredential_schema.json"),
                    Schema("open-badges/v3_0/ob_v3p0_profile_schema.json")
                ),
                ["documents"] = documents,
            }.ToJsonString(),
            TestContext.Current.CancellationToken
        );
        return JsonSerializer.Deserialize<List<string>>(output)!;
    }

    /// <summary>By the list that the credential names.</summary>
    private static async Task<bool> IsRevoked(HttpClient client, JsonObject credential)
    {
        var status = credential["credentialStatus"]!;
        var list = Payload(
            await client.GetStringAsync(status["statusListCredential"]!.GetValue<string>())
        );
        var packed = System.Buffers.Text.Base64Url.DecodeFromChars(
            list["credentialSubject"]!["encodedList"]!.GetValue<string>().AsSpan(1)
        );
        using var bits = new MemoryStream();
        await using (
            var gzip = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress)
        )
        {
            await gzip.CopyToAsync(bits);
        }
        Assert.Equal(StatusList.Bits / 8, bits.Length);
        var index = int.Parse(
            status["statusListIndex"]!.GetValue<string>(),
            System.Globalization.CultureInfo.InvariantCulture
        );
        return (bits.ToArray()[index / 8] & (0x80 >> (index % 8))) != 0;
    }

    /// <summary>A class whose records are released, once for all tests.</summary>
    public sealed class ReleasedClass : IAsyncLifetime
    {
        public TranscriptSchool School { get; } = new();

        public async ValueTask InitializeAsync()
        {
            await School.InitializeAsync();
            await School.Release();
        }

        public Task<HttpClient> AsPupil() => School.Server.As(Person.Of(School.Pupil));

        public async Task<Guid> TranscriptOf(HttpClient pupil) =>
            (
                await pupil.GetFromJsonAsync<List<TranscriptSummary>>(
                    $"/education/students/{School.Pupil}/transcripts"
                )
            )!
                .Single(one => one.ReplacedBy is null)
                .Id;

        public ValueTask DisposeAsync() => School.DisposeAsync();
    }
}
