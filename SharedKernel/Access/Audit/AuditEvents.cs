using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace SharedKernel.Access.Audit;

/// <summary>
/// The audit trail as FHIR AuditEvents after the Basic Audit Log Patterns (https://profiles.ihe.net/ITI/BALP): a Bundle of at most
/// 100, newest first, with a link to the older ones. The same filters as the page.
/// </summary>
public sealed partial class AuditEvents(ReadAudit trail) : IFeature
{
    public const string Path = "/api/audit/events";

    private const string Profiles =
        "https://profiles.ihe.net/ITI/BALP/StructureDefinition/IHE.BasicAudit.";
    private const string Terminology = "http://terminology.hl7.org/CodeSystem/";
    private const string Dicom = "http://dicom.nema.org/resources/ontology/DCM";

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                Path,
                async (
                    AuditEvents events,
                    string? person,
                    string? who,
                    DateOnly? day,
                    long? before,
                    CancellationToken cancel
                ) =>
                    Results.Text(
                        (await events.Run(new(person, who, day, before), cancel)).ToJsonString(),
                        "application/fhir+json; charset=utf-8"
                    )
            )
            .Requires(Permission.ReadAudit);

    public async Task<JsonObject> Run(AuditFilter filter, CancellationToken cancel = default)
    {
        var rows = await trail.Run(filter, cancel);
        var bundle = new JsonObject { ["resourceType"] = "Bundle", ["type"] = "searchset" };
        if (rows.Count == ReadAudit.PageSize)
        {
            var query = new QueryString()
                .Add("before", rows[^1].Sequence.ToString(CultureInfo.InvariantCulture))
                .Add(Given("person", filter.Person))
                .Add(Given("who", filter.Who))
                .Add(
                    Given("day", filter.Day?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture))
                );
            bundle["link"] = new JsonArray(
                new JsonObject { ["relation"] = "next", ["url"] = Path + query }
            );
        }
        if (rows.Count > 0)
        {
            bundle["entry"] = new JsonArray([
                .. rows.Select(row => new JsonObject { ["resource"] = Event(row) }),
            ]);
        }
        return bundle;
    }

    /// <summary>One row as an AuditEvent with the id of its sequence number.</summary>
    public static JsonObject Event(AuditRow row)
    {
        var isQuery = row.What.Contains('?');
        var (interaction, action) = row.Action switch
        {
            AuditAction.Create => ("create", "C"),
            AuditAction.Read => (isQuery ? "search" : "read", "R"),
            AuditAction.Update => ("update", "U"),
            AuditAction.Delete => ("delete", "D"),
            _ => ("operation", "E"),
        };
        var audit = new JsonObject
        {
            ["resourceType"] = "AuditEvent",
            ["id"] = row.Sequence.ToString(CultureInfo.InvariantCulture),
        };
        if (ProfileOf(row, isQuery) is { } profile)
        {
            audit["meta"] = new JsonObject { ["profile"] = new JsonArray(Profiles + profile) };
        }
        audit["type"] = Coding(Terminology + "audit-event-type", "rest");
        audit["subtype"] = new JsonArray(
            Coding("http://hl7.org/fhir/restful-interaction", interaction)
        );
        audit["action"] = action;
        audit["recorded"] = row.At.UtcDateTime.ToString(
            "yyyy-MM-dd'T'HH:mm:ss.ffffff'Z'",
            CultureInfo.InvariantCulture
        );
        // 4 is a minor failure: the action was refused and the system goes on.
        audit["outcome"] = row.Allowed ? "0" : "4";
        if (row.Detail is not null)
        {
            audit["outcomeDesc"] = row.Detail;
        }
        audit["agent"] = new JsonArray(Agents(row));
        audit["source"] = new JsonObject
        {
            ["observer"] = new JsonObject { ["display"] = "Records" },
        };
        audit["entity"] = new JsonArray(Entities(row, isQuery));
        return audit;
    }

    /// <summary>The patterns are of successful acts about one patient, or about none.</summary>
    private static string? ProfileOf(AuditRow row, bool isQuery) =>
        !row.Allowed || row.Subjects.Count > 1 || row.Action is AuditAction.Execute
            ? null
            : (row.Subjects.Count == 1 ? "Patient" : "")
                + (row.Action is AuditAction.Read && isQuery ? "Query" : row.Action.ToString());

    private static JsonNode[] Agents(AuditRow row)
    {
        var client = Agent(Dicom, "110153", "Source Role ID");
        client["who"] = new JsonObject { ["display"] = row.Address ?? "Records" };
        client["requestor"] = false;
        if (row.Address is not null)
        {
            client["network"] = new JsonObject { ["address"] = row.Address, ["type"] = "2" };
        }
        var server = Agent(Dicom, "110152", "Destination Role ID");
        server["who"] = new JsonObject { ["display"] = "Records" };
        server["requestor"] = false;
        var user = Agent(Terminology + "v3-ParticipationType", "IRCP", "information recipient");
        user["who"] = new JsonObject
        {
            ["identifier"] = new JsonObject
            {
                ["value"] = row.CallerId.Length > 0 ? row.CallerId : "nobody",
            },
            ["display"] = row.CallerName.Length > 0 ? row.CallerName : "not signed in",
        };
        user["requestor"] = true;
        if (row.Roles.Length > 0)
        {
            user["role"] = new JsonArray([
                .. row.Roles.Split(',').Select(role => new JsonObject { ["text"] = role }),
            ]);
        }
        if (row.Organisation is null)
        {
            return [client, server, user];
        }
        var organisation = Agent(Terminology + "v3-RoleClass", "PROV", "healthcare provider");
        organisation["who"] = new JsonObject
        {
            ["identifier"] = new JsonObject { ["value"] = row.Organisation },
        };
        organisation["requestor"] = false;
        return [client, server, user, organisation];
    }

    private static JsonNode[] Entities(AuditRow row, bool isQuery)
    {
        var touched = Entity("2", isQuery ? "24" : "4");
        if (isQuery)
        {
            touched["query"] = Convert.ToBase64String(Encoding.UTF8.GetBytes(row.What));
        }
        else if (Reference().IsMatch(row.What))
        {
            touched["what"] = new JsonObject { ["reference"] = row.What };
        }
        else
        {
            touched["name"] = row.What.Length > 0 ? row.What : "-";
        }
        return
        [
            touched,
            .. row
                .Subjects.Select(subject => subject.Subject)
                .Order(StringComparer.Ordinal)
                .Select(subject =>
                {
                    var person = Entity("1", "1");
                    person["what"] = new JsonObject
                    {
                        [IsId().IsMatch(subject) ? "reference" : "display"] = IsId()
                            .IsMatch(subject)
                            ? "Patient/" + subject
                            : subject,
                    };
                    return person;
                }),
        ];
    }

    private static JsonObject Agent(string system, string code, string display) =>
        new()
        {
            ["type"] = new JsonObject { ["coding"] = new JsonArray(Coding(system, code, display)) },
        };

    private static JsonObject Entity(string type, string role) =>
        new()
        {
            ["type"] = Coding(Terminology + "audit-entity-type", type),
            ["role"] = Coding(Terminology + "object-role", role),
        };

    private static JsonObject Coding(string system, string code, string? display = null)
    {
        var coding = new JsonObject { ["system"] = system, ["code"] = code };
        if (display is not null)
        {
            coding["display"] = display;
        }
        return coding;
    }

    private static QueryString Given(string name, string? value) =>
        value is { Length: > 0 } ? QueryString.Create(name, value) : QueryString.Empty;

    [GeneratedRegex(@"^[A-Z][A-Za-z]+/[A-Za-z0-9\-.]{1,64}(/_history/[A-Za-z0-9\-.]{1,64})?$")]
    private static partial Regex Reference();

    [GeneratedRegex(@"^[A-Za-z0-9\-.]{1,64}$")]
    private static partial Regex IsId();
}
