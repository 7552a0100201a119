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

namespace Health.Emr.Station.Surveillance;

/// <summary>
/// Cases of communicable diseases that were diagnosed here, with the hours that are left to tell of them (TT 15/2026/TT-BYT: within 24 hours). That a
/// case was told is a FHIR Communication about its Condition, with the number that the surveillance system gave.
/// </summary>
public sealed class NotifyCases(
    FhirSession fhir,
    StationPeople people,
    Workplace workplace,
    TimeProvider clock
) : IFeature
{
    private const int Days = 60;
    private const string Kinds = "http://fhir.ehealth.gov.vn/core/CodeSystem/communication-kind";
    private const string Kind = "case-notification";
    private const string Numbers = "http://fhir.ehealth.gov.vn/core/sid/ecds_case";

    /// <param name="Deadline">Null for those that only the monthly report counts.</param>
    /// <param name="Told">Null until the case was told.</param>
    public sealed record Case(
        string Condition,
        string PatientId,
        string PatientName,
        string Diagnosis,
        NotifiableDisease Disease,
        DateTimeOffset Recorded,
        DateTimeOffset? Deadline,
        DateTimeOffset? Told,
        string? Number
    )
    {
        public bool IsLate(DateTimeOffset now) => (Told ?? now) > Deadline;
    }

    /// <param name="Classification">11545 possible, 11546 suspected, 11547 confirmed by laboratory.</param>
    /// <param name="Number">Of the case in the surveillance system; null while that cannot be reached.</param>
    public sealed record Input(string? Classification, string? Number = null);

    public static void Map(IEndpointRouteBuilder routes)
    {
        var cases = routes
            .MapGroup("/health/station/cases")
            .Requires(Permission.WriteHealthRecords);
        cases.MapGet("", (NotifyCases feature, CancellationToken cancel) => feature.List(cancel));
        cases.MapPost(
            "/{condition}/notification",
            async (NotifyCases feature, string condition, Input input, CancellationToken cancel) =>
            {
                await feature.Run(condition, input, cancel);
                return Results.NoContent();
            }
        );
    }

    /// <summary>Of the last 60 days: those still to be told first, by their deadline.</summary>
    public async Task<IReadOnlyList<Case>> List(CancellationToken cancel = default)
    {
        var diseases = NotifiableDiseases.Current;
        var codes = diseases.Diseases.SelectMany(disease => disease.Codes).Distinct();
        var conditions = new List<Condition>();
        await foreach (
            var condition in people.Scan<Condition>(
                $"encounter:Encounter.service-provider=Organization/{people.Facility}"
                    + $"&code={string.Join(',', codes.Select(code => $"{VnCore.Icd10}|{code}"))}"
                    + $"&recorded-date=ge{clock.Today().AddDays(-Days):yyyy-MM-dd}",
                cancel
            )
        )
        {
            conditions.Add(condition);
        }
        var ids = conditions
            .Select(condition => VnCore.IdOf(condition.Subject))
            .OfType<string>()
            .Distinct()
            .ToList();
        var patients = (await people.Patients(ids, "", cancel)).ToDictionary(patient =>
            patient.Id!
        );
        var told = (
            await people.Of<Communication>(
                ids,
                $"category={Kinds}|{Kind}",
                communication => communication.Subject,
                cancel
            )
        )
            .SelectMany(same => same)
            .ToLookup(communication => VnCore.IdOf(communication.About.FirstOrDefault()) ?? "");
        return
        [
            .. conditions
                .Select(condition => Of(condition, patients, told[condition.Id!].FirstOrDefault()))
                .OfType<Case>()
                .OrderBy(one => one.Told is not null)
                .ThenBy(one => one.Deadline is null)
                .ThenBy(one => one.Deadline)
                .ThenByDescending(one => one.Recorded),
        ];
    }

    /// <exception cref="NotFound">No such case was diagnosed here.</exception>
    /// <exception cref="Conflict">It was told already.</exception>
    public async Task Run(string condition, Input input, CancellationToken cancel = default)
    {
        if (
            input.Classification is null
            || !NotifiableDiseases.Current.Classifications.ContainsKey(input.Classification)
        )
        {
            throw new InvalidInput(
                "classification",
                T.Of("chọn phân loại chẩn đoán.", "choose how sure the diagnosis is.")
            );
        }
        if (input.Number?.Trim().Length > 50)
        {
            throw new InvalidInput(
                "number",
                T.Of("mã ca bệnh tối đa 50 ký tự.", "a case's number has at most 50 characters.")
            );
        }
        var known =
            (await List(cancel)).FirstOrDefault(one => one.Condition == condition)
            ?? throw new NotFound($"Case {condition}");
        if (known.Told is not null)
        {
            throw new Conflict(T.Of("Ca bệnh này đã được báo cáo.", "This case was told already."));
        }
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        var communication = new Communication
        {
            // The condition's own id: told once, whoever presses the button.
            Id = condition,
            Status = EventStatus.Completed,
            Category = [new CodeableConcept(Kinds, Kind, null, "Báo cáo ca bệnh truyền nhiễm")],
            Subject = VnCore.ToPatient(known.PatientId),
            About = [new ResourceReference($"Condition/{condition}")],
            SentElement = new FhirDateTime(clock.GetUtcNow().InVietnam()),
            Sender = post.Organisation,
            Payload =
            [
                new()
                {
                    Content = new FhirString(
                        $"{known.Disease.Id} {known.Disease.Vietnamese}; {input.Classification} {NotifiableDiseases.Current.Classifications[input.Classification]}"
                    ),
                },
            ],
        };
        if (input.Number?.Trim() is { Length: > 0 } number)
        {
            communication.Identifier.Add(new Identifier(Numbers, number));
        }
        changes.Update(communication);
        await fhir.Commit(changes, cancel);
    }

    private static Case? Of(
        Condition condition,
        Dictionary<string, Patient> patients,
        Communication? told
    )
    {
        var id = VnCore.IdOf(condition.Subject) ?? "";
        if (
            NotifiableDiseases.Current.Of(condition.IcdCode()) is not { } disease
            || condition.VerificationStatus?.Coding.Exists(code =>
                code.Code is "entered-in-error" or "refuted"
            ) == true
            || condition.RecordedDateElement?.ToDateTimeOffset(VietnamTime.Offset) is not { } at
        )
        {
            return null;
        }
        return new(
            condition.Id!,
            id,
            patients.GetValueOrDefault(id)?.FullName() ?? "",
            $"{condition.IcdCode()} {condition.Text()}",
            disease,
            at,
            disease.Hours is { } hours ? at.AddHours(hours) : null,
            told?.SentElement?.ToDateTimeOffset(VietnamTime.Offset),
            told?.Identifier.FirstOrDefault()?.Value
        );
    }
}
