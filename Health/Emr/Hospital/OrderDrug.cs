using Health.Emr.Encounters;
using Health.Emr.Patients;
using Health.Emr.Prescriptions;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Hospital;

/// <summary>
/// Orders a drug for an inpatient at fixed hours of the day (a MedicationRequest of category inpatient with <c>timeOfDay</c>), and stops it. What the
/// patient is allergic to is refused until the doctor says why it is given all the same.
/// </summary>
public sealed class OrderDrug(
    FhirSession fhir,
    Workplace workplace,
    ReadPatientSummary summary,
    TimeProvider clock
) : IFeature
{
    public const string Inpatient = "inpatient";
    private const int MostDays = 30;

    /// <param name="Drug">Code of the catalogue.</param>
    /// <param name="Times">Hours of the day: <c>6, 14, 22</c> or <c>06:00 14:00</c>.</param>
    /// <param name="Days">For how many days, today being the first.</param>
    /// <param name="Override">Why it is given although the patient is allergic.</param>
    public sealed record Input(
        string? Drug,
        decimal Dose,
        string? Times,
        int Days = 1,
        string? Note = null,
        string? Override = null
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/health/stays/{id}/drugs",
                async (OrderDrug feature, string id, Input input, CancellationToken cancel) =>
                    Results.Ok(new { id = await feature.Run(id, input, cancel) })
            )
            .Requires(Permission.SignPrescriptions);
        routes
            .MapPost(
                "/health/drug-orders/{id}/stop",
                async (OrderDrug feature, string id, CancellationToken cancel) =>
                {
                    await feature.Stop(id, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.SignPrescriptions);
    }

    /// <returns>Id of the order.</returns>
    /// <exception cref="InvalidInput">Names each field that cannot be.</exception>
    public async Task<string> Run(string stayId, Input input, CancellationToken cancel = default)
    {
        var stay = await fhir.OpenOne(stayId, cancel);
        var errors = new List<FieldError>();
        var drug = DrugCatalogue.Find(input.Drug);
        if (drug is null)
        {
            errors.Add(
                new("drug", T.Of("Chọn một thuốc trong danh mục.", "Choose a drug of the list."))
            );
        }
        var times = ReadTimes(input.Times, errors);
        if (input.Dose is <= 0 or > 1000)
        {
            errors.Add(new("dose", T.Of("Ghi liều mỗi lần.", "Give the dose.")));
        }
        if (input.Days is < 1 or > MostDays)
        {
            errors.Add(
                new("days", T.Of($"Số ngày từ 1 đến {MostDays}.", $"From 1 to {MostDays} days."))
            );
        }
        if (
            drug is not null
            && string.IsNullOrWhiteSpace(input.Override)
            && await AllergyTo(drug, stay, cancel) is { } allergy
        )
        {
            errors.Add(
                new(
                    "override",
                    T.Of(
                        $"Người bệnh dị ứng {allergy}. Ghi lý do nếu vẫn dùng.",
                        $"The patient is allergic to {allergy}. Say why it is given all the same."
                    )
                )
            );
        }
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        var order = Order(stay, drug!, times, input, post);
        changes.Update(order);
        await fhir.Commit(changes, cancel);
        return order.Id!;
    }

    /// <exception cref="Conflict">It was stopped already.</exception>
    public async Task Stop(string orderId, CancellationToken cancel = default)
    {
        var order = await fhir.Read<MedicationRequest>(orderId, cancel);
        if (order is null || !IsInpatient(order))
        {
            throw new NotFound($"Drug order {orderId}");
        }
        if (order.Status is not MedicationRequest.MedicationrequestStatus.Active)
        {
            throw new Conflict(T.Of("Y lệnh này đã ngừng.", "This order was stopped."));
        }
        order.Status = MedicationRequest.MedicationrequestStatus.Stopped;
        if (BoundsOf(order) is { } bounds)
        {
            bounds.EndElement = new FhirDateTime(clock.GetUtcNow().InVietnam());
        }
        var changes = new FhirChanges();
        changes.Update(order, order.Meta?.VersionId);
        await fhir.Commit(changes, cancel);
    }

    public static bool IsInpatient(MedicationRequest order) =>
        order.Category.Exists(kind => kind.Coding.Exists(code => code.Code == Inpatient));

    /// <summary>Hours of the day at which it is given.</summary>
    public static IEnumerable<TimeOnly> TimesOf(MedicationRequest order) =>
        order
            .DosageInstruction.SelectMany(dosage => dosage.Timing?.Repeat?.TimeOfDay ?? [])
            .OfType<string>()
            .Select(text =>
                TimeOnly.Parse(text, System.Globalization.CultureInfo.InvariantCulture)
            );

    /// <summary>From when to when it is given.</summary>
    public static Period? BoundsOf(MedicationRequest order) =>
        order.DosageInstruction.FirstOrDefault()?.Timing?.Repeat?.Bounds as Period;

    private async Task<string?> AllergyTo(Drug drug, Encounter stay, CancellationToken cancel)
    {
        var known = (await summary.Run(VnCore.IdOf(stay.Subject)!, cancel)).Allergies;
        var ingredients = $"{drug.Ingredients} {drug.Brand}".WithoutDiacritics();
        return known
            .Select(allergy => allergy.Code?.Text ?? allergy.Code?.Coding.FirstOrDefault()?.Display)
            .OfType<string>()
            .FirstOrDefault(name =>
                ingredients.Contains(name.WithoutDiacritics(), StringComparison.Ordinal)
            );
    }

    private static List<TimeOnly> ReadTimes(string? typed, List<FieldError> errors)
    {
        var times = new List<TimeOnly>();
        foreach (
            var text in (typed ?? "").Split([' ', ',', ';'], StringSplitOptions.RemoveEmptyEntries)
        )
        {
            if (
                TimeOnly.TryParseExact(
                    text.Replace('h', ':').TrimEnd(':'),
                    ["%H", "HH", "H:mm", "HH:mm"],
                    out var time
                )
            )
            {
                times.Add(time);
            }
            else
            {
                errors.Add(
                    new(
                        "times",
                        T.Of(
                            $"“{text}” không phải là giờ; ghi như 6, 14, 22.",
                            $"“{text}” is no hour; write 6, 14, 22."
                        )
                    )
                );
            }
        }
        if (times.Count == 0 && errors.Count == 0)
        {
            errors.Add(
                new(
                    "times",
                    T.Of("Ghi giờ dùng, như 6, 14, 22.", "Give the hours, such as 6, 14, 22.")
                )
            );
        }
        return [.. times.Distinct().Order()];
    }

    private MedicationRequest Order(
        Encounter stay,
        Drug drug,
        List<TimeOnly> times,
        Input input,
        Post post
    )
    {
        var now = clock.GetUtcNow().InVietnam();
        var last = now.VietnamDay().AddDays(input.Days - 1);
        return new()
        {
            Id = Guid.CreateVersion7().ToString(),
            Status = MedicationRequest.MedicationrequestStatus.Active,
            Intent = MedicationRequest.MedicationRequestIntent.Order,
            Category =
            [
                new CodeableConcept(
                    "http://terminology.hl7.org/CodeSystem/medicationrequest-category",
                    Inpatient
                ),
            ],
            Medication = new CodeableConcept
            {
                Coding =
                [
                    new Coding(VnCore.Atc, drug.Atc, drug.Ingredients),
                    new Coding(VnCore.DrugCodes, drug.Code),
                ],
                Text = drug.NameWithStrength,
            },
            Subject = stay.Subject!,
            Encounter = VnCore.Reference(stay),
            AuthoredOnElement = new FhirDateTime(now),
            Requester = post.Practitioner,
            Note = string.IsNullOrWhiteSpace(input.Override)
                ? []
                : [new Annotation { Text = $"Dùng dù có dị ứng: {input.Override.Trim()}" }],
            DosageInstruction =
            [
                new Dosage
                {
                    Text =
                        $"{drug.Route}: mỗi lần {QuantityText.Dose(input.Dose, drug.DoseUnit)}, lúc {string.Join(", ", times.Select(time => time.ToString("HH:mm")))}"
                        + (string.IsNullOrWhiteSpace(input.Note) ? "" : $", {input.Note.Trim()}"),
                    Route = new CodeableConcept { Text = drug.Route },
                    Timing = new Timing
                    {
                        Repeat = new Timing.RepeatComponent
                        {
                            TimeOfDay = times.Select(time => time.ToString("HH:mm:ss")),
                            Bounds = new Period
                            {
                                StartElement = new FhirDateTime(now),
                                EndElement = new FhirDateTime(
                                    new DateTimeOffset(
                                        last.ToDateTime(new TimeOnly(23, 59, 59)),
                                        VietnamTime.Offset
                                    )
                                ),
                            },
                        },
                    },
                    DoseAndRate =
                    [
                        new Dosage.DoseAndRateComponent
                        {
                            Dose = new Quantity { Value = input.Dose, Unit = drug.DoseUnit },
                        },
                    ],
                },
            ],
        };
    }
}
