using System.Globalization;
using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Interactions;
using Health.Fhir.Search.Queries;
using Health.Fhir.Search.Reading;
using Health.Fhir.Search.Values;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Operations.Measures;

/// <summary>
/// Counts the populations of a Measure over a period, for one patient or for all that the caller may see.
/// https://hl7.org/fhir/R4/measure-operation-evaluate-measure.html
/// </summary>
public sealed class EvaluateMeasure(
    GuardedStore store,
    SearchParser parser,
    ResourceReader reader,
    ICurrentCaller current,
    TimeProvider clock
) : IOperation<EvaluateMeasure>
{
    public static Operation Definition { get; } =
        new("evaluate-measure", Levels.Type | Levels.Instance, Permission.ReadHealthRecords, 'r')
        {
            Description =
                "Counts the populations of a Measure whose criteria are text/fhirpath on the Patient or application/x-fhir-query.",
            Standard = "http://hl7.org/fhir/OperationDefinition/Measure-evaluate-measure",
            Types = ["Measure"],
            In =
            [
                new("periodStart", "date", 1),
                new("periodEnd", "date", 1),
                new("measure", "string")
                {
                    Documentation = "Id or canonical url, when the address does not name it.",
                },
                new("reportType", "code")
                {
                    Documentation = "subject, subject-list or population.",
                },
                new("subject", "string") { Documentation = "Such as Patient/123." },
            ],
            Out = [new("return", "MeasureReport", 1)],
        };

    public async Task<FhirAnswer> Run(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    )
    {
        var (start, end) = (arguments.Text("periodStart")!, arguments.Text("periodEnd")!);
        if (
            FhirDate.TryParse(start, out var from)
            && FhirDate.TryParse(end, out var to)
            && from.Range.Low > to.Range.High
        )
        {
            throw new FhirRefusal(
                400,
                "value",
                $"periodStart={start} is after periodEnd={end}.",
                "periodStart"
            );
        }
        var subject = SubjectOf(arguments);
        var type = TypeOf(arguments, subject);
        var measure = await Find(request, arguments, cancel);
        var data = new MeasureData(store, parser, reader, current, request, cancel)
        {
            Start = start,
            End = end,
        };
        var groups = await data.Evaluate(measure, subject);
        var report = new MeasureReport
        {
            Status = MeasureReport.MeasureReportStatus.Complete,
            Type = type,
            Measure = measure.Url ?? $"{request.BaseUrl}/Measure/{measure.Id}",
            Subject = subject is null ? null : new ResourceReference("Patient/" + subject),
            Date = clock
                .GetUtcNow()
                .ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture),
            Period = new Period { Start = start, End = end },
        };
        foreach (var group in groups)
        {
            group.AddTo(report);
        }
        return FhirAnswer.Of(report);
    }

    private static string? SubjectOf(Arguments arguments) =>
        arguments.Text("subject") switch
        {
            null => null,
            var text when text.Split('/') is ["Patient", { Length: > 0 } id] => id,
            var other => throw new FhirRefusal(
                400,
                "not-supported",
                $"subject={other}: a measure is evaluated for one patient, such as Patient/123, or for all.",
                "subject"
            ),
        };

    private static MeasureReport.MeasureReportType TypeOf(Arguments arguments, string? subject)
    {
        var type = arguments.Text("reportType") ?? (subject is null ? "population" : "subject");
        return (type, subject) switch
        {
            ("subject" or "individual", not null) => MeasureReport.MeasureReportType.Individual,
            ("subject-list", _) => MeasureReport.MeasureReportType.SubjectList,
            ("population" or "summary", _) => MeasureReport.MeasureReportType.Summary,
            ("subject" or "individual", null) => throw new FhirRefusal(
                400,
                "required",
                $"reportType={type} needs a subject.",
                "subject"
            ),
            _ => throw new FhirRefusal(
                400,
                "value",
                $"reportType={type} is not known: subject, subject-list or population.",
                "reportType"
            ),
        };
    }

    private async Task<Measure> Find(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    )
    {
        var named =
            request.Id
            ?? arguments.Text("measure")
            ?? throw new FhirRefusal(400, "required", "Say which measure: measure=….", "measure");
        if (request.Id is not null || !named.Contains(':', StringComparison.Ordinal))
        {
            var id = named.StartsWith("Measure/", StringComparison.Ordinal)
                ? named["Measure/".Length..]
                : named;
            return (Measure)FhirJson.Parse((await store.Demand("Measure", id, cancel)).Body);
        }
        var (url, version) = named.Split('|', 2) is [var before, var after]
            ? (before, after)
            : (named, null);
        List<KeyValuePair<string, string>> query = [new("url", url), new("_sort", "-_lastUpdated")];
        if (version is not null)
        {
            query.Add(new("version", version));
        }
        var found = await store.Search(
            parser.Parse("Measure", query, SearchHandling.Strict, [request.BaseUrl + "/"]),
            null,
            $"Measure?url={named}",
            cancel
        );
        return found.Matches is [var newest, ..]
            ? (Measure)FhirJson.Parse(newest.Body)
            : throw new FhirRefusal(404, "not-found", $"No Measure {named} is known.", "measure");
    }
}
