using System.Text.Json;
using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Interactions;
using Health.Fhir.Store;
using Health.Fhir.Validation;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Operations;

/// <summary>
/// Says what is wrong with a resource, given or stored, by R4 and by profiles; nothing is stored.
/// https://hl7.org/fhir/R4/resource-operation-validate.html
/// </summary>
public sealed class ValidateResource(Validator validator, GuardedStore store)
    : IOperation<ValidateResource>
{
    public static Operation Definition { get; } =
        new("validate", Levels.Type | Levels.Instance, Permission.ReadHealthRecords, 'r')
        {
            Description = "Validates a resource against R4 and profiles.",
            Standard = "http://hl7.org/fhir/OperationDefinition/Resource-validate",
            In =
            [
                new("resource", "Resource"),
                new("mode", "code")
                {
                    Documentation = "create, update, delete or profile.",
                    RequiredBinding = "http://hl7.org/fhir/ValueSet/resource-validation-mode",
                },
                new("profile", "uri", 0, "*"),
            ],
            Out = [new("return", "OperationOutcome", 1)],
        };

    public async Task<FhirAnswer> Run(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    )
    {
        var mode = arguments.Text("mode");
        if (mode is not (null or "create" or "update" or "delete" or "profile"))
        {
            throw new FhirRefusal(
                400,
                "code-invalid",
                $"The mode '{mode}' is none of create, update, delete, profile.",
                "mode"
            );
        }
        var given = arguments.Resource("resource");
        var stored =
            request.Id is { } id && (given is null || mode is "update" or "delete")
                ? await store.Demand(request.Type!, id, cancel)
                : null;
        if (mode is "delete")
        {
            return stored is null
                ? throw new FhirRefusal(
                    400,
                    "required",
                    "Name the resource to be deleted: [type]/[id]/$validate.",
                    "mode"
                )
                : FhirAnswer.Outcome(200, Issue.Information($"{stored.Reference} may be deleted."));
        }
        var body =
            given
            ?? stored?.Body
            ?? throw new FhirRefusal(400, "required", "Send the resource to validate.", "resource");
        var findings = await validator.Validate(body, arguments.Texts("profile"), cancel);
        return Answer([.. Addressed(body, request, mode), .. findings]);
    }

    /// <summary>What the address and the mode ask of the resource (https://hl7.org/fhir/R4/http.html#create, #update).</summary>
    private static IEnumerable<Finding> Addressed(
        ReadOnlyMemory<byte> body,
        FhirRequest request,
        string? mode
    )
    {
        var head = ResourceHead.Of(body);
        if (head.Type != request.Type)
        {
            yield return Error(
                "invalid",
                $"The resource is a {head.Type}, but the address is for {request.Type}.",
                head.Type
            );
        }
        if (mode is "update" && head.Id is null)
        {
            yield return Error(
                "required",
                "An update needs the id of the resource.",
                $"{head.Type}.id"
            );
        }
        if (request.Id is { } id && head.Id is { } own && own != id)
        {
            yield return Error(
                "invalid",
                $"The resource's id is {own}, but the address is for {id}.",
                $"{head.Type}.id"
            );
        }
    }

    private static Finding Error(string code, string text, string expression) =>
        new(FindingSeverity.Error, code, text, expression, 1, 1);

    private static FhirAnswer Answer(IReadOnlyList<Finding> findings) =>
        FhirAnswer.Json(200, json => Write(json, findings));

    private static void Write(Utf8JsonWriter json, IReadOnlyList<Finding> findings)
    {
        json.WriteStartObject();
        json.WriteString("resourceType", "OperationOutcome");
        json.WriteStartArray("issue");
        if (findings.Count == 0)
        {
            json.WriteStartObject();
            json.WriteString("severity", "information");
            json.WriteString("code", "informational");
            json.WriteString("diagnostics", "Nothing is wrong with it.");
            json.WriteEndObject();
        }
        foreach (var finding in findings)
        {
            json.WriteStartObject();
            json.WriteStartArray("extension");
            Place(json, "line", finding.Line);
            Place(json, "col", finding.Column);
            json.WriteEndArray();
            json.WriteString("severity", finding.Severity.ToString().ToLowerInvariant());
            json.WriteString("code", finding.Code);
            json.WriteString("diagnostics", finding.Text);
            if (finding.Expression.Length > 0)
            {
                json.WriteStartArray("expression");
                json.WriteStringValue(finding.Expression);
                json.WriteEndArray();
            }
            json.WriteEndObject();
        }
        json.WriteEndArray();
        json.WriteEndObject();
    }

    /// <summary>https://hl7.org/fhir/R4/extension-operationoutcome-issue-source.html and its sisters for line and column.</summary>
    private static void Place(Utf8JsonWriter json, string what, int number)
    {
        json.WriteStartObject();
        json.WriteString(
            "url",
            $"http://hl7.org/fhir/StructureDefinition/operationoutcome-issue-{what}"
        );
        json.WriteNumber("valueInteger", number);
        json.WriteEndObject();
    }
}
