using System.Net;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Authorization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.AspNetCore.StaticAssets;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using Testing;
using static SharedKernel.Contracts.Permission;

namespace SharedKernel.Tests;

/// <summary>
/// Walks every endpoint of the running server with every role and with nobody. The table here is written out a second time on
/// purpose: who changes what a role may do has to say it in both places.
/// </summary>
[Collection<DemoServerTests>]
public sealed partial class EndpointTests(DemoServer server)
{
    /// <summary>All that a stranger may reach. A new line here is a decision.</summary>
    private static readonly string[] Anonymous =
    [
        "/",
        "/not-found",
        "/health/live",
        "/health/ready",
        "/language",
        "/sign-in",
        "/sign-in/second-factor",
        "/sign-in/outside", // leads to the provider, if one is set
        "/sign-in/outside/callback",
        "/smart-style.json",
        "/sign-out",
        "/connect/token",
        "/connect/authorize",
        "/fhir/metadata",
        "/fhir/{**path}", // says only that there is no such interaction
        "/fhir/.well-known/smart-configuration",
        "/cds-services", // which services there are, nothing about anybody
        "/fhir/subscriptions/ws", // tells nothing before it is sent a token of $get-ws-binding-token
        "/prices",
        "/prices/{facility}",
        "/prices/compare",
        "/prices/history",
        "/open-data/prices/{facility}.{format}",
        "/open-data/prices/{facility}/datapackage.json",
        "/open-data/prices/{facility}/charge-item-definitions.json",
        "/open-data/prices/{facility}/standard-charges.json",
        "/open-data/prices/{facility}/changes.json",
        "/open-data/prices/{facility}/signature.jws",
        "/open-data/catalog.jsonld",
        "/open-data/health", // counts that were approved, small ones hidden
        "/open-data/health/outpatient-morbidity/{month}.{format}",
        "/api/payments/notifications/{bank}", // signed by the bank, or refused
        "/open-data/audit/key", // hashes and counts, to be kept by others
        "/open-data/audit/checkpoint",
        "/open-data/audit/checkpoints",
        "/open-data/audit/consistency",
        "/verify", // the frame in which a stranger's browser checks a record
        "/verify/{Token}",
        "/education/shared/{token}", // what pupil or parent let whoever has the link see
        "/education/issuers/{school}/", // a school's public name, keys and revocations
        "/education/issuers/{school}/jwks",
        "/education/issuers/{school}/keys/{key}",
        "/education/issuers/{school}/status/{number:int}",
        // What is served, as OpenAPI; nothing of it is data.
        "/ims/oneroster/rostering/v1p2/discovery/onerosterv1p2rostersservice_openapi3_v1p0.json",
        "/ims/oneroster/rostering/v1p2/discovery/imsorv1p2_rostering_openapi3_v1p0.json",
        "/ims/oneroster/gradebook/v1p2/discovery/onerosterv1p2gradebookservice_openapi3_v1p0.json",
        "/ims/oneroster/gradebook/v1p2/discovery/imsorv1p2_gradebook_openapi3_v1p0.json",
        "/ims/oneroster/resources/v1p2/discovery/onerosterv1p2resourcesservice_openapi3_v1p0.json",
        "/ims/oneroster/resources/v1p2/discovery/imsorv1p2_resources_openapi3_v1p0.json",
    ];

    private static readonly Dictionary<string, Permission[]> Allowed = new()
    {
        ["bacsi"] =
        [
            ReadCitizens,
            RegisterCitizens,
            ReadHealthRecords,
            WriteHealthRecords,
            SignPrescriptions,
            OpenInEmergency,
        ],
        ["dieuduong"] =
        [
            ReadCitizens,
            RegisterCitizens,
            ReadHealthRecords,
            WriteHealthRecords,
            OpenInEmergency,
        ],
        ["duocsi"] = [ReadCitizens, DispensePrescriptions],
        ["thungan"] = [ReadCitizens, TakePayments, ManagePrices],
        ["giaovien"] = [ReadLearningRecords, WriteMarks],
        ["hieutruong"] =
        [
            ReadCitizens,
            RegisterCitizens,
            ReadHealthRecords, // of whoever has consented, for education
            ReadLearningRecords,
            WriteMarks,
            ManageSchool,
        ],
        ["daotao"] = [ReadCitizens, RegisterCitizens, ManageUniversity],
        ["bo"] = [ReadStatistics, RunExports],
        ["congdan"] =
        [
            ReadCitizens,
            ReadHealthRecords,
            ReadLearningRecords,
            RegisterCourses,
            ReadOwnAudit,
            GiveConsent,
        ],
        ["baovedulieu"] = [ReviewEmergencies, ReadAudit],
        ["quantri"] = [.. Enum.GetValues<Permission>().Except([ReadOwnAudit, GiveConsent])],
    };

    public static TheoryData<string> Users => [.. Allowed.Keys];

    [Fact]
    public async Task A_stranger_reaches_only_what_is_listed()
    {
        using var stranger = server.NewBrowser();
        var open = new List<string>();
        var wrong = new List<string>();
        foreach (var endpoint in Endpoints())
        {
            if (endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null)
            {
                open.Add(Route(endpoint));
                continue;
            }
            foreach (var method in Methods(endpoint))
            {
                var response = await Send(stranger, method, endpoint);
                var refused =
                    response.StatusCode is HttpStatusCode.Unauthorized
                    || response
                        is {
                            StatusCode: HttpStatusCode.Redirect,
                            Headers.Location.AbsolutePath: "/sign-in"
                        };
                if (!refused)
                {
                    wrong.Add($"{method} {Route(endpoint)}: {(int)response.StatusCode}");
                }
            }
        }
        Assert.Empty(wrong);
        Assert.Empty(open.Distinct().Except(Anonymous));
    }

    [Theory]
    [MemberData(nameof(Users))]
    public async Task A_role_reaches_exactly_what_the_table_says(string user)
    {
        using var browser = await server.SignInAs(user);
        var wrong = new List<string>();
        foreach (var endpoint in Endpoints())
        {
            foreach (var permission in PermissionsOf(endpoint))
            {
                foreach (var method in Methods(endpoint))
                {
                    var allowed = Allowed[user].Contains(permission);
                    if (allowed && method != HttpMethods.Get)
                    {
                        // Writing here and there is for the tests of each feature; refusing is for this one.
                        continue;
                    }
                    var response = await Send(browser, method, endpoint);
                    // A reach that ends at one's own record or organisation may refuse what this walk asks for.
                    var right = allowed
                        ? response.StatusCode != HttpStatusCode.Unauthorized
                            && (
                                response.StatusCode != HttpStatusCode.Forbidden
                                || user
                                    is "congdan"
                                        or "giaovien"
                                        or "hieutruong"
                                        or "thungan"
                                        or "daotao"
                            )
                        : response.StatusCode == HttpStatusCode.Forbidden;
                    if (!right)
                    {
                        wrong.Add(
                            $"{method} {Route(endpoint)} ({permission}): {(int)response.StatusCode}"
                        );
                    }
                }
            }
        }
        Assert.Empty(wrong);
    }

    private IEnumerable<RouteEndpoint> Endpoints() =>
        server
            .Services.GetRequiredService<IEnumerable<EndpointDataSource>>()
            .SelectMany(source => source.Endpoints)
            .OfType<RouteEndpoint>()
            .Where(endpoint => endpoint.Metadata.GetMetadata<StaticAssetDescriptor>() is null);

    private static IEnumerable<Permission> PermissionsOf(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IAllowAnonymous>() is not null
            ? []
            : endpoint
                .Metadata.GetOrderedMetadata<IAuthorizeData>()
                .Select(data => data.Policy)
                .Where(policy => policy is not null)
                .Select(policy => Enum.Parse<Permission>(policy!));

    private static IEnumerable<string> Methods(Endpoint endpoint) =>
        endpoint.Metadata.GetMetadata<IHttpMethodMetadata>()?.HttpMethods is { Count: > 0 } methods
            ? methods
            : [HttpMethods.Get];

    private static string Route(RouteEndpoint endpoint) =>
        "/" + endpoint.RoutePattern.RawText!.TrimStart('/');

    private static Task<HttpResponseMessage> Send(
        HttpClient client,
        string method,
        RouteEndpoint endpoint
    )
    {
        var path = Parameter()
            .Replace(Route(endpoint), match => Value(endpoint, match.Groups[1].Value));
        return client.SendAsync(new HttpRequestMessage(new HttpMethod(method), path));
    }

    private static string Value(RouteEndpoint endpoint, string name) =>
        endpoint
            .RoutePattern.ParameterPolicies.GetValueOrDefault(name)
            ?.Select(policy => policy.Content)
            .FirstOrDefault() switch
        {
            "guid" => "0190aaaa-0000-7000-8000-000000000000",
            "int" or "long" => "1",
            { } choice when choice.StartsWith("regex(^(", StringComparison.Ordinal) => choice[
                "regex(^(".Length..choice.IndexOf('|', StringComparison.Ordinal)
            ],
            _ => "x",
        };

    [GeneratedRegex(@"\{\**([A-Za-z]+)[^}]*\}")]
    private static partial Regex Parameter();
}
