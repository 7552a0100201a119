using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Health.Fhir.Tests.Hostile;

/// <summary>
/// Bodies: whole ones, whole ones with a node exchanged (what is wrong then lies deep), broken text, broken bytes, and bombs.
/// </summary>
public static class HostileBodies
{
    private static readonly (string Type, string Text)[] Whole =
    [
        .. new[]
        {
            """{"resourceType":"Patient","id":"x","meta":{"versionId":"1","lastUpdated":"2020-01-01T00:00:00Z","tag":[{"system":"s","code":"c"}],"profile":["http://x|1"]},"active":true,"text":{"status":"generated","div":"<div xmlns=\"http://www.w3.org/1999/xhtml\"><p>An</p></div>"},"contained":[{"resourceType":"Organization","id":"o","name":"O"}],"name":[{"use":"official","family":"Nguyễn","given":["An",null],"_given":[null,{"extension":[{"url":"http://e","valueString":"x"}]}]}],"birthDate":"1990-03-12","_birthDate":{"extension":[{"url":"http://t","valueDateTime":"1990-03-12T01:00:00Z"}]},"gender":"male","deceasedBoolean":false,"managingOrganization":{"reference":"#o"},"extension":[{"url":"http://e","valueDecimal":1.50}]}""",
            """{"resourceType":"Observation","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8302-2"}]},"subject":{"reference":"Patient/x"},"effectiveDateTime":"2020-01-01T10:00:00+07:00","valueQuantity":{"value":170.5,"unit":"cm","system":"http://unitsofmeasure.org","code":"cm"},"component":[{"code":{"text":"a"},"valueInteger":3}]}""",
            """{"resourceType":"Bundle","type":"transaction","entry":[{"fullUrl":"urn:uuid:7f1c2a4e-0000-4000-8000-000000000001","resource":{"resourceType":"Patient","active":true},"request":{"method":"POST","url":"Patient"}},{"resource":{"resourceType":"Observation","status":"final","code":{"text":"c"},"subject":{"reference":"urn:uuid:7f1c2a4e-0000-4000-8000-000000000001"}},"request":{"method":"POST","url":"Observation","ifNoneExist":"identifier=a|b"}},{"request":{"method":"GET","url":"Patient?name=x"}}]}""",
            """{"resourceType":"Bundle","type":"batch","entry":[{"request":{"method":"GET","url":"Patient/x"}},{"request":{"method":"DELETE","url":"Patient?identifier=none|none"}},{"resource":{"resourceType":"Patient","id":"b-1","active":false},"request":{"method":"PUT","url":"Patient/b-1","ifMatch":"W/\"1\""}},{"request":{"method":"PATCH","url":"Patient/b-1"},"resource":{"resourceType":"Binary","contentType":"application/json-patch+json","data":"W10="}}]}""",
            """{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"add"},{"name":"path","valueString":"Patient"},{"name":"name","valueString":"birthDate"},{"name":"value","valueDate":"1990"}]}]}""",
            """{"resourceType":"Parameters","parameter":[{"name":"operation","part":[{"name":"type","valueCode":"replace"},{"name":"path","valueString":"Patient.name.where(given.matches('(a+)+$')).first().given"},{"name":"value","valueString":"aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa!"}]}]}""",
            """{"resourceType":"Parameters","parameter":[{"name":"resource","resource":{"resourceType":"Patient","active":true}},{"name":"url","valueUri":"http://hl7.org/fhir/ValueSet/administrative-gender"},{"name":"code","valueCode":"male"},{"name":"coding","valueCoding":{"system":"http://s","code":"a"}},{"name":"onlyCertainMatches","valueBoolean":true},{"name":"meta","valueMeta":{"tag":[{"code":"t"}]}}]}""",
            """{"resourceType":"ValueSet","url":"http://v","status":"active","compose":{"include":[{"system":"http://s","concept":[{"code":"a"}],"filter":[{"property":"concept","op":"is-a","value":"a"}]},{"valueSet":["http://v"]}]}}""",
            """{"resourceType":"CodeSystem","url":"http://s","status":"active","content":"complete","concept":[{"code":"a","display":"A","concept":[{"code":"b","property":[{"code":"p","valueString":"v"}]}]}]}""",
            """{"resourceType":"ConceptMap","url":"http://m","status":"active","group":[{"source":"http://s","target":"http://t","element":[{"code":"a","target":[{"code":"b","equivalence":"equivalent"}]}]}]}""",
            """{"resourceType":"SearchParameter","url":"http://p","name":"p","status":"draft","description":"p","code":"p","base":["Patient"],"type":"string","expression":"Patient.name.where(use='official').family"}""",
            """{"resourceType":"StructureDefinition","url":"http://d","name":"D","status":"draft","kind":"resource","abstract":false,"type":"Patient","baseDefinition":"http://hl7.org/fhir/StructureDefinition/Patient","derivation":"constraint","differential":{"element":[{"id":"Patient","path":"Patient","constraint":[{"key":"k","severity":"error","human":"h","expression":"name.exists()"}]}]}}""",
            """{"resourceType":"Subscription","status":"requested","reason":"r","criteria":"Observation?code=x","channel":{"type":"rest-hook","endpoint":"http://127.0.0.1:1/x","payload":"application/fhir+json"}}""",
            """{"resourceType":"Measure","status":"active","url":"http://me","group":[{"population":[{"code":{"coding":[{"code":"initial-population"}]},"criteria":{"language":"text/fhirpath","expression":"gender = 'male'"}}]}]}""",
            """{"resourceType":"Composition","status":"final","type":{"text":"t"},"date":"2020","author":[{"display":"a"}],"title":"t","section":[{"entry":[{"reference":"Patient/x"}]}]}""",
            """{"resourceType":"Group","type":"person","actual":true,"member":[{"entity":{"reference":"Patient/x"}}]}""",
            """{"resourceType":"Questionnaire","status":"draft","item":[{"linkId":"1","type":"group","item":[{"linkId":"1.1","type":"string"}]}]}""",
            """{"resourceType":"Binary","contentType":"text/plain","data":"QUJD"}""",
            """{"resourceType":"Basic","code":{"text":"x"},"extension":[{"url":"http://e","valueBase64Binary":"QQ=="},{"url":"http://e","valueInstant":"2020-01-01T00:00:00.123Z"}]}""",
            """{"resourceType":"http://hl7.org/fhir/uv/sql-on-fhir/ViewDefinition","resource":"Patient","select":[{"column":[{"name":"id","path":"getResourceKey()"}]}]}""",
            """{"query":"{Patient(id:\"x\"){name{family} ...on Patient{id}}}","variables":{"a":1}}""",
        }.Select(text => ("application/fhir+json", text)),
        (
            "application/json-patch+json",
            """[{"op":"add","path":"/name/0/given/-","value":"B"},{"op":"test","path":"/active","value":true},{"op":"move","from":"/name/0","path":"/name/1"},{"op":"copy","from":"","path":"/contained/-"}]"""
        ),
        (
            "application/fhir+xml",
            """<Patient xmlns="http://hl7.org/fhir"><id value="x"/><meta><tag><code value="c"/></tag></meta><text><status value="generated"/><div xmlns="http://www.w3.org/1999/xhtml"><p>An</p></div></text><extension url="http://e"><valueDecimal value="1.50"/></extension><active value="true"/><name><family value="A"/><given value="B"/></name></Patient>"""
        ),
        (
            "application/fhir+xml",
            """<Bundle xmlns="http://hl7.org/fhir"><type value="transaction"/><entry><resource><Patient><active value="true"/></Patient></resource><request><method value="POST"/><url value="Patient"/></request></entry></Bundle>"""
        ),
        (
            "application/x-www-form-urlencoded",
            "name=x&birthdate=gt2000&_count=3&_include=Patient:*"
        ),
        (
            "application/fhir+ndjson",
            "{\"resourceType\":\"Patient\"}\n{\"resourceType\":\"Patient\",\"id\":\"n\"}\n"
        ),
        ("application/graphql", "{PatientList(name:\"x\"){id name @flatten{family @first}}}"),
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
        "<?xml version=\"1.0\" encoding=\"utf-7\"?>",
        "&amp;&lol;",
        "<![CDATA[",
        "xmlns=\"\"",
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

    private static readonly string[] Values =
    [
        "null",
        "true",
        "0",
        "-1",
        "1e400",
        "1.0000000000000000000000000000000000001",
        "99999999999999999999",
        "\"\"",
        "\" \"",
        "\"\\u0000\"",
        "\"\\ud800\"",
        "\"\\u202e\"",
        "\"2020-02-30\"",
        "\"0000\"",
        "\"24:00:00\"",
        "\"../etc\"",
        "\"Patient/1\"",
        "\"urn:uuid:1\"",
        "\"#\"",
        "\"http://\"",
        "\"Patient?name=x\"",
        "\"a|b|c\"",
        "\"%x.y.z($this)\"",
        "\"repeat(repeat($this))\"",
        "[]",
        "{}",
        "[null]",
        "[[]]",
        "{\"resourceType\":\"Patient\"}",
        "{\"resourceType\":\"Nothing\"}",
        "{\"extension\":[{\"url\":\"u\"}]}",
        "\"" + new string('z', 5000) + "\"",
    ];

    private static readonly byte[][] Bombs =
    [
        Repeated("[", 20_000),
        Repeated("{\"a\":", 20_000),
        Repeated("<a>", 20_000),
        Repeated(
            "{\"resourceType\":\"Bundle\",\"type\":\"batch\",\"entry\":[{\"resource\":",
            2_000
        ),
        Repeated(
            "{\"resourceType\":\"Parameters\",\"parameter\":[{\"name\":\"a\",\"resource\":",
            2_000
        ),
        Repeated("{\"resourceType\":\"Basic\",\"contained\":[", 2_000),
        Text(
            "{\"resourceType\":\"Patient\",\"name\":["
                + string.Join(',', Enumerable.Repeat("{\"family\":\"x\"}", 5_000))
                + "]}"
        ),
        Text("{\"resourceType\":\"Patient\",\"id\":\"" + new string('9', 200_000) + "\"}"),
        Text(
            "{\"resourceType\":\"Basic\",\"code\":{\"coding\":[{\"code\":"
                + new string('9', 50_000)
                + "}]}}"
        ),
        Text(
            "<!DOCTYPE lolz [<!ENTITY l \"lol\">"
                + string.Concat(
                    Enumerable
                        .Range(1, 9)
                        .Select(n =>
                            $"<!ENTITY l{n} \"{string.Concat(Enumerable.Repeat(n == 1 ? "&l;" : $"&l{n - 1};", 10))}\">"
                        )
                )
                + "]><Patient xmlns=\"http://hl7.org/fhir\"><name><family value=\"&l9;\"/></name></Patient>"
        ),
        Text(
            "<!DOCTYPE p [<!ENTITY x SYSTEM \"file:///etc/passwd\">]><Patient xmlns=\"http://hl7.org/fhir\"><name><family value=\"&x;\"/></name></Patient>"
        ),
        Text(
            "<Patient xmlns=\"http://hl7.org/fhir\">"
                + string.Concat(Enumerable.Repeat("<extension url=\"a\">", 5_000))
        ),
        Text(
            "{Patient"
                + string.Concat(Enumerable.Repeat("{a", 5_000))
                + string.Concat(Enumerable.Repeat("}", 5_001))
        ),
    ];

    public static (string ContentType, byte[] Body) Make(Random random)
    {
        if (random.OneIn(50))
        {
            return (random.Of(Whole).Type, random.Of(Bombs));
        }
        var (type, text) = random.Of(Whole);
        switch (random.Next(5))
        {
            case 0:
                return (type, Text(text));
            case 1
            or 2
                when text[0] is '{' or '['
                    && !type.Contains("ndjson", StringComparison.Ordinal)
                    && !type.Contains("graphql", StringComparison.Ordinal):
                return (type, Text(Exchange(random, text)));
            default:
                var bytes = Text(Break(random, text));
                if (random.OneIn(4) && bytes.Length > 0)
                {
                    bytes[random.Next(bytes.Length)] = (byte)random.Next(256);
                }
                return (type, bytes);
        }
    }

    /// <summary>Other values, missing and doubled members, members under a wrong name; always JSON.</summary>
    private static string Exchange(Random random, string text)
    {
        var root = JsonNode.Parse(text)!;
        for (var times = random.Next(1, 4); times > 0; times--)
        {
            var nodes = new List<JsonNode>();
            Walk(root, nodes);
            switch (random.Of(nodes))
            {
                case JsonObject { Count: > 0 } of:
                    var name = random.Of(of.Select(member => member.Key).ToList());
                    switch (random.Next(4))
                    {
                        case 0:
                            of.Remove(name);
                            break;
                        case 1:
                            of[
                                random.Of([
                                    "value",
                                    "_" + name,
                                    name + "x",
                                    "id",
                                    "extension",
                                    "resourceType",
                                    "valueString",
                                    "",
                                    "\u0000",
                                ])
                            ] = of[name]?.DeepClone();
                            break;
                        default:
                            of[name] = JsonNode.Parse(random.Of(Values.Where(IsWhole).ToList()));
                            break;
                    }
                    break;
                case JsonArray { Count: > 0 } list:
                    if (random.OneIn(2))
                    {
                        list.Add(list[random.Next(list.Count)]?.DeepClone());
                    }
                    else
                    {
                        list[random.Next(list.Count)] = JsonNode.Parse(
                            random.Of(Values.Where(IsWhole).ToList())
                        );
                    }
                    break;
            }
        }
        return root.ToJsonString(new JsonSerializerOptions { MaxDepth = 200 });
    }

    // A lone surrogate is no text that a JSON writer would write.
    private static bool IsWhole(string value) => !value.Contains("ud800", StringComparison.Ordinal);

    private static void Walk(JsonNode node, List<JsonNode> into)
    {
        if (node is not (JsonObject or JsonArray))
        {
            return;
        }
        into.Add(node);
        foreach (
            var child in node is JsonObject of
                ? of.Select(member => member.Value)
                : ((JsonArray)node).AsEnumerable()
        )
        {
            if (child is not null)
            {
                Walk(child, into);
            }
        }
    }

    /// <summary>Up to six edits of the text.</summary>
    private static string Break(Random random, string text)
    {
        var edited = new StringBuilder(text);
        for (var edits = random.Next(1, 7); edits > 0 && edited.Length > 2; edits--)
        {
            var at = random.Next(edited.Length);
            switch (random.Next(5))
            {
                case 0:
                    edited.Remove(at, Math.Min(edited.Length - at, random.Next(1, 20)));
                    break;
                case 1:
                    edited.Insert(at, random.Of(Pieces));
                    break;
                case 2 when random.OneIn(3):
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
        return edited.ToString();
    }

    private static byte[] Repeated(string text, int times) =>
        Text(string.Concat(Enumerable.Repeat(text, times)));

    private static byte[] Text(string text) => Encoding.UTF8.GetBytes(text);
}
