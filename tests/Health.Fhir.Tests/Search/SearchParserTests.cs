using System.Web;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Queries;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Xunit;

namespace Health.Fhir.Tests.Search;

/// <summary>Each query against small resources: what it must find. https://hl7.org/fhir/R4/search.html</summary>
public sealed class SearchParserTests
{
    private static readonly SearchParser Parser = new(FhirModel.R4, new SearchLimits());
    private static readonly NaiveSearch World = new(
        Resources.Select(json => new FhirJsonDeserializer().Deserialize<Resource>(json))
    );

    private static string[] Resources =>
        [
            """{"resourceType":"Patient","id":"an","active":true,"gender":"female","birthDate":"1990-03-14","name":[{"text":"Nguyễn Thị Đào","family":"Nguyễn","given":["Thị","Đào"]}],"identifier":[{"type":{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v2-0203","code":"MR"}],"text":"Mã bệnh nhân"},"system":"http://bv.vn/mrn","value":"123"}],"telecom":[{"system":"phone","value":"0912"}],"managingOrganization":{"reference":"Organization/bv"}}""",
            """{"resourceType":"Patient","id":"binh","birthDate":"1990","deceasedDateTime":"2020-01-01","name":[{"family":"Binh, Jr|x"}],"identifier":[{"value":"123"}],"generalPractitioner":[{"identifier":{"system":"http://cchn","value":"7"}}]}""",
            """{"resourceType":"Organization","id":"bv","name":"Bệnh viện A","partOf":{"reference":"Organization/so"}}""",
            """{"resourceType":"Organization","id":"so","name":"Sở Y tế"}""",
            """{"resourceType":"Observation","id":"w","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"29463-7","display":"Cân nặng"}],"text":"Weight"},"subject":{"reference":"Patient/an"},"effectiveDateTime":"2013-03-14T10:00:00+07:00","valueQuantity":{"value":54.0,"unit":"kg","system":"http://unitsofmeasure.org","code":"kg"}}""",
            """{"resourceType":"Observation","id":"p","status":"final","code":{"coding":[{"system":"http://loinc.org","code":"8867-4"}]},"subject":{"reference":"Patient/binh"},"effectivePeriod":{"start":"2013-01-21"},"valueQuantity":{"value":100,"code":"/min"}}""",
            """{"resourceType":"Observation","id":"bp","status":"amended","code":{"coding":[{"system":"http://loinc.org","code":"85354-9"}]},"subject":{"reference":"Patient/an"},"effectiveInstant":"2013-03-13T23:30:00Z","component":[{"code":{"coding":[{"system":"http://loinc.org","code":"8480-6"}]},"valueQuantity":{"value":120,"code":"mm[Hg]"}},{"code":{"coding":[{"system":"http://loinc.org","code":"8462-4"}]},"valueQuantity":{"value":80,"code":"mm[Hg]"}}]}""",
            """{"resourceType":"RiskAssessment","id":"r1","status":"final","subject":{"reference":"Patient/an"},"prediction":[{"probabilityDecimal":0.8}]}""",
            """{"resourceType":"RiskAssessment","id":"r2","status":"final","subject":{"reference":"Patient/an"},"prediction":[{"probabilityDecimal":100}]}""",
            """{"resourceType":"ValueSet","id":"v","status":"active","url":"http://acme.org/fhir/ValueSet/123"}""",
            """{"resourceType":"QuestionnaireResponse","id":"q","status":"completed","questionnaire":"http://acme.org/Questionnaire/1|2.0"}""",
        ];

    [Theory]
    // Strings: https://hl7.org/fhir/R4/search.html#string
    [InlineData("Patient?name=nguyen", "an")]
    [InlineData("Patient?name=NGUYỄN thị", "an")]
    [InlineData("Patient?given=dao", "an")]
    [InlineData("Patient?name=guyen", "")]
    [InlineData("Patient?name:contains=guyen", "an")]
    [InlineData("Patient?family:exact=Nguyễn", "an")]
    [InlineData("Patient?family:exact=Nguyen", "")]
    [InlineData("Patient?family=nguyen,binh", "an binh")]
    [InlineData(@"Patient?family=binh\, jr\|x", "binh")]
    // Tokens: https://hl7.org/fhir/R4/search.html#token
    [InlineData("Patient?identifier=123", "an binh")]
    [InlineData("Patient?identifier=http://bv.vn/mrn|123", "an")]
    [InlineData("Patient?identifier=|123", "binh")]
    [InlineData("Patient?identifier=http://bv.vn/mrn|", "an")]
    [InlineData(
        "Patient?identifier:of-type=http://terminology.hl7.org/CodeSystem/v2-0203|MR|123",
        "an"
    )]
    [InlineData("Patient?identifier:text=mã bệnh", "an")]
    [InlineData("Patient?gender=female", "an")]
    [InlineData("Patient?gender=|female", "an")]
    [InlineData("Patient?gender=http://hl7.org/fhir/administrative-gender|female", "an")]
    [InlineData("Patient?gender:not=male", "an binh")]
    [InlineData("Patient?gender:missing=true", "binh")]
    [InlineData("Patient?gender:missing=false", "an")]
    [InlineData("Patient?active=true", "an")]
    [InlineData("Patient?deceased=true", "binh")]
    [InlineData("Patient?deceased=false", "an")]
    [InlineData("Patient?phone=0912", "an")]
    [InlineData("Observation?code:text=can nang", "w")]
    [InlineData("Observation?code=http://loinc.org|29463-7,8867-4", "w p")]
    // Dates: https://hl7.org/fhir/R4/search.html#date
    [InlineData("Patient?birthdate=1990", "an binh")]
    [InlineData("Patient?birthdate=1990-03", "an")]
    [InlineData("Patient?birthdate=1990-03-14", "an")]
    [InlineData("Patient?birthdate=ne1990-03-14", "binh")]
    [InlineData("Patient?birthdate=gt1990-03-14", "binh")]
    [InlineData("Patient?birthdate=ge1990-03-14", "an binh")]
    [InlineData("Patient?birthdate=lt1990-03-14", "binh")]
    [InlineData("Patient?birthdate=sa1989", "an binh")]
    [InlineData("Patient?birthdate=eb1991", "an binh")]
    [InlineData("Patient?birthdate=eb1990-06", "an")]
    [InlineData("Patient?birthdate=ap1990", "an binh")]
    [InlineData("Observation?date=2013-03-14", "w bp")]
    [InlineData("Observation?date=2013-03-14T10:00%2B07:00", "w")]
    [InlineData("Observation?date=2013-03-14T03:00Z", "w")]
    [InlineData("Observation?date=2013-03-14T10:00 07:00", "w")]
    [InlineData("Observation?date=gt2013-03-14", "p")]
    [InlineData("Observation?date=lt2013-03-14", "p")]
    [InlineData("Observation?date=ge2013-03-14", "w p bp")]
    [InlineData("Observation?date=le2013-03-14", "w p bp")]
    [InlineData("Observation?date=sa2013-03-13", "w bp")]
    [InlineData("Observation?date=ge2013-03-14&date=le2013-03-14", "w p bp")]
    // Numbers: https://hl7.org/fhir/R4/search.html#number
    [InlineData("RiskAssessment?probability=0.8", "r1")]
    [InlineData("RiskAssessment?probability=gt0.8", "r2")]
    [InlineData("RiskAssessment?probability=ge0.8", "r1 r2")]
    [InlineData("RiskAssessment?probability=lt0.8", "")]
    [InlineData("RiskAssessment?probability=100", "r2")]
    [InlineData("RiskAssessment?probability=100.00", "r2")]
    [InlineData("RiskAssessment?probability=1e2", "r2")]
    [InlineData("RiskAssessment?probability=ne100", "r1")]
    [InlineData("RiskAssessment?probability=ap90", "")]
    [InlineData("RiskAssessment?probability=ap95", "r2")]
    // Quantities: https://hl7.org/fhir/R4/search.html#quantity
    [InlineData("Observation?value-quantity=54", "w")]
    [InlineData("Observation?value-quantity=54.04", "")]
    [InlineData("Observation?value-quantity=54|http://unitsofmeasure.org|kg", "w")]
    [InlineData("Observation?value-quantity=54||kg", "w")]
    [InlineData("Observation?value-quantity=54||g", "")]
    [InlineData("Observation?value-quantity=gt54", "p")]
    [InlineData("Observation?value-quantity=le54|http://unitsofmeasure.org|kg", "w")]
    // References: https://hl7.org/fhir/R4/search.html#reference
    [InlineData("Observation?subject=Patient/an", "w bp")]
    [InlineData("Observation?subject=an", "w bp")]
    [InlineData("Observation?subject:Patient=an", "w bp")]
    [InlineData("Observation?patient=http://here/fhir/Patient/an", "w bp")]
    [InlineData("Observation?subject=Group/an", "")]
    [InlineData("Patient?general-practitioner:identifier=http://cchn|7", "binh")]
    [InlineData("QuestionnaireResponse?questionnaire=http://acme.org/Questionnaire/1", "q")]
    [InlineData("QuestionnaireResponse?questionnaire=http://acme.org/Questionnaire/1|2.0", "q")]
    [InlineData("QuestionnaireResponse?questionnaire=http://acme.org/Questionnaire/1|3.0", "")]
    // Uris: https://hl7.org/fhir/R4/search.html#uri
    [InlineData("ValueSet?url=http://acme.org/fhir/ValueSet/123", "v")]
    [InlineData("ValueSet?url=http://acme.org/fhir", "")]
    [InlineData("ValueSet?url:below=http://acme.org/fhir/", "v")]
    [InlineData("ValueSet?url:above=http://acme.org/fhir/ValueSet/123/_history/5", "v")]
    // Chains: https://hl7.org/fhir/R4/search.html#chaining
    [InlineData("Observation?subject:Patient.name=nguyen", "w bp")]
    [InlineData("Observation?subject.name=nguyen", "w bp")]
    [InlineData("Observation?patient.organization.name=benh vien", "w bp")]
    [InlineData("Observation?subject:Patient.organization.partof.name=so y te", "w bp")]
    [InlineData("Observation?subject:Patient.birthdate=ge1991", "")]
    [InlineData("Patient?_has:Observation:patient:code=29463-7", "an")]
    [InlineData("Patient?_has:Observation:subject:date=gt2013-03-14", "binh")]
    [InlineData(
        "Organization?_has:Patient:organization:_has:Observation:patient:code=29463-7",
        "bv"
    )]
    [InlineData("Organization?_has:Patient:organization:name:contains=dao", "bv")]
    [InlineData("Observation?subject:Patient._has:RiskAssessment:subject:probability=100", "w bp")]
    // What all resources share.
    [InlineData("Patient?_id=an,none", "an")]
    [InlineData("Patient?_id:not=an", "binh")]
    [InlineData("?_type=Patient,Organization&_id=an,bv", "an bv")]
    // Filters: https://hl7.org/fhir/R4/search_filter.html
    [InlineData("Patient?_filter=name co \"dao\" or birthdate eq 1990-03-14", "an")]
    [InlineData("Patient?_filter=not (gender eq female) and birthdate ge 1990", "binh")]
    [InlineData("Patient?_filter=gender pr true and (active eq true or active eq false)", "an")]
    [InlineData("Observation?_filter=subject.name sw nguyen", "w bp")]
    // Composites: https://hl7.org/fhir/R4/search.html#composite
    [InlineData("Observation?_filter=status eq amended", "bp")]
    public void Finds(string query, string ids)
    {
        var found = World.Find(Parse(query));
        Assert.Equal(
            ids.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(),
            found.Select(key => key[(key.IndexOf('/') + 1)..]).Order()
        );
    }

    [Theory]
    [InlineData("Patient?colour=red", "colour", "birthdate")]
    [InlineData("Patient?name:above=a", "name:above", ":contains")]
    [InlineData("Patient?birthdate=yesterday", "birthdate", "YYYY-MM-DD")]
    [InlineData("Patient?birthdate=1990-02-30", "birthdate", "YYYY-MM-DD")]
    [InlineData("Patient?active=yes", "active", "true")]
    [InlineData("Patient?gender:missing=perhaps", "gender:missing", "true")]
    [InlineData("Patient?identifier=a|b|c", "identifier", "system|code")]
    [InlineData("Patient?name=", "name", "no value")]
    [InlineData("RiskAssessment?probability=many", "probability", "number")]
    [InlineData("Observation?value-quantity=5|kg", "value-quantity", "number|system|code")]
    [InlineData(
        "Observation?code-value-quantity=8480-6",
        "code-value-quantity",
        "code$value-quantity"
    )]
    [InlineData("Observation?subject=a b", "subject", "Type/id")]
    [InlineData("Observation?subject:Medication=1", "subject:Medication", "Patient")]
    [InlineData("Observation?code.name=a", "code.name", "not a reference")]
    [InlineData("Observation?subject.colour=a", "subject.colour", "colour")]
    [InlineData("Observation?subject:Patient.colour=a", "subject:Patient.colour", "birthdate")]
    [InlineData(
        "Patient?_has:Observation:code:status=a",
        "_has:Observation:code:status",
        "not a reference"
    )]
    [InlineData(
        "Patient?_has:Observation:encounter:status=a",
        "_has:Observation:encounter:status",
        "Encounter"
    )]
    [InlineData("Patient?_sort=colour", "_sort", "birthdate")]
    [InlineData("Patient?_count=-1", "_count", "whole number")]
    [InlineData("Patient?_summary=short", "_summary", "count")]
    [InlineData("Patient?_include=Patient:colour", "_include", "organization")]
    [InlineData("Patient?_include=Observation:subject", "_include", "_include:iterate")]
    [InlineData("Patient?_revinclude=Observation", "_revinclude", "Observation:*")]
    [InlineData("Patient?_type=Observation", "_type", "path")]
    [InlineData("?_type=Pacient", "_type", "Pacient")]
    [InlineData("?name=a", "name", "_lastUpdated")]
    [InlineData("Patient?_filter=name is a", "_filter", "eq")]
    [InlineData("Patient?_filter=(name eq a", "_filter", ")")]
    [InlineData("Location?near=here", "near", "latitude|longitude|distance|unit")]
    [InlineData(
        "Observation?subject:Patient.link:Patient.link:Patient.link:Patient.link:Patient.link:Patient.name=a",
        "subject:Patient.link:Patient.link:Patient.link:Patient.link:Patient.link:Patient.name",
        "5"
    )]
    public void Names_what_is_wrong_and_what_is_allowed(string query, string name, string allowed)
    {
        var refusal = Assert.Throws<InvalidSearch>(() => Parse(query));
        Assert.Equal(name, refusal.Errors[0].Name);
        Assert.Contains(allowed, refusal.Errors[0].Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void Lenient_handling_drops_what_is_wrong_and_says_so()
    {
        var request = Parse("Patient?colour=red&name=an&birthdate=x", SearchHandling.Lenient);
        Assert.Equal(["colour", "birthdate"], request.Ignored.Select(ignored => ignored.Name));
        Assert.Equal(["name"], request.Applied.Select(pair => pair.Key));
        Assert.Single(request.Clauses);
    }

    [Fact]
    public void Reads_what_shapes_the_answer()
    {
        var request = Parse(
            "Patient?_sort=-birthdate,family&_count=20&_total=accurate&_elements=name,id&_include=Patient:organization&_include:iterate=Organization:partof:Organization&_revinclude=Observation:*&_format=json"
        );
        Assert.Equal(["birthdate", "family"], request.Sort.Select(key => key.Parameter.Code));
        Assert.True(request.Sort[0].Descending);
        Assert.Equal(20, request.Count);
        Assert.Equal(TotalMode.Accurate, request.Total);
        Assert.Equal(["name", "id"], request.Elements);
        Assert.Equal(3, request.Includes.Count);
        Assert.True(request.Includes[1].Iterate);
        Assert.Equal("Organization", request.Includes[1].TargetType);
        Assert.True(request.Includes[2].Reverse);
        Assert.Null(request.Includes[2].Parameter);
        Assert.Equal(SummaryMode.Count, Parse("Patient?_count=0").Summary);
        Assert.Equal(SummaryMode.Data, Parse("Patient?_summary=data").Summary);
    }

    [Theory]
    [InlineData("code-value-quantity=29463-7$54", "w")]
    [InlineData("code-value-quantity=http://loinc.org|29463-7$gt50||kg", "w")]
    [InlineData("code-value-quantity=29463-7$gt60", "")]
    [InlineData("component-code-value-quantity=8480-6$120", "bp")]
    [InlineData("component-code-value-quantity=8480-6$80", "")]
    [InlineData("combo-code-value-quantity=8462-4$lt90,29463-7$54", "bp w")]
    public void Composites_join_values_of_one_element(string query, string ids)
    {
        // The naive index writes a composite as text, so its parts are compared on the compiled rows.
        var parts = query.Split('=', 2);
        var clause = Assert.IsType<ValueClause>(Parse($"Observation?{query}").Clauses[0]);
        var found = new List<string>();
        foreach (
            var json in Resources.Where(json =>
                json.Contains("\"Observation\"", StringComparison.Ordinal)
            )
        )
        {
            using var read = new Health.Fhir.Search.Reading.ResourceReader(
                FhirModel.R4,
                new()
            ).Read(System.Text.Encoding.UTF8.GetBytes(json));
            if (
                read.Composites.Exists(row =>
                    row.Parameter == clause.Parameter
                    && clause.AnyOf.Any(test => NaiveSearch.Passes(row, (CompositeTest)test))
                )
            )
            {
                found.Add(read.Id!);
            }
        }
        Assert.Equal(ids.Split(' ', StringSplitOptions.RemoveEmptyEntries).Order(), found.Order());
    }

    [Fact]
    public void A_compartment_is_searched_by_the_parameters_of_its_definition()
    {
        var clause = Parser.Compartment("Patient", "an", "Observation");
        Assert.Equal(["subject", "performer"], clause.ByAnyOf.Select(by => by.Code));
        Assert.Throws<InvalidSearch>(() => Parser.Compartment("Patient", "an", "ValueSet"));
    }

    private static SearchRequest Parse(
        string query,
        SearchHandling handling = SearchHandling.Strict
    )
    {
        var mark = query.IndexOf('?', StringComparison.Ordinal);
        return Parser.Parse(
            mark == 0 ? null : query[..mark],
            query[(mark + 1)..]
                .Split('&')
                .Select(pair => pair.Split('=', 2))
                .Select(pair =>
                    KeyValuePair.Create(
                        pair[0],
                        HttpUtility.UrlDecode(pair[1].Replace("+", "%2B", StringComparison.Ordinal))
                    )
                ),
            handling,
            ["http://here/fhir/"]
        );
    }
}
