using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Patients;

/// <summary>A pregnancy that holds: when the child is due.</summary>
public sealed record Pregnancy(DateOnly Due)
{
    /// <summary>From the first day of the last period to the day of delivery (Naegele).</summary>
    public const int Days = 280;

    /// <summary>Past this, the note on a pregnancy is old and says nothing any more.</summary>
    public const int LatestAfterDue = 21;

    public bool HoldsOn(DateOnly day) =>
        Due.AddDays(-Days) <= day && day <= Due.AddDays(LatestAfterDue);

    /// <summary><c>24 tuần 3 ngày</c>.</summary>
    public string AgeOn(DateOnly day)
    {
        var (weeks, days) = Math.DivRem(Days - (Due.DayNumber - day.DayNumber), 7);
        return T.Of($"{weeks} tuần {days} ngày", $"{weeks} weeks {days} days");
    }
}

/// <summary>
/// Notes whether a woman is pregnant and when the child is due: an Observation “Pregnancy status” (LOINC 82810-3) with the estimated date of
/// delivery (11778-8). It stands in the head of every page about her.
/// </summary>
public sealed class RecordPregnancy(FhirSession fhir, Workplace workplace, TimeProvider clock)
    : IFeature
{
    public const string StatusLoinc = "82810-3";
    public const string DueLoinc = "11778-8";
    private const string Pregnant = "LA15173-0";
    private const string NotPregnant = "LA26683-5";

    /// <param name="LastPeriod">First day of the last period; the due date follows from it.</param>
    /// <param name="Due">As an ultrasound gave it; goes before the period's.</param>
    public sealed record Input(bool Pregnant, DateOnly? LastPeriod = null, DateOnly? Due = null);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/patients/{id}/pregnancy",
                async (RecordPregnancy feature, string id, Input input, CancellationToken cancel) =>
                {
                    await feature.Run(id, input, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteHealthRecords);

    /// <exception cref="InvalidInput">A man, a date that no pregnancy of today can have, or none at all.</exception>
    public async Task Run(string id, Input input, CancellationToken cancel = default)
    {
        var patient = await fhir.Read<Patient>(id, cancel) ?? throw new NotFound($"Patient {id}");
        var today = clock.Today();
        if (!IsPossible(patient, today))
        {
            throw new InvalidInput(
                "pregnant",
                T.Of(
                    "Chỉ ghi thai cho nữ từ 10 đến 60 tuổi.",
                    "Pregnancy is recorded for women from 10 to 60 years."
                )
            );
        }
        var due = input.Due ?? input.LastPeriod?.AddDays(Pregnancy.Days);
        if (input.Pregnant && (due is null || !new Pregnancy(due.Value).HoldsOn(today)))
        {
            throw new InvalidInput(
                input.Due is null ? "lastPeriod" : "due",
                due is null
                    ? T.Of(
                        "Ghi ngày đầu kinh cuối hoặc ngày dự sinh.",
                        "Give the first day of the last period or the due date."
                    )
                    : T.Of(
                        $"Ngày dự sinh {due.Value.Text()} không khớp với thai đang mang hôm nay.",
                        $"A due date of {due.Value.Text()} does not fit a pregnancy of today."
                    )
            );
        }
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        changes.Create(
            new Observation
            {
                Status = ObservationStatus.Final,
                Category =
                [
                    new CodeableConcept(
                        "http://terminology.hl7.org/CodeSystem/observation-category",
                        "social-history"
                    ),
                ],
                Code = new CodeableConcept(VnCore.Loinc, StatusLoinc, "Pregnancy status", null),
                Subject = VnCore.ToPatient(id),
                Effective = new FhirDateTime(clock.GetUtcNow().InVietnam()),
                Performer = [post.Practitioner],
                Value = input.Pregnant
                    ? new CodeableConcept(VnCore.Loinc, Pregnant, "Pregnant", null)
                    : new CodeableConcept(VnCore.Loinc, NotPregnant, "Not pregnant", null),
                Component = input.Pregnant
                    ?
                    [
                        new Observation.ComponentComponent
                        {
                            Code = new CodeableConcept(
                                VnCore.Loinc,
                                DueLoinc,
                                "Delivery date Estimated",
                                null
                            ),
                            Value = new FhirDateTime(due!.Value.ToString("yyyy-MM-dd")),
                        },
                    ]
                    : [],
            }
        );
        await fhir.Commit(changes, cancel);
    }

    /// <summary>Whether pregnancy is asked about at all.</summary>
    public static bool IsPossible(Patient patient, DateOnly on) =>
        patient.Sex() is Sex.Female && patient.Birth()?.YearsOn(on) is null or (>= 10 and <= 60);

    /// <summary>The pregnancy that the newest observation tells of, when it still holds.</summary>
    internal static Pregnancy? Of(Observation? newest, DateOnly today) =>
        newest is not null
        && (newest.Value as CodeableConcept)?.Coding.Exists(code => code.Code == Pregnant) == true
        && newest
            .Component.Find(part => part.Code?.Coding.Exists(code => code.Code == DueLoinc) == true)
            ?.Value
            is FhirDateTime { Value: { } text }
        && DateOnly.TryParse(text, System.Globalization.CultureInfo.InvariantCulture, out var due)
        && new Pregnancy(due) is { } pregnancy
        && pregnancy.HoldsOn(today)
            ? pregnancy
            : null;
}
