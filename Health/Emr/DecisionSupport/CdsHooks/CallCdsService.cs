using System.Text.Json;
using System.Text.Json.Serialization;
using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.DecisionSupport.CdsHooks;

/// <summary>
/// Answers a CDS Hooks call with the rules of <see cref="DecisionRules"/> (https://cds-hooks.hl7.org/2.0/). What was not
/// prefetched is read from our own store when the call is about it; another server is never called.
/// </summary>
public sealed class CallCdsService(FhirSession fhir, TimeProvider clock) : IFeature
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web)
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    };

    /// <param name="Missing">Prefetch keys without which no check can run; then there are no cards.</param>
    public sealed record Result(IReadOnlyList<CdsCard> Cards, IReadOnlyList<string> Missing);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/cds-services/{id}",
                async (
                    CallCdsService feature,
                    string id,
                    JsonElement body,
                    HttpRequest http,
                    CancellationToken cancel
                ) =>
                {
                    var result = await feature.Run(
                        id,
                        body,
                        $"{http.Scheme}://{http.Host}/fhir",
                        cancel
                    );
                    return result.Missing.Count == 0
                        ? Results.Json(new { cards = result.Cards }, Json)
                        : Results.Problem(
                            T.Of(
                                $"Thiếu prefetch: {string.Join(", ", result.Missing)}.",
                                $"Prefetch is missing: {string.Join(", ", result.Missing)}."
                            ),
                            statusCode: StatusCodes.Status412PreconditionFailed
                        );
                }
            )
            .Requires(Permission.ReadHealthRecords);

    /// <param name="ownBase">Address of our own FHIR interface.</param>
    /// <exception cref="NotFound">There is no such service.</exception>
    /// <exception cref="InvalidInput">The call is not as the specification wants it.</exception>
    public async Task<Result> Run(
        string id,
        JsonElement body,
        string ownBase,
        CancellationToken cancel = default
    )
    {
        var service = CdsService.Of(id);
        var request = CdsRequest.Read(body, service);
        var known = new Dictionary<string, Resource?>(request.Prefetch);
        var missing = service.Prefetch.Keys.Where(key => !known.ContainsKey(key)).ToList();
        var isOurs =
            request.FhirServer is null
            || request.FhirServer.TrimEnd('/').Equals(ownBase, StringComparison.OrdinalIgnoreCase);
        if (isOurs)
        {
            foreach (var key in missing)
            {
                known[key] = await Fetch(service.Prefetch[key], request.PatientId, cancel);
            }
        }
        if (known.GetValueOrDefault("patient") is not Patient patient)
        {
            return new Result([], isOurs ? ["patient"] : missing);
        }
        var today = clock.Today();
        var orders = Of<MedicationRequest>(known, "medications");
        var isView = service.Hook is "patient-view";
        var uses = request
            .Drafts.Select(draft => OrderUses.Of(draft, isNew: true))
            .Concat(
                orders
                    .Where(order => request.Drafts.All(draft => draft.Id != order.Id))
                    .Select(order => OrderUses.Of(order, isNew: isView))
            )
            .Concat(Of<MedicationStatement>(known, "medications").Select(OrderUses.Of))
            .ToList();
        var alerts = DecisionRules
            .Check(uses, Facts(patient, known, today))
            .Where(alert =>
                request.Selected is not { } selected
                || alert.Refs.Count == 0
                || alert.Refs.Any(selected.Contains)
            );
        var drafts = request
            .Drafts.Where(draft => draft.Id is not null)
            .DistinctBy(draft => draft.Id)
            .ToDictionary(draft => draft.Id!, draft => OrderUses.Of(draft, isNew: true));
        return new Result(
            [
                .. alerts.Select(alert => CdsCard.Of(alert, drafts)),
                .. NotChecked(service, known, missing, isOurs),
            ],
            []
        );
    }

    /// <summary>A client that could not send something is told which checks did not run.</summary>
    private static IEnumerable<CdsCard> NotChecked(
        CdsService service,
        IReadOnlyDictionary<string, Resource?> known,
        IReadOnlyList<string> missing,
        bool isOurs
    )
    {
        var unknown = service
            .Prefetch.Keys.Where(key =>
                key != "patient"
                && (
                    !isOurs && missing.Contains(key)
                    || known.TryGetValue(key, out var got) && got is null
                )
            )
            .ToList();
        if (unknown.Count > 0)
        {
            yield return CdsCard.Of(
                new Alert(
                    AlertLevel.NotRun,
                    AlertRule.Ingredient,
                    "ingredient:prefetch",
                    [],
                    T.Of(
                        $"Chưa kiểm tra đầy đủ, thiếu dữ liệu: {string.Join(", ", unknown)}.",
                        $"Not all was checked; data is missing: {string.Join(", ", unknown)}."
                    ),
                    null,
                    "Records"
                ),
                new Dictionary<string, DrugUse>()
            );
        }
    }

    private static PatientFacts Facts(
        Patient patient,
        IReadOnlyDictionary<string, Resource?> known,
        DateOnly today
    )
    {
        var months = patient.Birth()?.MonthsOn(today);
        var sex = patient.Sex();
        var results = Of<Observation>(known, "results");
        var weight = Of<Observation>(known, "weight").FirstOrDefault()?.Value as Quantity;
        return new PatientFacts(
            sex,
            months,
            weight?.Code is "g" or "[lb_av]" ? null : weight?.Value,
            sex is Sex.Male ? null : ClinicalCodes.PregnancyOf(results, [], today),
            ClinicalCodes.KidneyOf(results, sex, months / 12),
            [
                .. Of<AllergyIntolerance>(known, "allergies")
                    .Where(ReadPatientSummary.IsActive)
                    .Select(ReadPatientFacts.AllergyText)
                    .OfType<string>(),
            ],
            today
        );
    }

    private async Task<Resource?> Fetch(string template, string patientId, CancellationToken cancel)
    {
        var query = template.Replace(
            "{{context.patientId}}",
            Uri.EscapeDataString(patientId),
            StringComparison.Ordinal
        );
        var cut = query.IndexOf('?', StringComparison.Ordinal);
        if (cut < 0)
        {
            return await fhir.Read<Patient>(patientId, cancel);
        }
        var found = await fhir.SearchAll(query[..cut], query[(cut + 1)..], cancel);
        return new Bundle
        {
            Entry = [.. found.Select(one => new Bundle.EntryComponent { Resource = one })],
        };
    }

    private static IReadOnlyList<TResource> Of<TResource>(
        IReadOnlyDictionary<string, Resource?> known,
        string key
    )
        where TResource : Resource =>
        known.GetValueOrDefault(key) switch
        {
            Bundle bundle => [.. bundle.Entry.Select(entry => entry.Resource).OfType<TResource>()],
            TResource one => [one],
            _ => [],
        };
}
