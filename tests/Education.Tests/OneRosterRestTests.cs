using System.Net;
using System.Net.Http.Json;
using System.Text.Json;
using System.Text.Json.Nodes;
using Education.LearningRecords;
using Education.LearningRecords.Assessment;
using Education.OneRoster.Rest;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Testing;

namespace Education.Tests;

/// <summary>OneRoster 1.2 by REST over the demo's school, judged by the official OpenAPI documents.</summary>
public sealed class OneRosterRestTests(DemoServer server) : IClassFixture<DemoServer>
{
    private const string Rostering = "/ims/oneroster/rostering/v1p2";
    private const string Gradebook = "/ims/oneroster/gradebook/v1p2";
    private const string ScopePrefix = "https://purl.imsglobal.org/spec/or/v1p2/scope/";

    /// <summary>Judges bodies by schemas of an OpenAPI document; prints every error.</summary>
    private const string Ajv = """
        import { readFileSync } from 'node:fs';
        import Ajv from 'ajv';
        import formats from 'ajv-formats';
        const judged = JSON.parse(readFileSync(0, 'utf8'));
        const errors = [];
        for (const { document, answers } of judged) {
          const ajv = new Ajv.default({ strict: false, allErrors: true });
          formats.default(ajv);
          const { components } = JSON.parse(document);
          ajv.addSchema({ $id: 'api', components });
          for (const [path, schema, body] of answers) {
            const check = ajv.compile({ $ref: `api#/components/schemas/${schema}` });
            if (!check(body)) errors.push(...check.errors.map(error => `${path} ${error.instancePath}: ${error.message} ${JSON.stringify(error.params)}`));
          }
        }
        console.log(JSON.stringify(errors));
        """;

    private static readonly (OpenApiDocument Document, string File)[] Documents =
    [
        (OpenApiDocument.Rostering, "rosters"),
        (OpenApiDocument.Gradebook, "gradebook"),
        (OpenApiDocument.Resources, "resources"),
    ];

    [Fact]
    public void Every_operation_of_the_official_documents_is_served()
    {
        var served = server
            .Services.GetRequiredService<IEnumerable<EndpointDataSource>>()
            .SelectMany(source => source.Endpoints)
            .Select(endpoint => endpoint.Metadata.GetMetadata<Operation>()?.Id)
            .OfType<string>()
            .Order();
        Assert.Equal(
            Documents.SelectMany(known => known.Document.Operations).Select(one => one.Id).Order(),
            served
        );
        foreach (var (document, file) in Documents)
        {
            var official = JsonNode.Parse(File.ReadAllText(Official(file)))!;
            Assert.Equal(
                from path in official["paths"]!.AsObject()
                from method in path.Value!.AsObject()
                select (method.Key.ToUpperInvariant(), path.Key),
                document.Operations.Select(one => (one.Method, one.Path))
            );
        }
    }

    [Fact]
    public async Task Every_answer_is_of_the_official_schema()
    {
        using var client = await server.WithToken(string.Join(' ', OpenApiDocument.AllScopes));
        var ids = await SomeIds(client);
        var judged = new JsonArray();
        foreach (var (document, file) in Documents)
        {
            var answers = new JsonArray();
            foreach (var operation in document.Operations.Where(one => one.Method == "GET"))
            {
                var path = document.Base + Filled(operation.Path, ids);
                var answer = await client.GetAsync(
                    path + (operation.Path.EndsWith('}') ? "" : "?limit=20")
                );
                var body = JsonNode.Parse(await answer.Content.ReadAsStringAsync());
                // Of what is not kept here there is no single one.
                var none = path.EndsWith("/none", StringComparison.Ordinal);
                Assert.True(
                    answer.StatusCode == (none ? HttpStatusCode.NotFound : HttpStatusCode.OK),
                    $"{path}: {(int)answer.StatusCode} {body}"
                );
                answers.Add(
                    new JsonArray(path, none ? "imsx_StatusInfoDType" : operation.Schema, body)
                );
                var parts = operation.Path.Split('/');
                if (!none && !operation.Path.EndsWith('}') && !Empty.Contains(parts[^1]))
                {
                    var things = Assert.Single(body!.AsObject()).Value!.AsArray();
                    Assert.True(things.Count > 0, $"{path} is empty.");
                }
            }
            judged.Add(
                new JsonObject
                {
                    ["document"] = File.ReadAllText(Official(file)),
                    ["answers"] = answers,
                }
            );
        }
        Assert.Empty(await SchemaErrors(judged));
    }

    [Fact]
    public async Task Pages_are_linked_counted_and_do_not_overlap()
    {
        using var client = await server.WithToken(ScopePrefix + "roster-core.readonly");
        var seen = new List<string>();
        var next =
            $"{Rostering}/enrollments?limit=400&sort=beginDate&orderBy=desc&filter=role='student'";
        var total = 0;
        while (next is not null)
        {
            var answer = await client.GetAsync(next);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
            total = int.Parse(
                answer.Headers.GetValues("X-Total-Count").Single(),
                System.Globalization.CultureInfo.InvariantCulture
            );
            var page = (await answer.Content.ReadFromJsonAsync<JsonNode>())!["enrollments"]!;
            seen.AddRange(page.AsArray().Select(one => one!["sourcedId"]!.GetValue<string>()));
            var links = answer.Headers.GetValues("Link").Single();
            Assert.Contains("rel=\"first\"", links);
            Assert.Contains("rel=\"last\"", links);
            next = links
                .Split(", ")
                .Where(link => link.EndsWith("rel=\"next\"", StringComparison.Ordinal))
                .Select(link => link[1..link.IndexOf('>')])
                .SingleOrDefault();
        }
        Assert.Equal(total, seen.Count);
        Assert.Equal(total, seen.Distinct().Count());
        Assert.True(total > 400);
    }

    [Theory]
    [InlineData("orgs?filter=name~'THCS'", "orgs", 1)]
    [InlineData("orgs?filter=name='không có'", "orgs", 0)]
    [InlineData("orgs?filter=name='O''Brien' OR name~'THCS'", "orgs", 1)]
    [InlineData("classes?filter=classType='homeroom' AND title='8A'", "classes", 2)]
    [InlineData("classes?filter=title~'8A' AND subjectCodes='TOAN'", "classes", 2)]
    [InlineData("terms?filter=type='semester' AND startDate<'2000-01-01'", "academicSessions", 0)]
    [InlineData("users?filter=roles.role='teacher' AND familyName~'Đặng'", "users", 1)]
    [InlineData("users?filter=dateLastModified>'2999-01-01T00:00:00Z'", "users", 0)]
    [InlineData("students?filter=dateLastModified>='2020-01-01'&limit=1", "users", 1)]
    [InlineData("courses?filter=courseCode='TOAN'&sort=title", "courses", 0)]
    public async Task A_filter_selects(string path, string plural, int count)
    {
        using var client = await server.WithToken(ScopePrefix + "roster-core.readonly");
        var answer = await client.GetAsync($"{Rostering}/{path}");
        if (path.StartsWith("courses", StringComparison.Ordinal))
        {
            // A course has no order by its title.
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
            return;
        }
        var body = (await answer.Content.ReadFromJsonAsync<JsonNode>())!;
        Assert.True(answer.StatusCode == HttpStatusCode.OK, body.ToString());
        Assert.Equal(count, body[plural]!.AsArray().Count);
    }

    [Theory]
    [InlineData("users?filter=name=x", 400, "invalid_filter_field")]
    [InlineData("users?filter=shoeSize='44'", 400, "invalid_filter_field")]
    [InlineData("users?filter=dateLastModified>'yesterday'", 400, "invalid_filter_field")]
    [InlineData("users?filter=a='1' AND b='2' AND c='3'", 400, "invalid_filter_field")]
    [InlineData("users?fields=sourcedId,shoeSize", 400, "invalid_selection_field")]
    [InlineData("users?limit=0", 400, "invaliddata")]
    [InlineData("users?limit=1e3", 400, "invaliddata")]
    [InlineData("users?offset=-1", 400, "invaliddata")]
    [InlineData("users?limit=1&limit=2", 400, "invaliddata")]
    [InlineData("users?orderBy=up", 400, "invaliddata")]
    [InlineData("users?sort=shoeSize", 400, "invaliddata")]
    [InlineData("users?since=2026", 400, "invaliddata")]
    [InlineData("users/nobody", 404, "unknownobject")]
    [InlineData("users/0190aaaa-0000-7000-8000-000000000000", 404, "unknownobject")]
    [InlineData("gradingPeriods/x", 404, "unknownobject")]
    [InlineData("schools/nowhere/classes", 403, "forbidden")]
    public async Task A_wrong_request_is_refused_in_the_words_of_the_standard(
        string path,
        int status,
        string minor
    )
    {
        using var client = await server.WithToken(ScopePrefix + "roster-core.readonly");
        var answer = await client.GetAsync($"{Rostering}/{path}");
        var body = await answer.Content.ReadAsStringAsync();
        Assert.Equal((status, true), ((int)answer.StatusCode, body.Contains($"\"{minor}\"")));
        Assert.Empty(
            await SchemaErrors([
                new JsonObject
                {
                    ["document"] = File.ReadAllText(Official("rosters")),
                    ["answers"] = new JsonArray(
                        new JsonArray(path, "imsx_StatusInfoDType", JsonNode.Parse(body))
                    ),
                },
            ])
        );
    }

    [Fact]
    public async Task Fields_select_and_an_etag_saves_the_way()
    {
        using var client = await server.WithToken(ScopePrefix + "roster-core.readonly");
        var page = await client.GetFromJsonAsync<JsonNode>(
            $"{Rostering}/students?limit=1&fields=sourcedId,givenName"
        );
        var student = page!["users"]![0]!.AsObject();
        Assert.Equal(["givenName", "sourcedId"], student.Select(one => one.Key).Order());
        var path = $"{Rostering}/users/{student["sourcedId"]}";
        var first = await client.GetAsync(path);
        using var again = new HttpRequestMessage(HttpMethod.Get, path);
        again.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        Assert.Equal(HttpStatusCode.NotModified, (await client.SendAsync(again)).StatusCode);
    }

    [Fact]
    public async Task A_scope_opens_what_its_document_says_and_nothing_else()
    {
        using var stranger = server.NewClient();
        Assert.Equal(
            HttpStatusCode.Unauthorized,
            (await stranger.GetAsync($"{Rostering}/users")).StatusCode
        );
        using var core = await server.WithToken(ScopePrefix + "roster-core.readonly");
        var school = (await core.GetFromJsonAsync<JsonNode>($"{Rostering}/orgs"))!["orgs"]![0]![
            "sourcedId"
        ]!.GetValue<string>();
        Assert.Equal(HttpStatusCode.OK, await Status(core, $"{Rostering}/schools/{school}"));
        foreach (
            var closed in new[]
            {
                $"{Rostering}/schools/{school}/classes",
                $"{Rostering}/demographics",
                $"{Gradebook}/results",
            }
        )
        {
            Assert.Equal(HttpStatusCode.Forbidden, await Status(core, closed));
        }
        // A roster's scope opens no other door of the system.
        Assert.Equal(
            HttpStatusCode.Forbidden,
            await Status(core, $"/education/schools/{school}/mark-requests")
        );
        using var full = await server.WithToken(ScopePrefix + "roster.readonly");
        Assert.Equal(
            HttpStatusCode.OK,
            await Status(full, $"{Rostering}/schools/{school}/classes")
        );
        Assert.Equal(HttpStatusCode.Forbidden, await Status(full, $"{Rostering}/demographics"));
        using var people = await server.WithToken(ScopePrefix + "roster-demographics.readonly");
        Assert.Equal(HttpStatusCode.OK, await Status(people, $"{Rostering}/demographics"));
        using var reader = await server.WithToken(ScopePrefix + "gradebook.readonly");
        var put = await reader.PutAsJsonAsync($"{Gradebook}/results/x", new { });
        Assert.Equal(HttpStatusCode.Forbidden, put.StatusCode);
        using var doctor = await server.SignInAs("bacsi");
        Assert.Equal(HttpStatusCode.Forbidden, await Status(doctor, $"{Rostering}/users"));
    }

    [Fact]
    public async Task Results_are_written_as_marks_with_history_and_given_back()
    {
        using var client = await server.WithToken(
            string.Join(
                ' ',
                new[]
                {
                    "gradebook.readonly",
                    "gradebook.createput",
                    "gradebook.createpost",
                    "gradebook.delete",
                    "roster.readonly",
                }.Select(scope => ScopePrefix + scope)
            )
        );
        var (subject, term, pupils) = await OpenSubject();

        // A further regular assessment, with marks of two pupils.
        var posted = await client.PostAsJsonAsync(
            $"{Gradebook}/classes/{subject}/lineItems",
            new
            {
                lineItems = new[]
                {
                    new
                    {
                        sourcedId = "mine-1",
                        title = "Kiểm tra 15 phút",
                        category = new { sourcedId = "TX" },
                        academicSession = new { sourcedId = term },
                    },
                },
            }
        );
        var item = await Allocated(posted, "mine-1");
        var results = await client.PostAsJsonAsync(
            $"{Gradebook}/lineItems/{item}/results",
            new
            {
                results = pupils.Select(
                    (pupil, i) =>
                        new
                        {
                            sourcedId = $"r{i}",
                            lineItem = new { sourcedId = item },
                            student = new { sourcedId = pupil },
                            score = 8.5,
                        }
                ),
            }
        );
        var result = await Allocated(results, "r0");
        Assert.Equal($"{pupils[0]}.{item}", result);
        var path = $"{Gradebook}/results/{result}";
        var read = await client.GetAsync(path);
        Assert.Equal(
            8.5m,
            (await read.Content.ReadFromJsonAsync<JsonNode>())!["result"]![
                "score"
            ]!.GetValue<decimal>()
        );

        // Seen is what may be changed: with an older tag it is refused.
        Assert.Equal(HttpStatusCode.Created, await Put(client, path, item, pupils[0], 9, null));
        Assert.Equal(
            HttpStatusCode.PreconditionFailed,
            await Put(client, path, item, pupils[0], 7, read.Headers.ETag!.Tag)
        );
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            await Put(client, path, item, pupils[0], 11, null)
        );
        Assert.Equal(HttpStatusCode.Created, await Put(client, path, item, pupils[0], 9, null));
        var deleting = await client.DeleteAsync($"{Gradebook}/lineItems/{item}");
        Assert.Equal(HttpStatusCode.UnprocessableEntity, deleting.StatusCode);
        Assert.Contains("deletefailure", await deleting.Content.ReadAsStringAsync());
        Assert.Equal(HttpStatusCode.NoContent, (await client.DeleteAsync(path)).StatusCode);
        Assert.Equal(HttpStatusCode.NotFound, (await client.GetAsync(path)).StatusCode);
        await using (var scope = server.Scope())
        {
            var history = await scope
                .ServiceProvider.GetRequiredService<LearningRecordsDb>()
                .MarkChanges.Where(change => change.ColumnId == Guid.Parse(item))
                .OrderBy(change => change.Id)
                .ToListAsync();
            var first = history.FindAll(change => change.StudentId.ToString() == pupils[0]);
            Assert.Equal(["8.5", "9", null], first.Select(change => change.New?.ToString()));
            Assert.All(first, change => Assert.Equal("Demo system", change.ByName));
        }

        // One that never had a mark goes again; the ones that the circular asks for stay.
        var own = Guid.CreateVersion7();
        var line = new
        {
            lineItem = new
            {
                title = "Thêm",
                @class = new { sourcedId = subject },
                category = new { sourcedId = "TX" },
                academicSession = new { sourcedId = term },
            },
        };
        var put = await client.PutAsJsonAsync($"{Gradebook}/lineItems/{own}", line);
        Assert.Equal(HttpStatusCode.Created, put.StatusCode);
        Assert.Equal(HttpStatusCode.OK, await Status(client, $"{Gradebook}/lineItems/{own}"));
        Assert.Equal(
            HttpStatusCode.NoContent,
            (await client.DeleteAsync($"{Gradebook}/lineItems/{own}")).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (await client.DeleteAsync($"{Gradebook}/categories/TX")).StatusCode
        );
        Assert.Equal(
            HttpStatusCode.UnprocessableEntity,
            (
                await client.PutAsJsonAsync(
                    $"{Gradebook}/results/{result}",
                    new { result = new { } }
                )
            ).StatusCode
        );
    }

    [Fact]
    public async Task Discovery_tells_the_addresses_of_this_installation()
    {
        using var stranger = server.NewClient();
        var document = await stranger.GetFromJsonAsync<JsonNode>(
            $"{Rostering}/discovery/imsorv1p2_rostering_openapi3_v1p0.json"
        );
        Assert.Equal(
            server.Address.ToString().TrimEnd('/') + Rostering,
            document!["servers"]![0]!["url"]!.GetValue<string>()
        );
    }

    private static readonly string[] Empty =
    [
        "gradingPeriods",
        "resources",
        "assessmentLineItems",
        "assessmentResults",
    ];

    private static string Official(string file) =>
        Repository.SharedOrSkip(
            $"data/oneroster/oneroster/v1_2/onerosterv1p2{file}service_openapi3_v1p0.json"
        );

    private static async Task<List<string>> SchemaErrors(JsonArray judged) =>
        JsonSerializer.Deserialize<List<string>>(
            await NodeScript.Run(
                "ajv@8.20.0 ajv-formats@3.0.1",
                Ajv,
                judged.ToJsonString(),
                TestContext.Current.CancellationToken
            )
        )!;

    /// <summary>An id of each kind that belong together, by the names of path parameters.</summary>
    private static async Task<Dictionary<string, string>> SomeIds(HttpClient client)
    {
        async Task<JsonNode> First(string path, string plural) =>
            (await client.GetFromJsonAsync<JsonNode>(path))![plural]![0]!;
        static string Id(JsonNode? node) => node!["sourcedId"]!.GetValue<string>();
        var scale = await First($"{Gradebook}/scoreScales", "scoreScales");
        var scheduled = Id(scale["class"]);
        var result = await First($"{Gradebook}/classes/{scheduled}/results", "results");
        var schoolClass = (
            await client.GetFromJsonAsync<JsonNode>($"{Rostering}/classes/{scheduled}")
        )!["class"]!;
        var ids = new Dictionary<string, string>
        {
            ["classSourcedId"] = scheduled,
            ["schoolSourcedId"] = Id(schoolClass["school"]),
            ["courseSourcedId"] = Id(schoolClass["course"]),
            ["termSourcedId"] = Id(schoolClass["terms"]![0]),
            ["studentSourcedId"] = Id(result["student"]),
            ["userSourcedId"] = Id(result["student"]),
            ["teacherSourcedId"] = Id(
                await First($"{Rostering}/classes/{scheduled}/teachers", "users")
            ),
            ["lineItemSourcedId"] = Id(result["lineItem"]),
            ["/academicSessions"] = Id(schoolClass["terms"]![1]),
            ["/results"] = Id(result),
            ["/scoreScales"] = Id(scale),
            ["/categories"] = "GK",
            ["/enrollments"] = Id(await First($"{Rostering}/enrollments?limit=1", "enrollments")),
        };
        ids["/terms"] = ids["termSourcedId"];
        ids["/orgs"] = ids["/schools"] = ids["schoolSourcedId"];
        ids["/classes"] = scheduled;
        ids["/courses"] = ids["courseSourcedId"];
        ids["/users"] = ids["/students"] = ids["/demographics"] = ids["studentSourcedId"];
        ids["/teachers"] = ids["teacherSourcedId"];
        ids["/lineItems"] = ids["lineItemSourcedId"];
        return ids;
    }

    private static string Filled(string path, Dictionary<string, string> ids)
    {
        var parts = path.Split('/');
        for (var i = 0; i < parts.Length; i++)
        {
            if (parts[i].StartsWith('{'))
            {
                var name = parts[i].Trim('{', '}');
                parts[i] =
                    name == "sourcedId"
                        ? ids.GetValueOrDefault("/" + parts[i - 1], "none")
                        : ids[name];
            }
        }
        return string.Join('/', parts);
    }

    /// <summary>A class's mathematics of this term, which nobody has published or locked.</summary>
    private async Task<(string Subject, string Term, string[] Pupils)> OpenSubject()
    {
        await using var scope = server.Scope();
        var db = scope.ServiceProvider.GetRequiredService<LearningRecordsDb>();
        var found = await (
            from gradebook in db.Gradebooks
            where gradebook.PublishedAt == null && gradebook.LockedAt == null && gradebook.Term == 1
            join subject in db.ClassSubjects on gradebook.ClassSubjectId equals subject.Id
            where subject.Kind == AssessmentKind.Scored
            join schoolClass in db.Classes on subject.ClassId equals schoolClass.Id
            where schoolClass.Name == "7A"
            select new
            {
                subject.Id,
                subject.ClassId,
                schoolClass.SchoolCode,
                schoolClass.Year,
            }
        ).FirstAsync();
        var pupils = await db
            .Enrolments.Where(row => row.ClassId == found.ClassId && row.Until == null)
            .Select(row => row.StudentId)
            .Take(2)
            .ToListAsync();
        return (
            found.Id.ToString(),
            Refs.SessionId(found.SchoolCode, found.Year, 1),
            [.. pupils.Select(pupil => pupil.ToString())]
        );
    }

    private static async Task<string> Allocated(HttpResponseMessage answer, string supplied)
    {
        var body = await answer.Content.ReadAsStringAsync();
        Assert.True(answer.StatusCode == HttpStatusCode.Created, body);
        return JsonNode.Parse(body)!["sourcedIdPairs"]!
            .AsArray()
            .Single(pair => pair!["suppliedSourcedId"]!.GetValue<string>() == supplied)![
            "allocatedSourcedId"
        ]!.GetValue<string>();
    }

    private static async Task<HttpStatusCode> Put(
        HttpClient client,
        string path,
        string item,
        string pupil,
        decimal score,
        string? tag
    )
    {
        using var request = new HttpRequestMessage(HttpMethod.Put, path);
        request.Content = JsonContent.Create(
            new
            {
                result = new
                {
                    lineItem = new { sourcedId = item },
                    student = new { sourcedId = pupil },
                    score,
                },
            }
        );
        if (tag is not null)
        {
            request.Headers.TryAddWithoutValidation("If-Match", tag);
        }
        return (await client.SendAsync(request)).StatusCode;
    }

    private static async Task<HttpStatusCode> Status(HttpClient client, string path) =>
        (await client.GetAsync(path)).StatusCode;
}
