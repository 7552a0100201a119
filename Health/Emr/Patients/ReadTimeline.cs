using Health.Emr.Encounters;
using Health.Emr.Hospital;
using Health.Emr.Papers;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Patients;

/// <summary>
/// All that happened to a person, newest first, one page at a time: visits with their diagnoses, papers and prescriptions, results,
/// immunisations, procedures. A page goes on from the time of the last line, so an old record costs no more than a new one.
/// </summary>
public sealed class ReadTimeline(FhirSession fhir, PatientIds ids, ReadPatientSummary summary)
    : IFeature
{
    public const int PageSize = 25;

    /// <param name="Kind">Name of a kind in <see cref="Kinds"/>.</param>
    /// <param name="Address">Its page; null when it has none.</param>
    public sealed record Line(
        DateTimeOffset At,
        string Kind,
        string Title,
        string? Detail,
        string? By,
        string? Address
    );

    /// <param name="Next">From where the next page goes on; null on the last.</param>
    public sealed record Result(
        ReadPatientSummary.Summary Summary,
        IReadOnlyList<Line> Lines,
        DateTimeOffset? Next
    );

    private sealed record Source(
        string Kind,
        string Vietnamese,
        string English,
        string Type,
        string DateParameter,
        string More,
        Func<Resource, Line?> Line
    );

    private static readonly IReadOnlyList<Source> Sources =
    [
        new("visit", "Khám, điều trị", "Visits", "Encounter", "date", "", Visit),
        new("document", "Đơn và giấy tờ", "Papers", "DocumentReference", "date", "", Document),
        new("result", "Kết quả", "Results", "DiagnosticReport", "date", "", Report),
        new("immunization", "Tiêm chủng", "Immunisations", "Immunization", "date", "", Injection),
        new("procedure", "Thủ thuật, phẫu thuật", "Procedures", "Procedure", "date", "", Done),
    ];

    public static IEnumerable<(string Kind, string Name)> Kinds =>
        Sources.Select(source => (source.Kind, T.Of(source.Vietnamese, source.English)));

    /// <param name="before">Only what lies before this moment; null from the newest on.</param>
    /// <param name="kind">Only one kind; null for all.</param>
    /// <exception cref="NotFound">There is no such patient.</exception>
    public async Task<Result> Run(
        string id,
        DateTimeOffset? before = null,
        string? kind = null,
        CancellationToken cancel = default
    )
    {
        var read = await summary.Run(id, cancel);
        var all = await ids.Run(id, cancel);
        var lines = new List<Line>();
        foreach (var source in Sources.Where(source => kind is null || source.Kind == kind))
        {
            var until = before is { } moment
                ? $"&{source.DateParameter}=lt{VnCore.InQuery(moment)}"
                : "";
            var found = await fhir.SearchAll(
                source.Type,
                $"patient={all}{until}&_sort=-{source.DateParameter}&_count={PageSize + 1}{source.More}",
                cancel
            );
            lines.AddRange(found.Select(source.Line).OfType<Line>());
        }
        var shown = lines.OrderByDescending(line => line.At).Take(PageSize).ToList();
        return new(read, shown, lines.Count > PageSize ? shown[^1].At : null);
    }

    private static Line? Visit(Resource resource)
    {
        var encounter = (Encounter)resource;
        var diagnoses = encounter
            .Diagnosis.OrderBy(one => one.Rank)
            .Select(one => one.Condition?.Display)
            .OfType<string>();
        return new(
            encounter.Started(),
            "visit",
            encounter.IsStay()
                ? T.Of("Điều trị nội trú", "Hospital stay")
                : encounter.Reason() ?? T.Of("Lượt khám", "Visit"),
            string.Join("; ", diagnoses),
            Joined(encounter.Doctor(), encounter.ServiceProvider?.Display),
            encounter.IsStay() ? $"/stays/{encounter.Id}" : $"/encounters/{encounter.Id}"
        );
    }

    private static Line? Document(Resource resource)
    {
        var document = (DocumentReference)resource;
        if (document.DocStatus is CompositionStatus.Preliminary || document.Date is not { } at)
        {
            return null;
        }
        return new(
            at,
            "document",
            document.Type?.Text
                ?? document.Type?.Coding.FirstOrDefault()?.Display
                ?? T.Of("Giấy tờ", "Document"),
            document.Description,
            Joined(document.Author.FirstOrDefault()?.Display, document.Custodian?.Display),
            document.Type?.Coding.Exists(code => code.Code == "57833-6") == true
                    ? $"/prescriptions/{document.Id}"
                : PaperDocument.IsCode(document.Id!) ? $"/papers/{document.Id}"
                : null
        );
    }

    private static Line? Report(Resource resource)
    {
        var report = (DiagnosticReport)resource;
        return new(
            ReadPatientSummary.When(report.Effective) is { Year: > 1 } effective
                ? effective
                : report.Issued ?? default,
            "result",
            report.Code?.Text ?? report.Code?.Coding.FirstOrDefault()?.Display ?? "",
            report.Conclusion,
            report.Performer.FirstOrDefault()?.Display,
            report.BasedOn.Count > 0 ? $"/orders/{VnCore.IdOf(report.BasedOn[0])}" : null
        );
    }

    private static Line? Injection(Resource resource)
    {
        var injection = (Immunization)resource;
        return new(
            ReadPatientSummary.When(injection.Occurrence),
            "immunization",
            injection.VaccineCode?.Text
                ?? injection.VaccineCode?.Coding.FirstOrDefault()?.Display
                ?? "",
            injection.ProtocolApplied.FirstOrDefault()?.DoseNumber?.ToString(),
            injection.Performer.FirstOrDefault()?.Actor?.Display,
            null
        );
    }

    private static Line? Done(Resource resource)
    {
        var procedure = (Procedure)resource;
        var at = procedure.Performed switch
        {
            Period period => period.StartElement?.ToDateTimeOffset(VietnamTime.Offset),
            FhirDateTime moment => moment.ToDateTimeOffset(VietnamTime.Offset),
            _ => null,
        };
        return at is not { } known
            ? null
            : new(
                known,
                "procedure",
                procedure.Code?.Text ?? procedure.Code?.Coding.FirstOrDefault()?.Display ?? "",
                procedure.Note.FirstOrDefault()?.Text,
                procedure.Performer.FirstOrDefault()?.Actor?.Display,
                null
            );
    }

    private static string? Joined(params string?[] parts) =>
        string.Join(" · ", parts.Where(part => !string.IsNullOrEmpty(part)));
}
