using System.Text.Json.Nodes;
using Health.Fhir.Tests.Api;

namespace Health.Fhir.Tests.Subscriptions;

/// <summary>
/// Criteria of every kind against what is written: a row's first resource is told, its second is not. The second is written between
/// two that are, so that its absence is known without waiting.
/// </summary>
public sealed class FilterTests(SubscriptionServer server) : IClassFixture<SubscriptionServer>
{
    private const string Final = "\"status\":\"final\",\"code\":{\"text\":\"x\"}";

    private static readonly (string Criteria, string Matching, string Other)[] Rows =
    [
        Of(
            "code=http://loinc.org|718-7",
            Code("http://loinc.org", "718-7"),
            Code("http://loinc.org", "718-8")
        ),
        Of("code=718-9", Code("http://loinc.org", "718-9"), Code("http://loinc.org", "718-10")),
        Of("code=http://a.vn|", Code("http://a.vn", "1"), Code("http://b.vn", "1")),
        Of("code=5-1,5-2", Code("http://c.vn", "5-2"), Code("http://c.vn", "5-3")),
        Of(
            "code:text=đường huyết",
            "\"status\":\"final\",\"code\":{\"text\":\"Đường huyết lúc đói\"}",
            Final
        ),
        Of(
            "code=6-1&status:not=final",
            Code("http://c.vn", "6-1", "amended"),
            Code("http://c.vn", "6-1")
        ),
        Of(
            "code=7-1&value-quantity=gt5.4|http://unitsofmeasure.org|mg",
            Quantity("7-1", "0.0055", "g"),
            Quantity("7-1", "0.0053", "g")
        ),
        Of("code-value-quantity=7-2$lt3", Quantity("7-2", "2", "mg"), Quantity("7-2", "4", "mg")),
        Of(
            "code=8-1&date=ge2024-05",
            Code("http://c.vn", "8-1") + ",\"effectiveDateTime\":\"2024-05-01\"",
            Code("http://c.vn", "8-1") + ",\"effectiveDateTime\":\"2024-04-30\""
        ),
        Of(
            "code=9-1&device:missing=false",
            Code("http://c.vn", "9-1") + ",\"device\":{\"reference\":\"Device/d1\"}",
            Code("http://c.vn", "9-1")
        ),
        Of(
            "device=Device/d2",
            Final + ",\"device\":{\"reference\":\"Device/d2\"}",
            Final + ",\"device\":{\"reference\":\"Device/d3\"}"
        ),
        Of(
            "identifier=http://lab.vn|77",
            Final + ",\"identifier\":[{\"system\":\"http://lab.vn\",\"value\":\"77\"}]",
            Final + ",\"identifier\":[{\"system\":\"http://lab.vn\",\"value\":\"78\"}]"
        ),
        Of(
            "_tag=http://t.vn|urgent",
            Final + ",\"meta\":{\"tag\":[{\"system\":\"http://t.vn\",\"code\":\"urgent\"}]}",
            Final + ",\"meta\":{\"tag\":[{\"system\":\"http://t.vn\",\"code\":\"calm\"}]}"
        ),
        Of(
            "_profile=http://p.vn/A",
            Final + ",\"meta\":{\"profile\":[\"http://p.vn/A\"]}",
            Final + ",\"meta\":{\"profile\":[\"http://p.vn/B\"]}"
        ),
        Of(
            "_filter=code eq http://c.vn|11-1 and not (status eq final)",
            Code("http://c.vn", "11-1", "amended"),
            Code("http://c.vn", "11-1")
        ),
        // Only the database knows the other resource: this one is asked there.
        Of(
            "subject:Group.identifier=http://g.vn|chained",
            Final + ",\"subject\":{\"reference\":\"Group/GROUP\"}",
            Final + ",\"subject\":{\"reference\":\"Group/other\"}"
        ),
        (
            "Location?name=tram",
            """{"resourceType":"Location","name":"Trạm y tế xã A"}""",
            """{"resourceType":"Location","name":"Bệnh viện"}"""
        ),
        (
            "Location?name:exact=Khoa Nội",
            """{"resourceType":"Location","name":"Khoa Nội"}""",
            """{"resourceType":"Location","name":"Khoa nội"}"""
        ),
        (
            "Location?name:contains=cấp cứu",
            """{"resourceType":"Location","name":"Phòng cấp cứu 2"}""",
            """{"resourceType":"Location","name":"Phòng khám 2"}"""
        ),
        (
            "ValueSet?url:below=http://v.vn/vs",
            """{"resourceType":"ValueSet","status":"draft","url":"http://v.vn/vs/1"}""",
            """{"resourceType":"ValueSet","status":"draft","url":"http://v.vn/vs2/1"}"""
        ),
        (
            "RiskAssessment?probability=gt0.5",
            """{"resourceType":"RiskAssessment","status":"final","subject":{"reference":"Group/1"},"prediction":[{"probabilityDecimal":0.6}]}""",
            """{"resourceType":"RiskAssessment","status":"final","subject":{"reference":"Group/1"},"prediction":[{"probabilityDecimal":0.4}]}"""
        ),
        (
            "Basic",
            """{"resourceType":"Basic","code":{"text":"any"}}""",
            """{"resourceType":"Flag","status":"active","code":{"text":"x"},"subject":{"reference":"Group/1"}}"""
        ),
    ];

    private static (string, string, string) Of(string query, string matching, string other) =>
        (
            $"Observation?{query}",
            $$"""{"resourceType":"Observation",{{matching}}}""",
            $$"""{"resourceType":"Observation",{{other}}}"""
        );

    private static string Code(string system, string code, string status = "final") =>
        $"\"status\":\"{status}\",\"code\":{{\"coding\":[{{\"system\":\"{system}\",\"code\":\"{code}\"}}]}}";

    private static string Quantity(string code, string value, string unit) =>
        Code("http://c.vn", code)
        + $",\"valueQuantity\":{{\"value\":{value},\"system\":\"http://unitsofmeasure.org\",\"code\":\"{unit}\"}}";

    [Fact]
    public async Task What_matches_is_told_and_what_does_not_is_not()
    {
        var client = server.Client;
        var group = await client.Write(
            """{"resourceType":"Group","type":"person","actual":true,"identifier":[{"system":"http://g.vn","value":"chained"}]}"""
        );
        for (var row = 0; row < Rows.Length; row++)
        {
            var subscription = SubscriptionCalls.Plain(
                Rows[row].Criteria,
                $"{server.Receiver.Address}/row{row}/"
            );
            subscription["channel"]!["payload"] = "application/fhir+json";
            await client.Subscribe(subscription);
        }
        var expected = new List<string[]>();
        foreach (var (_, matching, other) in Rows)
        {
            var first = await client.Write(
                matching.Replace("GROUP", group, StringComparison.Ordinal)
            );
            await client.Write(other);
            var last = await client.Write(
                matching.Replace("GROUP", group, StringComparison.Ordinal)
            );
            expected.Add([first, last]);
        }

        for (var row = 0; row < Rows.Length; row++)
        {
            await server.Receiver.Wait($"/row{row}/", 2);
        }

        var wrong = Rows.Select(
                (one, row) =>
                    (
                        one.Criteria,
                        Expected: expected[row],
                        Told: server
                            .Receiver.Taken($"/row{row}/")
                            .Select(told => (string)told.Json["id"]!)
                            .ToArray()
                    )
            )
            // "Basic" has no condition, so others' resources of that type are told too; there are none.
            .Where(one => !one.Expected.SequenceEqual(one.Told))
            .Select(one => $"{one.Criteria}: {string.Join(',', one.Told)}");
        Assert.Empty(wrong);
    }
}
