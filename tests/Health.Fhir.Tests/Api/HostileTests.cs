using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.Logging;
using Testing;

namespace Health.Fhir.Tests.Api;

/// <summary>Keeps what the server logs as a fault, so that a failing seed says where.</summary>
public sealed class HostileServer : RecordsServer, ILoggerProvider, ILogger
{
    public ConcurrentBag<string> Faults { get; } = [];

    protected override void Configure(WebApplicationBuilder builder) =>
        builder.Logging.AddProvider(this);

    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state)
        where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => logLevel >= LogLevel.Error;

    public void Log<TState>(
        LogLevel logLevel,
        EventId eventId,
        TState state,
        Exception? exception,
        Func<TState, Exception?, string> formatter
    )
    {
        if (exception is not null)
        {
            Faults.Add(string.Join('\n', exception.ToString().Split('\n').Take(8)));
        }
    }

    public void Dispose() => GC.SuppressFinalize(this);
}

/// <summary>
/// Requests that no honest client sends, made by a grammar and by mutation from a seed: none may end in a 5xx, hang, or leave the
/// server unable to answer the next. RECORDS_TEST_HOSTILE sets how many, RECORDS_TEST_SEED from which seed.
/// </summary>
public sealed class HostileTests(HostileServer server) : IClassFixture<HostileServer>
{
    private static readonly int Requests = Setting("RECORDS_TEST_HOSTILE", 3000);
    private static readonly int Seed = Setting("RECORDS_TEST_SEED", 20261123);

    private static int Setting(string name, int otherwise) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), out var value) ? value : otherwise;

    [Fact]
    public async Task Every_request_gets_an_answer_that_is_not_a_fault_of_ours()
    {
        var id = (await server.Client.Post("/Patient", FhirCalls.Patient("Nạn"))).Is(201).Id;
        var wrong = new ConcurrentBag<string>();
        using var client = new HttpClient(
            new SocketsHttpHandler { RequestHeaderEncodingSelector = (_, _) => Encoding.Latin1 }
        )
        {
            Timeout = TimeSpan.FromSeconds(20),
        };
        await Parallel.ForAsync(
            0,
            Requests,
            new ParallelOptions { MaxDegreeOfParallelism = 8 },
            async (n, cancel) =>
            {
                var asked = Request.Make(new Random(Seed + n), id);
                try
                {
                    using var message = asked.ToMessage(server.Address);
                    using var response = await client.SendAsync(message, cancel);
                    var body = await response.Content.ReadAsStringAsync(cancel);
                    if ((int)response.StatusCode >= 500 || !IsFhir(response, body))
                    {
                        wrong.Add(
                            $"seed {Seed + n}: {asked} → {(int)response.StatusCode} {body[..Math.Min(body.Length, 300)]}"
                        );
                    }
                }
                catch (Exception error)
                    when (error is HttpRequestException or OperationCanceledException)
                {
                    wrong.Add($"seed {Seed + n}: {asked} → {error.GetBaseException().Message}");
                }
            }
        );

        Assert.True(
            wrong.IsEmpty,
            $"{wrong.Count} of {Requests}:\n{string.Join('\n', wrong.Order().Take(12))}\n{string.Join('\n', server.Faults.Distinct().Take(5))}"
        );
        (await server.Client.Get($"/Patient/{id}/_history/1")).Is(200);
    }

    /// <summary>An error below /fhir is an OperationOutcome; what Kestrel itself refuses as no HTTP is not ours.</summary>
    private static bool IsFhir(HttpResponseMessage response, string body)
    {
        if ((int)response.StatusCode < 400 || body.Length == 0)
        {
            return true;
        }
        return body.Contains("OperationOutcome", StringComparison.Ordinal);
    }

    private sealed record Request(
        string Method,
        string Path,
        byte[]? Body,
        string? ContentType,
        (string, string)[] Headers
    )
    {
        private static readonly string[] Types =
        [
            "Patient",
            "Observation",
            "Bundle",
            "Binary",
            "Parameters",
            "patient",
            "Patien",
            "Encounter",
            "ValueSet",
            "*",
            "",
            "metadata",
            "_history",
            "$validate",
            "%00",
            "..",
            "null",
        ];
        private static readonly string[] Names =
        [
            "name",
            "birthdate",
            "_id",
            "_lastUpdated",
            "identifier",
            "_sort",
            "_count",
            "_include",
            "_revinclude",
            "_has:Observation:patient:code",
            "_filter",
            "subject.name",
            "subject:Patient.organization.partof.partof.partof.partof.partof.name",
            "value-quantity",
            "code:in",
            "code:not",
            "_elements",
            "_summary",
            "_total",
            "_type",
            "_list",
            "_text",
            "_content",
            "_format",
            "_pretty",
            "_page",
            "_since",
            "_at",
            "general-practitioner:identifier",
            "_tag",
            "name:exact",
            "name:missing",
            "a",
            "",
            "_has:x",
            "combo-code-value-quantity",
            "near",
            "_contained",
        ];
        private static readonly string[] Values =
        [
            "x",
            "%00",
            "%ED%A0%80",
            "%FF%FE",
            "1e999",
            "-1",
            "99999999999999999999999999",
            "gt",
            "ge2020-13-45",
            "eq",
            "|",
            "||",
            "a|b|c|d",
            "$",
            "a$b$c",
            ",",
            ",,,,",
            "\\",
            "\\,",
            "*",
            "Patient:*",
            "Observation:subject:Patient",
            "Patient/1",
            "http://x/y|1",
            "true",
            "2020",
            "9999-12-31T23:59:59.999999999Z",
            "0000-01-01",
            "0001-01-01",
            "ap1e308",
            "5.4e-308|http://unitsofmeasure.org|mg",
            "((((((((",
            "name eq \"x",
            "not (not (not (name eq \"a\")))",
            "'",
            "\"",
            ";--",
            "%27%20OR%201=1",
            "%F0%9F%98%80",
            "-birthdate,name",
            "_id,_id,_id",
            "json",
            "xml",
            "text/html",
            "NaN",
            "%25",
            "%2",
            "+",
            "bnVsbA",
            "eyJ9",
            new string('9', 300),
            new string('a', 3000),
        ];
        private static readonly string[] Methods =
        [
            "GET",
            "GET",
            "GET",
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
        private static readonly string[] Types2 =
        [
            "application/fhir+json",
            "application/fhir+json",
            "application/fhir+json",
            "application/json-patch+json",
            "application/fhir+xml",
            "application/x-www-form-urlencoded",
            "text/plain",
            "application/fhir+json; charset=latin1",
            "garbage",
            "multipart/form-data; boundary=x",
        ];

        private static readonly string[] Bodies =
        [
            """{"resourceType":"Patient","id":"x","meta":{"versionId":"1","lastUpdated":"2020-01-01T00:00:00Z","tag":[{"system":"s","code":"c"}]},"active":true,"name":[{"use":"official","family":"Nguyễn","given":["An"]}],"birthDate":"1990-03-12","gender":"male","deceasedBoolean":false,"managingOrganization":{"reference":"Organization/1"},"extension":[{"url":"http://e","valueDecimal":1.50}]}""",
            """{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8302-2"}]},"subject":{"reference":"Patient/x"},"effectiveDateTime":"2020-01-01T10:00:00+07:00","valueQuantity":{"value":170.5,"unit":"cm","system":"http://unitsofmeasure.org","code":"cm"},"component":[{"code":{"text":"a"},"valueInteger":3}]}""",
            """{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:7f1c2a4e-0000-4000-8000-000000000001","resource":{"resourceType":"Patient","active":true},"request":{"method":"POST","url":"Patient"}},{"resource":{"resourceType":"Observation","status":"final","code":{"text":"c"},"subject":{"reference":"urn:uuid:7f1c2a4e-0000-4000-8000-000000000001"}},"request":{"method":"POST","url":"Observation","ifNoneExist":"identifier=a|b"}},{"request":{"method":"GET","url":"Patient?name=x"}}]}""",
            """{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Patient/x"}},{"request":{"method":"DELETE","url":"Patient?identifier=none|none"}},{"resource":{"resourceType":"Patient","id":"b-1","active":false},"request":{"method":"PUT","url":"Patient/b-1","ifMatch":"W/\"1\""}}]}""",
            """{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"add"},{"name":"path","valueString":"Patient"},{"name":"name","valueString":"birthDate"},{"name":"value","valueDate":"1990"}]}]}""",
            """[{"op":"add","path":"/name/0/given/-","value":"B"},{"op":"test","path":"/active","value":true},{"op":"move","from":"/name/0","path":"/name/1"}]""",
            """<Patient xmlns="http://hl7.org/fhir"><id value="x"/><active value="true"/><name><family value="A"/></name></Patient>""",
            """{"resourceType":"ValueSet","status":"active","compose":{"include":[{"system":"http://s","concept":[{"code":"a"}]}]}}""",
            """{"resourceType":"Binary","contentType":"text/plain","data":"QUJD"}""",
            "name=x&birthdate=gt2000&_count=3",
        ];

        private static readonly string[] Pieces =
        [
            "null",
            "true",
            "{}",
            "[]",
            "[[]]",
            "{\"a\":1,\"a\":2}",
            "1e400",
            "-0",
            "1E-999",
            "99999999999999999999999999999999999999",
            "\"\\u0000\"",
            "\"\\ud800\"",
            "\"\\udfff\\ud800\"",
            "\"\"",
            "\" \"",
            "\"\\",
            "\u0001",
            "\uFEFF",
            "//",
            "/*",
            "<!--",
            "&amp;&lol;",
            "<!DOCTYPE x [<!ENTITY a \"b\">]>",
            "}",
            "]",
            "\"resourceType\":\"Patient\",",
            "\"id\":\"../../x\"",
            "\"reference\":\"#\"",
            "\"reference\":\"Patient?name=\"",
            "0x1F",
            "NaN",
            "Infinity",
        ];

        public static Request Make(Random random, string id)
        {
            var method = Pick(random, Methods);
            var segments = new List<string>();
            for (var depth = random.Next(5); depth > 0; depth--)
            {
                segments.Add(
                    random.Next(6) switch
                    {
                        0 => id,
                        1 => Pick(random, Values),
                        2 => Pick(
                            random,
                            "_history",
                            "_search",
                            "$everything",
                            "$meta",
                            "$lastn",
                            "$validate",
                            "1",
                            "2147483648",
                            "*"
                        ),
                        _ => segments.Count == 0 && random.Next(4) > 0
                            ? Pick(random, "Patient", "Observation")
                            : Pick(random, Types),
                    }
                );
            }
            if (random.Next(3) == 0)
            {
                segments = ["Patient", id];
            }
            var query = string.Join(
                '&',
                Enumerable
                    .Range(0, random.Next(4))
                    .Select(_ => Pick(random, Names) + "=" + Pick(random, Values))
            );
            var path =
                "/fhir/" + string.Join('/', segments) + (query.Length > 0 ? "?" + query : "");
            var body =
                method is "GET" or "HEAD" or "DELETE" or "OPTIONS" && random.Next(8) > 0
                    ? null
                    : Mutate(random, Pick(random, Bodies));
            var headers = Enumerable
                .Range(0, random.Next(3))
                .Select(_ =>
                    (
                        Pick(
                            random,
                            "If-Match",
                            "If-None-Match",
                            "If-None-Exist",
                            "If-Modified-Since",
                            "Prefer",
                            "Accept",
                            "Content-Encoding",
                            "X-Request-Id",
                            "Origin"
                        ),
                        Pick(
                            random,
                            "W/\"1\"",
                            "W/\"99999999999\"",
                            "*",
                            "identifier=a|b",
                            "?",
                            "Patient?x=1",
                            "return=minimal",
                            "handling=lenient",
                            "yesterday",
                            "gzip",
                            "image/*;q=0",
                            "application/fhir+json;fhirVersion=9",
                            "\u00e9",
                            "Mon, 01 Jan 0001 00:00:00 GMT"
                        )
                    )
                )
                .ToArray();
            return new(method, path, body, body is null ? null : Pick(random, Types2), headers);
        }

        /// <summary>Up to six edits of the text, then perhaps of its bytes; now and then something huge or deep.</summary>
        private static byte[] Mutate(Random random, string text)
        {
            var kind = random.Next(40);
            if (kind == 0)
            {
                return Encoding.UTF8.GetBytes(
                    string.Concat(
                        Enumerable.Repeat(
                            Pick(
                                random,
                                "[",
                                "{\"a\":",
                                "<a>",
                                "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"resource\":"
                            ),
                            20_000
                        )
                    )
                );
            }
            if (kind == 1)
            {
                return Encoding.UTF8.GetBytes(
                    "{\"resourceType\":\"Patient\",\"name\":["
                        + string.Join(',', Enumerable.Repeat("{\"family\":\"x\"}", 20_000))
                        + "]}"
                );
            }
            var edited = new StringBuilder(text);
            for (var edits = random.Next(7); edits > 0 && edited.Length > 2; edits--)
            {
                var at = random.Next(edited.Length);
                switch (random.Next(5))
                {
                    case 0:
                        edited.Remove(at, Math.Min(edited.Length - at, random.Next(1, 20)));
                        break;
                    case 1:
                        edited.Insert(at, Pick(random, Pieces));
                        break;
                    case 2:
                        edited.Length = at;
                        break;
                    case 3:
                        edited[at] = (char)random.Next(1, 0xD7FF);
                        break;
                    default:
                        var length = Math.Min(edited.Length - at, random.Next(1, 40));
                        edited.Insert(random.Next(edited.Length), edited.ToString(at, length));
                        break;
                }
            }
            // A value in place of another, so that the JSON stays whole and what is wrong lies deeper.
            if (random.Next(3) == 0 && text[0] == '{')
            {
                edited.Clear().Append(Swap(random, text));
            }
            var bytes = Encoding.UTF8.GetBytes(edited.ToString());
            if (random.Next(8) == 0 && bytes.Length > 0)
            {
                bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
            }
            return bytes;
        }

        private static string Swap(Random random, string text)
        {
            var quoted = text.Split('"');
            var at = random.Next(quoted.Length / 2) * 2 + 1;
            quoted[at] = Pick(
                random,
                "",
                " ",
                "\\u0000",
                "\\ud800",
                "x",
                new string('z', 5000),
                "2020-02-30",
                "../etc",
                "Patient/1",
                "urn:uuid:1",
                "#",
                "\\u202e",
                "1e9"
            );
            return string.Join('"', quoted);
        }

        private static string Pick(Random random, params string[] from) =>
            from[random.Next(from.Length)];

        public HttpRequestMessage ToMessage(Uri address)
        {
            // As written: nothing is put right on its way.
            var uri = new Uri(
                address.GetLeftPart(UriPartial.Authority) + Path,
                new UriCreationOptions { DangerousDisablePathAndQueryCanonicalization = true }
            );
            var message = new HttpRequestMessage(new HttpMethod(Method), uri);
            if (Body is not null)
            {
                message.Content = new ByteArrayContent(Body);
                if (MediaTypeHeaderValue.TryParse(ContentType, out var type))
                {
                    message.Content.Headers.ContentType = type;
                }
            }
            foreach (var (name, value) in Headers.DistinctBy(header => header.Item1))
            {
                if (
                    !message.Headers.TryAddWithoutValidation(name, value)
                    && message.Content is not null
                )
                {
                    message.Content.Headers.TryAddWithoutValidation(name, value);
                }
            }
            return message;
        }

        public override string ToString() =>
            $"{Method} {Path[..Math.Min(Path.Length, 200)]} {ContentType} {string.Join(' ', Headers)} {(Body is null ? "" : Encoding.UTF8.GetString(Body)[..Math.Min(Body.Length / 4, 300)])}";
    }
}
