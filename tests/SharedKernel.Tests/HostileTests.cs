using System.Net;
using System.Net.Sockets;
using System.Reflection;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Endpoints;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access.Audit;
using Testing;

namespace SharedKernel.Tests;

/// <summary>Strings that break out of SQL, paths, headers and pages, through every parameter of every endpoint; and floods.</summary>
[Collection<DemoServerTests>]
public sealed partial class HostileTests(DemoServer server)
{
    private const string Script = "<script>alert(7)</script>";

    public static TheoryData<string> Strings =>
        [
            "' OR '1'='1' --",
            "1'; DROP TABLE entry; SELECT '",
            "../../../../../../etc/passwd",
            "..\\..\\..\\windows\\win.ini\0.pdf",
            "a\r\nSet-Cookie: hostile=1\r\n\r\nx",
            Script,
            "${jndi:ldap://127.0.0.1/a}{{7*7}}%n%s",
            "\uFFFF\u202E𝕏" + "%C0%AE%C0%AE",
            "99999999999999999999999999",
        ];

    [Theory]
    [MemberData(nameof(Strings))]
    public async Task Every_parameter_of_every_endpoint_takes_it_as_mere_text(string hostile)
    {
        using var administrator = await server.SignInAs("quantri");
        var wrong = new List<string>();
        var asked = 0;
        foreach (var endpoint in Endpoints())
        {
            var names = ParametersOf(endpoint).ToList();
            var path = Placeholder()
                .Replace(
                    "/" + endpoint.RoutePattern.RawText!.TrimStart('/'),
                    _ => Uri.EscapeDataString(hostile)
                );
            var query = string.Join(
                '&',
                names.Select(name => $"{name}={Uri.EscapeDataString(hostile)}")
            );
            if (names.Count == 0 && !path.Contains(Uri.EscapeDataString(hostile)))
            {
                continue;
            }
            asked++;
            using var request = new HttpRequestMessage(HttpMethod.Get, $"{path}?{query}");
            foreach (
                var header in (string[])
                    [
                        "Accept-Language",
                        "If-Match",
                        "If-None-Match",
                        "Prefer",
                        "X-Forwarded-For",
                        "Referer",
                    ]
            )
            {
                request.Headers.TryAddWithoutValidation(header, AsHeader(hostile));
            }
            using var response = await administrator.SendAsync(request);
            var body = await response.Content.ReadAsStringAsync();
            if (
                (int)response.StatusCode >= 500
                || body.Contains("root:x:", StringComparison.Ordinal)
                || (
                    body.Contains(Script, StringComparison.Ordinal)
                    && response.Content.Headers.ContentType?.MediaType == "text/html"
                )
                || (
                    response.Headers.TryGetValues("Set-Cookie", out var cookies)
                    && cookies.Any(cookie => cookie.Contains("hostile", StringComparison.Ordinal))
                )
            )
            {
                wrong.Add($"{(int)response.StatusCode} {path}?{query}");
            }
        }
        Assert.Empty(wrong);
        Assert.True(asked > 20, $"Only {asked} endpoints have a parameter.");
        await using var scope = server.Scope();
        Assert.Empty((await scope.ServiceProvider.GetRequiredService<VerifyAudit>().Run()).Faults);
    }

    [Fact]
    public async Task A_flood_of_attempts_from_one_address_is_slowed_and_others_are_served()
    {
        using var flood = From("127.0.0.77");
        var answers = new List<HttpResponseMessage>();
        for (var i = 0; i < 125; i++)
        {
            answers.Add(
                await flood.PostAsync(
                    "/connect/token",
                    new FormUrlEncodedContent([new("grant_type", "x")])
                )
            );
        }
        Assert.Equal(HttpStatusCode.BadRequest, answers[0].StatusCode);
        var refused = answers[^1];
        Assert.Equal(HttpStatusCode.TooManyRequests, refused.StatusCode);
        Assert.InRange(refused.Headers.RetryAfter!.Delta!.Value.TotalSeconds, 1, 60);
        Assert.Equal(
            120,
            answers.Count(answer => answer.StatusCode is not HttpStatusCode.TooManyRequests)
        );
        using var other = From("127.0.0.78");
        Assert.Equal(
            HttpStatusCode.BadRequest,
            (
                await other.PostAsync(
                    "/connect/token",
                    new FormUrlEncodedContent([new("grant_type", "x")])
                )
            ).StatusCode
        );
    }

    [Fact]
    public async Task What_a_citizen_may_not_see_looks_like_what_is_not_there()
    {
        using var administrator = await server.SignInAs("quantri");
        var patients = await JsonOf(administrator, "/fhir/Patient?_count=50");
        using var citizen = await server.SignInAs("congdan");
        var own = (await JsonOf(citizen, "/fhir/Patient"))
            .GetProperty("entry")
            .EnumerateArray()
            .Select(IdOf)
            .ToHashSet();
        var other = patients
            .GetProperty("entry")
            .EnumerateArray()
            .Select(IdOf)
            .First(id => !own.Contains(id));
        const string nobody = "0190aaaa-0000-7000-8000-000000000000";
        foreach (
            var path in (string[])
                [
                    "/fhir/Patient/{0}",
                    "/fhir/Patient/{0}/_history",
                    "/fhir/Patient/{0}/_history/1",
                    "/fhir/Patient?_id={0}&_total=accurate",
                    "/fhir/Observation?subject=Patient/{0}&_total=accurate",
                    "/api/citizens/{0}",
                ]
        )
        {
            var hidden = await citizen.GetAsync(
                string.Format(System.Globalization.CultureInfo.InvariantCulture, path, other)
            );
            var absent = await citizen.GetAsync(
                string.Format(System.Globalization.CultureInfo.InvariantCulture, path, nobody)
            );
            Assert.Equal((path, absent.StatusCode), (path, hidden.StatusCode));
            Assert.Equal(await Text(absent, nobody), await Text(hidden, other));
        }
    }

    /// <summary>Our own client sends neither line ends nor other letters than ASCII.</summary>
    private static string AsHeader(string text) =>
        Encoding.ASCII.GetString(
            Encoding.ASCII.GetBytes(text.ReplaceLineEndings(" ").Replace('\0', ' '))
        );

    private static async Task<string> Text(HttpResponseMessage response, string id) =>
        OfOneRequest().Replace((await response.Content.ReadAsStringAsync()).Replace(id, "ID"), "");

    private static string IdOf(JsonElement entry) =>
        entry.GetProperty("resource").GetProperty("id").GetString()!;

    private static async Task<JsonElement> JsonOf(HttpClient client, string path) =>
        JsonDocument.Parse(await client.GetStringAsync(path)).RootElement;

    private HttpClient From(string address) =>
        new(
            new SocketsHttpHandler
            {
                ConnectCallback = async (context, cancel) =>
                {
                    var socket = new Socket(SocketType.Stream, ProtocolType.Tcp);
                    socket.Bind(new IPEndPoint(IPAddress.Parse(address), 0));
                    await socket.ConnectAsync(
                        new IPEndPoint(IPAddress.Loopback, context.DnsEndPoint.Port),
                        cancel
                    );
                    return new NetworkStream(socket, ownsSocket: true);
                },
            }
        )
        {
            BaseAddress = server.Address,
        };

    private IEnumerable<RouteEndpoint> Endpoints() =>
        server
            .Services.GetRequiredService<IEnumerable<EndpointDataSource>>()
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(endpoint =>
                endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null
                && endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods
                    is null
                        or { Count: 0 }
                        or ["GET", ..]
            )
            .DistinctBy(endpoint => endpoint.RoutePattern.RawText);

    /// <summary>What a handler takes as text, and what a page takes from the query.</summary>
    private static IEnumerable<string> ParametersOf(RouteEndpoint endpoint) =>
        (endpoint.Metadata.GetMetadata<MethodInfo>()?.GetParameters() ?? [])
            .Where(parameter =>
                parameter.ParameterType == typeof(string)
                || (
                    Nullable.GetUnderlyingType(parameter.ParameterType) ?? parameter.ParameterType
                ).IsValueType
            )
            .Select(parameter => parameter.Name!)
            .Concat(
                (
                    endpoint
                        .Metadata.GetMetadata<ComponentTypeMetadata>()
                        ?.Type.GetProperties(
                            BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic
                        )
                    ?? []
                )
                    .Where(property =>
                        property.GetCustomAttribute<SupplyParameterFromQueryAttribute>() is not null
                    )
                    .Select(property => property.Name)
            )
            .Concat(
                endpoint
                    .RoutePattern.RawText!.TrimStart('/')
                    .StartsWith("fhir", StringComparison.Ordinal)
                    ?
                    [
                        "_id",
                        "name",
                        "_sort",
                        "_include",
                        "_has:Observation:patient:code",
                        "_count",
                        "_format",
                    ]
                    : []
            )
            .Distinct();

    [GeneratedRegex("\"traceId\":\"[^\"]*\"")]
    private static partial Regex OfOneRequest();

    [GeneratedRegex(@"\{\**[A-Za-z]+[^}]*\}")]
    private static partial Regex Placeholder();
}
