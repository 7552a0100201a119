using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using InsuranceGateway;
using Interop.Registries.Insurance;

namespace Interop.Tests.Insurance;

/// <summary>The gateway of <c>samples/InsuranceGateway</c>: what it takes, what it refuses and with which words.</summary>
public sealed class SandboxGatewayTests
{
    [Fact]
    public async Task A_good_case_is_taken_once_and_a_wrong_one_is_refused_with_its_place()
    {
        await using var gateway = await SandboxGateway.Start("http://127.0.0.1:0");
        using var client = new HttpClient { BaseAddress = new Uri(gateway.Urls.Single()) };
        var stranger = await client.PostAsJsonAsync("/api/qd130/guiHoSoXmlQD3176", new { });
        Assert.Equal(HttpStatusCode.Unauthorized, stranger.StatusCode);
        var login = await client.PostAsJsonAsync(
            "/api/token/take",
            new { username = "79001_BV", password = new string('0', 32) }
        );
        var token = (await login.Content.ReadFromJsonAsync<JsonObject>())!["APIKey"]![
            "access_token"
        ];
        client.DefaultRequestHeaders.Authorization = new("Bearer", (string?)token);

        var claim = ClaimRulesTests.Case();
        var first = await Send(claim);
        var second = await Send(claim);
        Assert.Equal("200", (string?)first["maKetQua"]);
        Assert.Equal((string?)first["maGiaoDich"], (string?)second["maGiaoDich"]);

        claim.Rows("XML2")[0]["MA_BAC_SI"] = null;
        var refused = await Send(claim);
        Assert.Equal("422", (string?)refused["maKetQua"]);
        Assert.Contains("XML2 dòng 1 MA_BAC_SI [required]", (string?)refused["thongDiep"]);
        Assert.Null((string?)refused["maGiaoDich"]);

        var torn = await Post("not base64!");
        Assert.Equal("400", (string?)torn["maKetQua"]);

        Task<JsonObject> Send(ClaimCase one) =>
            Post(Convert.ToBase64String(ClaimEnvelope.Write(one, new(2026, 11, 2), null, default)));

        async Task<JsonObject> Post(string file)
        {
            var answer = await client.PostAsJsonAsync(
                "/api/qd130/guiHoSoXmlQD3176",
                new
                {
                    username = "79001_BV",
                    loaiHoSo = "130",
                    maTinh = "79",
                    maCSKCB = "79001",
                    fileHSBase64 = file,
                }
            );
            return (await answer.Content.ReadFromJsonAsync<JsonObject>())!;
        }
    }
}
