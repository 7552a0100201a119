using System.Text.Json;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr.DecisionSupport.CdsHooks;

/// <summary>What a CDS client asks (https://cds-hooks.hl7.org/2.0/#calling-a-cds-service), checked field by field.</summary>
/// <param name="Selected">Ids of the drafts just selected; null when all are asked about.</param>
/// <param name="Drafts">Medication orders among the drafts.</param>
/// <param name="Prefetch">What the client sent along; a null it sent is kept as known to be missing.</param>
public sealed record CdsRequest(
    string PatientId,
    string? FhirServer,
    IReadOnlyList<string>? Selected,
    IReadOnlyList<MedicationRequest> Drafts,
    IReadOnlyDictionary<string, Resource?> Prefetch
)
{
    private static readonly FhirJsonDeserializer Parser = new();

    /// <exception cref="InvalidInput">Names each field that is missing or wrong.</exception>
    public static CdsRequest Read(JsonElement body, CdsService service)
    {
        var errors = new List<FieldError>();
        if (body.ValueKind is not JsonValueKind.Object)
        {
            throw new InvalidInput(
                "body",
                T.Of("Thân yêu cầu phải là một đối tượng JSON.", "The body must be a JSON object.")
            );
        }
        var hook = Text(body, "hook");
        if (hook != service.Hook)
        {
            errors.Add(
                new(
                    "hook",
                    T.Of(
                        $"Dịch vụ {service.Id} trả lời {service.Hook}, không phải “{hook}”.",
                        $"The service {service.Id} answers {service.Hook}, not “{hook}”."
                    )
                )
            );
        }
        if (!Guid.TryParse(Text(body, "hookInstance"), out _))
        {
            errors.Add(Missing("hookInstance", "UUID"));
        }
        var context = Member(body, "context", JsonValueKind.Object);
        var patient = context is { } given ? Text(given, "patientId") : null;
        if (context is null)
        {
            errors.Add(Missing("context", "object"));
        }
        else
        {
            if (patient is null)
            {
                errors.Add(Missing("context.patientId", "id"));
            }
            if (Text(context.Value, "userId") is null)
            {
                errors.Add(Missing("context.userId", "Practitioner/…"));
            }
        }
        CheckAuthorization(body, errors);
        var drafts = service.Hook is "patient-view" ? [] : DraftsOf(context, errors);
        var selected = service.Hook is "order-select" ? Selections(context, errors) : null;
        var prefetch = PrefetchOf(body, errors);
        return errors.Count == 0
            ? new CdsRequest(patient!, Text(body, "fhirServer"), selected, drafts, prefetch)
            : throw new InvalidInput(errors);
    }

    /// <summary>A token that comes along is for the client's FHIR server; it is checked for form and never kept.</summary>
    private static void CheckAuthorization(JsonElement body, List<FieldError> errors)
    {
        if (!body.TryGetProperty("fhirAuthorization", out var given))
        {
            return;
        }
        if (given.ValueKind is not JsonValueKind.Object)
        {
            errors.Add(Missing("fhirAuthorization", "object"));
            return;
        }
        if (Text(body, "fhirServer") is null)
        {
            errors.Add(Missing("fhirServer", "URL"));
        }
        foreach (var field in (string[])["access_token", "scope", "subject"])
        {
            if (Text(given, field) is null)
            {
                errors.Add(Missing($"fhirAuthorization.{field}", "string"));
            }
        }
        if (Text(given, "token_type") != "Bearer")
        {
            errors.Add(Missing("fhirAuthorization.token_type", "Bearer"));
        }
        if (Member(given, "expires_in", JsonValueKind.Number) is null)
        {
            errors.Add(Missing("fhirAuthorization.expires_in", "integer"));
        }
    }

    private static List<MedicationRequest> DraftsOf(JsonElement? context, List<FieldError> errors)
    {
        if (
            context is not { } given
            || Member(given, "draftOrders", JsonValueKind.Object) is not { } bundle
        )
        {
            errors.Add(Missing("context.draftOrders", "Bundle"));
            return [];
        }
        return Parse("context.draftOrders", bundle, errors) is Bundle drafts
            ? [.. drafts.Entry.Select(entry => entry.Resource).OfType<MedicationRequest>()]
            : [];
    }

    private static List<string> Selections(JsonElement? context, List<FieldError> errors)
    {
        if (
            context is not { } given
            || Member(given, "selections", JsonValueKind.Array) is not { } list
            || list.EnumerateArray().Any(one => one.ValueKind is not JsonValueKind.String)
        )
        {
            errors.Add(Missing("context.selections", "[ \"MedicationRequest/…\" ]"));
            return [];
        }
        return [.. list.EnumerateArray().Select(one => one.GetString()!.Split('/')[^1])];
    }

    private static Dictionary<string, Resource?> PrefetchOf(
        JsonElement body,
        List<FieldError> errors
    )
    {
        var prefetch = new Dictionary<string, Resource?>();
        if (!body.TryGetProperty("prefetch", out var given))
        {
            return prefetch;
        }
        if (given.ValueKind is not JsonValueKind.Object)
        {
            errors.Add(Missing("prefetch", "object"));
            return prefetch;
        }
        foreach (var part in given.EnumerateObject())
        {
            prefetch[part.Name] =
                part.Value.ValueKind is JsonValueKind.Null
                    ? null
                    : Parse($"prefetch.{part.Name}", part.Value, errors);
        }
        return prefetch;
    }

    private static Resource? Parse(string field, JsonElement json, List<FieldError> errors)
    {
        try
        {
            return Parser.DeserializeResource(json.GetRawText());
        }
        catch (DeserializationFailedException wrong)
        {
            errors.Add(new(field, wrong.Exceptions.FirstOrDefault()?.Message ?? wrong.Message));
            return null;
        }
    }

    private static FieldError Missing(string field, string what) =>
        new(field, T.Of($"Thiếu hoặc sai; cần {what}.", $"Missing or wrong; {what} is needed."));

    private static string? Text(JsonElement parent, string name) =>
        Member(parent, name, JsonValueKind.String)?.GetString() is { Length: > 0 } text
            ? text
            : null;

    private static JsonElement? Member(JsonElement parent, string name, JsonValueKind kind) =>
        parent.TryGetProperty(name, out var member) && member.ValueKind == kind ? member : null;
}
