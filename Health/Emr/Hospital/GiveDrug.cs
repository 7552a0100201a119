using System.Globalization;
using System.Text.Json.Serialization;
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

/// <summary>One dose that is to be given at an hour, and what became of it.</summary>
/// <param name="Id">Of its MedicationAdministration, given or not: order and hour, so a dose can be given once only.</param>
public sealed record Dose(
    string Id,
    string OrderId,
    string Drug,
    string Directions,
    DateTimeOffset Due,
    DoseState State,
    string? By = null,
    DateTimeOffset? At = null,
    string? Why = null
);

[JsonConverter(typeof(JsonStringEnumConverter<DoseState>))]
public enum DoseState
{
    Coming,
    Due,
    Late,
    Given,
    NotGiven,
}

/// <summary>
/// Gives a dose at its hour: the scan of the patient's code and of the drug's must both fit the order, and the dose becomes a
/// MedicationAdministration. Not giving it is recorded too, with the reason. Two nurses at the same moment give it once.
/// </summary>
public sealed class GiveDrug(FhirSession fhir, Workplace workplace, TimeProvider clock) : IFeature
{
    /// <summary>A dose may be given from an hour before to its hour; an hour after it is late.</summary>
    private static readonly TimeSpan Window = TimeSpan.FromHours(1);

    /// <param name="Due">The hour of the dose.</param>
    /// <param name="Patient">Scanned: the record's number, the personal ID, or the QR of the identity card.</param>
    /// <param name="Drug">Scanned: code of the drug.</param>
    /// <param name="NotGiven">Why it was not given; null when it was.</param>
    public sealed record Input(
        DateTimeOffset Due,
        string? Patient = null,
        string? Drug = null,
        string? NotGiven = null
    );

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/drug-orders/{id}/doses",
                async (GiveDrug feature, string id, Input input, CancellationToken cancel) =>
                {
                    await feature.Run(id, input, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteHealthRecords);

    /// <exception cref="InvalidInput">A scan that does not fit, or an hour at which nothing is due.</exception>
    /// <exception cref="Conflict">The dose was recorded already, or the order was stopped.</exception>
    public async Task Run(string orderId, Input input, CancellationToken cancel = default)
    {
        var order = await fhir.Read<MedicationRequest>(orderId, cancel);
        if (order is null || !OrderDrug.IsInpatient(order))
        {
            throw new NotFound($"Drug order {orderId}");
        }
        _ = await fhir.OpenOne(VnCore.IdOf(order.Encounter)!, cancel);
        var now = clock.GetUtcNow().InVietnam();
        var due = input.Due.InVietnam();
        Check(order, due, now);
        if (string.IsNullOrWhiteSpace(input.NotGiven))
        {
            await CheckScans(order, input, cancel);
        }
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        var dosage = order.DosageInstruction[0];
        changes.Add(
            new MedicationAdministration
            {
                Id = DoseId(orderId, due),
                Status = string.IsNullOrWhiteSpace(input.NotGiven)
                    ? MedicationAdministration.MedicationAdministrationStatusCodes.Completed
                    : MedicationAdministration.MedicationAdministrationStatusCodes.NotDone,
                StatusReason = string.IsNullOrWhiteSpace(input.NotGiven)
                    ? []
                    : [new CodeableConcept { Text = input.NotGiven.Trim() }],
                Medication = (DataType)order.Medication!.DeepCopy(),
                Subject = order.Subject,
                Context = order.Encounter,
                Effective = new FhirDateTime(now),
                Performer =
                [
                    new MedicationAdministration.PerformerComponent { Actor = post.Practitioner },
                ],
                Request = VnCore.Reference(order),
                Dosage = new MedicationAdministration.DosageComponent
                {
                    Text = dosage.Text,
                    Route = dosage.Route,
                    Dose = dosage.DoseAndRate.FirstOrDefault()?.Dose as Quantity,
                },
            }
        );
        await fhir.Commit(changes, cancel);
    }

    /// <summary>The doses of one day, by hour, with what became of each.</summary>
    public static IReadOnlyList<Dose> DosesOf(
        DateOnly day,
        IEnumerable<MedicationRequest> orders,
        IEnumerable<MedicationAdministration> given,
        DateTimeOffset now
    )
    {
        var byId = given.ToDictionary(one => one.Id!);
        return
        [
            .. from order in orders
            from time in OrderDrug.TimesOf(order)
            let due = new DateTimeOffset(day.ToDateTime(time), VietnamTime.Offset)
            let id = DoseId(order.Id!, due)
            let record = byId.GetValueOrDefault(id)
            where record is not null || Within(order, due)
            orderby due, order.Id
            select Of(order, id, due, record, now),
        ];
    }

    private static Dose Of(
        MedicationRequest order,
        string id,
        DateTimeOffset due,
        MedicationAdministration? record,
        DateTimeOffset now
    ) =>
        new(
            id,
            order.Id!,
            (order.Medication as CodeableConcept)?.Text ?? "",
            order.DosageInstruction.FirstOrDefault()?.Text ?? "",
            due,
            record is null
                ? now > due + Window
                    ? DoseState.Late
                    : now >= due - Window
                        ? DoseState.Due
                        : DoseState.Coming
                : record.Status
                is MedicationAdministration.MedicationAdministrationStatusCodes.NotDone
                    ? DoseState.NotGiven
                    : DoseState.Given,
            record?.Performer.FirstOrDefault()?.Actor?.Display,
            record is null ? null : ReadPatientSummary.When(record.Effective),
            record?.StatusReason.FirstOrDefault()?.Text
        );

    private static string DoseId(string order, DateTimeOffset due) =>
        $"{order}-{due.ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture)}";

    private static bool Within(MedicationRequest order, DateTimeOffset due) =>
        OrderDrug.BoundsOf(order) is { } bounds
        && bounds.StartElement?.ToDateTimeOffset(VietnamTime.Offset) <= due
        && due <= bounds.EndElement?.ToDateTimeOffset(VietnamTime.Offset);

    private static void Check(MedicationRequest order, DateTimeOffset due, DateTimeOffset now)
    {
        if (
            !Within(order, due)
            || !OrderDrug.TimesOf(order).Contains(TimeOnly.FromTimeSpan(due.TimeOfDay))
        )
        {
            throw new InvalidInput(
                "due",
                T.Of($"Không có liều nào lúc {due.Text()}.", $"No dose is due at {due.Text()}.")
            );
        }
        if (now < due - Window)
        {
            throw new InvalidInput(
                "due",
                T.Of(
                    $"Chưa tới giờ: liều lúc {due.Text()}.",
                    $"Too early: the dose is for {due.Text()}."
                )
            );
        }
    }

    private async Task CheckScans(MedicationRequest order, Input input, CancellationToken cancel)
    {
        var errors = new List<FieldError>();
        var patient = await fhir.Read<Patient>(VnCore.IdOf(order.Subject)!, cancel);
        var scanned = input.Patient?.Split('|')[0].Trim();
        if (
            string.IsNullOrEmpty(scanned)
            || (scanned != patient?.Id && scanned != patient?.PersonalId())
        )
        {
            errors.Add(
                new(
                    "patient",
                    T.Of(
                        $"Mã quét không phải của {patient?.FullName()}. Kiểm tra lại người bệnh.",
                        $"The scanned code is not {patient?.FullName()}'s. Check the patient."
                    )
                )
            );
        }
        var code = PrescriptionDocument.DrugCodeOf(order);
        if (!string.Equals(input.Drug?.Trim(), code, StringComparison.OrdinalIgnoreCase))
        {
            errors.Add(
                new(
                    "drug",
                    T.Of(
                        $"Mã thuốc quét “{input.Drug}” không khớp y lệnh {(order.Medication as CodeableConcept)?.Text}.",
                        $"The scanned drug “{input.Drug}” does not fit the order {(order.Medication as CodeableConcept)?.Text}."
                    )
                )
            );
        }
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }
    }
}
