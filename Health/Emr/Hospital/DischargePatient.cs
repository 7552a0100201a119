using Health.Emr.Encounters;
using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;
using Composition = Hl7.Fhir.Model.Composition;

namespace Health.Emr.Hospital;

/// <summary>
/// Ends a stay: a summary of it as a Composition (LOINC 18842-5), how the patient left, the bed free to be made; and the record closed with its class of
/// retention (TT 33/2025/TT-BYT). From then on <see cref="ClosedStays"/> holds it.
/// </summary>
public sealed class DischargePatient(FhirSession fhir, Workplace workplace, TimeProvider clock)
    : IFeature
{
    private const string SummaryLoinc = "18842-5";
    private const string Dispositions =
        "http://terminology.hl7.org/CodeSystem/discharge-disposition";

    /// <summary>How a stay can end: home, to another facility, against advice, died.</summary>
    public static IReadOnlyList<(string Code, string Name)> Ways =>
        [
            ("home", T.Of("Ra viện", "Home")),
            ("other-hcf", T.Of("Chuyển cơ sở khác", "To another facility")),
            ("aadvice", T.Of("Xin về, trốn viện", "Left against advice")),
            ("exp", T.Of("Tử vong", "Died")),
        ];

    /// <param name="Way">Of <see cref="Ways"/>.</param>
    /// <param name="Course">The disease and what was done.</param>
    /// <param name="Condition">State at discharge.</param>
    /// <param name="Advice">Drugs to take home, when to come again.</param>
    public sealed record Input(string? Way, string? Course, string? Condition, string? Advice);

    private static readonly (string Loinc, string Title, Func<Input, string?> Text)[] Sections =
    [
        ("8648-8", "Quá trình bệnh lý và điều trị", input => input.Course),
        ("10210-3", "Tình trạng ra viện", input => input.Condition),
        ("18776-5", "Hướng điều trị và lời dặn", input => input.Advice),
    ];

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/stays/{id}/discharge",
                async (
                    DischargePatient feature,
                    string id,
                    Input input,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Run(id, input, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteHealthRecords);

    /// <exception cref="InvalidInput">The way, the course or the main diagnosis is missing, or tests still wait for their results.</exception>
    public async Task Run(string stayId, Input input, CancellationToken cancel = default)
    {
        var stay = await fhir.OpenOne(stayId, cancel);
        var conditions = AddDiagnosis.Current(
            stay,
            await fhir.Search<Condition>($"encounter=Encounter/{stayId}&_count=100", cancel)
        );
        await Check(stay, conditions, input, cancel);
        var now = clock.GetUtcNow().InVietnam();
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        if (
            stay.Bed() is { } lay
            && await fhir.Read<Location>(VnCore.IdOf(lay)!, cancel) is { } bed
        )
        {
            bed.Turn(Hospital.Ward.Cleaning, changes);
        }
        stay.Leave(new FhirDateTime(now));
        stay.Status = Encounter.EncounterStatus.Finished;
        stay.Period!.EndElement = new FhirDateTime(now);
        stay.Hospitalization ??= new Encounter.HospitalizationComponent();
        stay.Hospitalization.DischargeDisposition = new CodeableConcept(Dispositions, input.Way!);
        Archive(
            stay,
            Stay.RetentionOf(
                input.Way == "exp",
                conditions.Select(one => one.IcdCode()).OfType<string>()
            ),
            now.VietnamDay()
        );
        changes.Update(stay, stay.Meta?.VersionId);
        changes.Update(Summary(stay, input, post, now));
        await fhir.Commit(changes, cancel);
    }

    private async Task Check(
        Encounter stay,
        IReadOnlyList<Condition> conditions,
        Input input,
        CancellationToken cancel
    )
    {
        var errors = new List<FieldError>();
        if (!stay.IsStay())
        {
            throw new Conflict(T.Of("Người bệnh không nằm viện.", "The patient is no inpatient."));
        }
        if (Ways.All(way => way.Code != input.Way))
        {
            errors.Add(
                new("way", T.Of("Chọn hình thức ra viện.", "Choose how the patient leaves."))
            );
        }
        if (string.IsNullOrWhiteSpace(input.Course))
        {
            errors.Add(
                new(
                    "course",
                    T.Of(
                        "Ghi quá trình bệnh lý và điều trị.",
                        "Describe the disease and the treatment."
                    )
                )
            );
        }
        if (conditions.Count == 0)
        {
            errors.Add(new("way", T.Of("Chưa có chẩn đoán ra viện.", "The diagnosis is missing.")));
        }
        var waiting = await fhir.Search<ServiceRequest>(
            $"encounter=Encounter/{stay.Id}&status=active&_count=20",
            cancel
        );
        if (waiting.Count > 0)
        {
            errors.Add(
                new(
                    "way",
                    T.Of(
                        $"Còn {waiting.Count} chỉ định chờ kết quả: {string.Join(", ", waiting.Select(order => order.Code?.Text))}. Trả kết quả hoặc hủy trước.",
                        $"{waiting.Count} orders wait for results: {string.Join(", ", waiting.Select(order => order.Code?.Text))}. Finish or cancel them first."
                    )
                )
            );
        }
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }
    }

    private static void Archive(Encounter stay, Stay.Retention kept, DateOnly closed)
    {
        stay.Meta ??= new Meta();
        stay.Meta.Tag.Add(new Coding(VnCore.RetentionClasses, kept.Code, kept.Vietnamese));
        stay.SetExtension(
            VnCore.RetainUntil,
            new Date(closed.AddYears(kept.Years).ToString("yyyy-MM-dd"))
        );
    }

    private static Composition Summary(
        Encounter stay,
        Input input,
        Post post,
        DateTimeOffset now
    ) =>
        new()
        {
            Id = $"{stay.Id}-summary",
            Status = CompositionStatus.Final,
            Type = new CodeableConcept(VnCore.Loinc, SummaryLoinc, "Discharge summary", null),
            Subject = stay.Subject!,
            Encounter = VnCore.Reference(stay),
            DateElement = new FhirDateTime(now),
            Author = [post.Practitioner],
            Custodian = post.Organisation,
            Title = "Tổng kết bệnh án",
            Section =
            [
                .. Sections
                    .Where(section => !string.IsNullOrWhiteSpace(section.Text(input)))
                    .Select(section => new Composition.SectionComponent
                    {
                        Title = section.Title,
                        Code = new CodeableConcept(VnCore.Loinc, section.Loinc),
                        Text = SaveNote.Narrative(section.Text(input)!),
                    }),
            ],
        };
}
