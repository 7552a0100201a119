using System.Globalization;
using System.Text.Json.Nodes;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Schools;

namespace Education.LearningRecords.Transcripts;

/// <param name="Address">Of this installation, without a slash at the end.</param>
public sealed record Issuer(string Address, string SchoolCode, string Name)
{
    public string Id => $"{Address}/education/issuers/{SchoolCode}";

    public string StatusList(int number) => $"{Id}/status/{number}";

    public string Key(string id) => $"{Id}/keys/{id}";

    public JsonObject Profile() =>
        new()
        {
            ["id"] = Id,
            ["type"] = new JsonArray("Profile"),
            ["name"] = Name,
        };
}

/// <summary>What a credential is issued with.</summary>
/// <param name="WithMarks">Single marks and terms too, or the year's results alone.</param>
/// <param name="Fingerprint">SHA-256 of the signed XML, as hex.</param>
public sealed record ClrTerms(
    Guid Id,
    int StatusIndex,
    bool WithMarks,
    DateTimeOffset From,
    DateTimeOffset? Until,
    DateTimeOffset AwardedAt,
    string Fingerprint
);

/// <summary>
/// A học bạ as Comprehensive Learner Record 2.0 (https://www.imsglobal.org/spec/clr/v2p0/): one achievement for the year, one for
/// each subject that is a child of it, each an Open Badges 3.0 credential inside. Scores are texts, so that no reader rounds them.
/// </summary>
public static class ClrDocument
{
    private const string CredentialsContext = "https://www.w3.org/ns/credentials/v2";
    private const string ClrContext = "https://purl.imsglobal.org/spec/clr/v2p0/context-2.0.1.json";
    private const string BadgesContext =
        "https://purl.imsglobal.org/spec/ob/v3p0/context-3.0.3.json";
    private const string ClrSchema =
        "https://purl.imsglobal.org/spec/clr/v2p0/schema/json/clr_v2p0_clrcredential_schema.json";

    public static JsonObject Of(TranscriptContent content, Issuer issuer, ClrTerms terms)
    {
        var year = Year(content, issuer, terms);
        var subjects = content
            .Subjects.Select(subject => Course(content, subject, issuer, terms))
            .ToList();
        var credential = new JsonObject
        {
            ["@context"] = new JsonArray(CredentialsContext, ClrContext, BadgesContext),
            ["id"] = Urn(terms.Id),
            ["type"] = new JsonArray("VerifiableCredential", "ClrCredential"),
            ["name"] =
                $"Học bạ năm học {SchoolYear.Title(content.School.Year)}, lớp {content.School.Class}, {content.School.Name}",
            ["issuer"] = issuer.Profile(),
            ["validFrom"] = Time(terms.From),
            ["awardedDate"] = Time(terms.AwardedAt),
            // A pupil's other years are credentials of their own.
            ["partial"] = true,
            ["credentialSubject"] = new JsonObject
            {
                ["id"] = Learner(content),
                ["type"] = new JsonArray("ClrSubject"),
                ["identifier"] = Identities(content.Pupil),
                ["verifiableCredential"] = new JsonArray([year, .. subjects]),
                ["association"] = new JsonArray([
                    .. content.Subjects.Select(subject =>
                        (JsonNode)
                            new JsonObject
                            {
                                ["type"] = "Association",
                                ["associationType"] = "isChildOf",
                                ["sourceId"] = AchievementId(content, issuer, subject.Code),
                                ["targetId"] = AchievementId(content, issuer, "year"),
                            }
                    ),
                ]),
            },
            ["evidence"] = new JsonArray(
                new JsonObject
                {
                    ["type"] = new JsonArray("Evidence"),
                    ["name"] = "Học bạ số (XML)",
                    ["description"] = $"{Urn(content.Id)}, SHA-256 {terms.Fingerprint}",
                }
            ),
            ["credentialSchema"] = new JsonArray(
                new JsonObject { ["id"] = ClrSchema, ["type"] = "1EdTechJsonSchemaValidator2019" }
            ),
            ["credentialStatus"] = StatusList.Entry(issuer, terms.StatusIndex),
        };
        if (terms.Until is { } until)
        {
            credential["validUntil"] = Time(until);
        }
        return credential;
    }

    private static JsonObject Year(TranscriptContent content, Issuer issuer, ClrTerms terms)
    {
        var results = new List<(string Name, string Type, string? Value)>
        {
            ("Học tập", "PerformanceLevel", content.Learning),
            ("Rèn luyện", "PerformanceLevel", content.Conduct),
            ("Kết quả năm học", "Result", content.Outcome?.Text),
            ("Danh hiệu", "Result", content.Award),
        };
        if (terms.WithMarks)
        {
            results.AddRange(
                content.Terms.SelectMany(term =>
                    new (string, string, string?)[]
                    {
                        ($"Học tập học kì {term.Number}", "PerformanceLevel", term.Learning),
                        ($"Rèn luyện học kì {term.Number}", "PerformanceLevel", term.Conduct),
                        (
                            $"Số buổi nghỉ học kì {term.Number}",
                            "Result",
                            term.Absences.ToString(CultureInfo.InvariantCulture)
                        ),
                    }
                )
            );
        }
        return Achieved(
            content,
            issuer,
            terms,
            "year",
            content.Outcome?.Code is YearOutcome.Promoted or YearOutcome.CompletedProgramme
                ? "CertificateOfCompletion"
                : "Achievement",
            $"Năm học {SchoolYear.Title(content.School.Year)}, lớp {content.School.Grade}",
            $"Kết quả cả năm theo {content.RuleSet}.",
            results
        );
    }

    private static JsonObject Course(
        TranscriptContent content,
        FrozenSubject subject,
        Issuer issuer,
        ClrTerms terms
    )
    {
        var type = subject.Kind is AssessmentKind.Scored ? "RawScore" : "Result";
        var results = new List<(string, string, string?)> { ("Cả năm", type, subject.Year) };
        if (terms.WithMarks)
        {
            foreach (var term in subject.Terms)
            {
                results.Add(($"Học kì {term.Number}", type, term.Result));
                results.AddRange(
                    term.Marks.Select(mark =>
                        (
                            $"{OpenGradebook.Label(mark.Column, mark.Number)}, học kì {term.Number}",
                            type,
                            (string?)mark.Value
                        )
                    )
                );
            }
        }
        return Achieved(
            content,
            issuer,
            terms,
            subject.Code,
            "Course",
            $"{subject.Name}, lớp {content.School.Grade}",
            $"{subject.AnnualPeriods} tiết trong năm, đánh giá theo {content.RuleSet}.",
            results
        );
    }

    /// <summary>One Open Badges credential; what it proves, the signature of the whole proves.</summary>
    private static JsonObject Achieved(
        TranscriptContent content,
        Issuer issuer,
        ClrTerms terms,
        string code,
        string type,
        string name,
        string description,
        IEnumerable<(string Name, string Type, string? Value)> results
    )
    {
        var achievement = AchievementId(content, issuer, code);
        var given = results.Where(result => result.Value is not null).ToList();
        string ResultId(int i) => $"{achievement}#{i + 1}";
        return new JsonObject
        {
            ["@context"] = new JsonArray(CredentialsContext, BadgesContext),
            ["id"] = $"{Urn(terms.Id)}#{code}",
            ["type"] = new JsonArray("VerifiableCredential", "AchievementCredential"),
            ["name"] = name,
            ["issuer"] = issuer.Profile(),
            ["validFrom"] = Time(terms.From),
            ["credentialSubject"] = new JsonObject
            {
                ["id"] = Learner(content),
                ["type"] = new JsonArray("AchievementSubject"),
                ["term"] = SchoolYear.Title(content.School.Year),
                ["achievement"] = new JsonObject
                {
                    ["id"] = achievement,
                    ["type"] = new JsonArray("Achievement"),
                    ["achievementType"] = type,
                    ["humanCode"] = code,
                    ["name"] = name,
                    ["description"] = description,
                    ["criteria"] = new JsonObject { ["narrative"] = content.RuleSet },
                    ["resultDescription"] = new JsonArray([
                        .. given.Select(
                            (result, i) =>
                                (JsonNode)
                                    new JsonObject
                                    {
                                        ["id"] = ResultId(i),
                                        ["type"] = new JsonArray("ResultDescription"),
                                        ["name"] = result.Name,
                                        ["resultType"] = result.Type,
                                    }
                        ),
                    ]),
                },
                ["result"] = new JsonArray([
                    .. given.Select(
                        (result, i) =>
                            (JsonNode)
                                new JsonObject
                                {
                                    ["type"] = new JsonArray("Result"),
                                    ["resultDescription"] = ResultId(i),
                                    ["value"] = result.Value,
                                }
                    ),
                ]),
            },
        };
    }

    private static JsonArray Identities(FrozenPupil pupil)
    {
        var identities = new JsonArray(Plain("name", pupil.Name));
        if (pupil.BirthDate is { } born)
        {
            identities.Add(Plain("ext:birthDate", born.ToString()));
        }
        if (pupil.Code is { } code)
        {
            identities.Add(Plain("sisSourcedId", code));
        }
        if (pupil.PersonalId is { } number)
        {
            identities.Add(
                new JsonObject
                {
                    ["type"] = "IdentityObject",
                    ["hashed"] = true,
                    ["identityHash"] = number.Hash,
                    ["identityType"] = "nationalIdentityNumber",
                    ["salt"] = number.Salt,
                }
            );
        }
        return identities;

        static JsonObject Plain(string type, string value) =>
            new()
            {
                ["type"] = "IdentityObject",
                ["hashed"] = false,
                ["identityHash"] = value,
                ["identityType"] = type,
            };
    }

    /// <summary>The learner in this document, not the person everywhere: two documents do not show that they are about one.</summary>
    private static string Learner(TranscriptContent content) => $"{Urn(content.Id)}#learner";

    private static string AchievementId(TranscriptContent content, Issuer issuer, string code) =>
        $"{issuer.Id}/achievements/{content.School.Year}/{content.School.Grade}/{code}";

    private static string Urn(Guid id) => $"urn:uuid:{id}";

    internal static string Time(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-ddTHH:mm:ssZ", CultureInfo.InvariantCulture);
}
