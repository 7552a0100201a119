using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Testing;

namespace Health.Emr.Tests;

/// <summary>One demo server for the classes of this collection: they make their own patients and do not meet.</summary>
[CollectionDefinition(nameof(Clinic))]
public sealed class Clinic : ICollectionFixture<DemoServer>
{
    public static async Task<string> Patient(
        HttpClient doctor,
        string personalId,
        string birth = "1984-03-12",
        string sex = "Female",
        string? name = null
    ) =>
        (
            await Post(
                doctor,
                "/health/patients",
                new
                {
                    fullName = name ?? $"Người Bệnh Số {personalId[^3..]}",
                    birthDate = birth,
                    sex,
                    personalId,
                    address = "An Hòa",
                }
            )
        )["patientId"]!.ToString();

    public static async Task<string> Visit(
        HttpClient doctor,
        string patientId,
        bool waits = false,
        int? level = null
    ) =>
        (
            await Post(
                doctor,
                "/health/encounters",
                new
                {
                    patientId,
                    reason = "Đau đầu",
                    waits,
                    level,
                }
            )
        )["id"]!.ToString();

    public static async Task<JsonNode> Post(HttpClient client, string address, object body)
    {
        var response = await client.PostAsJsonAsync(address, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{address}: {response.StatusCode} {text}");
        return text.Length == 0 ? new JsonObject() : JsonNode.Parse(text)!;
    }

    public static async Task<JsonNode> Get(HttpClient client, string address)
    {
        var response = await client.GetAsync(address);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.IsSuccessStatusCode, $"{address}: {response.StatusCode} {text}");
        return JsonNode.Parse(text)!;
    }

    /// <summary>A page's HTML, which must be there; entities are left as they are, so ask for plain words.</summary>
    public static async Task<string> Page(HttpClient client, string address)
    {
        var response = await client.GetAsync(address);
        Assert.Equal(HttpStatusCode.OK, response.StatusCode);
        return WebUtility.HtmlDecode(await response.Content.ReadAsStringAsync());
    }

    public static async Task<string> Refused(
        HttpClient client,
        string address,
        object body,
        HttpStatusCode status = HttpStatusCode.BadRequest
    )
    {
        var response = await client.PostAsJsonAsync(address, body);
        var text = await response.Content.ReadAsStringAsync();
        Assert.True(response.StatusCode == status, $"{address}: {response.StatusCode} {text}");
        return text;
    }
}
