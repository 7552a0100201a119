using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr.Orders;

/// <summary>An order with its result, and the values of the same things before, to see where they go.</summary>
public sealed class ReadOrder(
    FhirSession fhir,
    ReadPatientSummary summary,
    PatientIds ids,
    ICurrentCaller current
) : IFeature
{
    /// <param name="Report">Null while it waits.</param>
    /// <param name="Values">In the order of the test's items.</param>
    /// <param name="Earlier">The value before, by LOINC code.</param>
    /// <param name="Unread">Whether it lies unread before the caller.</param>
    public sealed record Result(
        ServiceRequest Order,
        TestService? Service,
        ReadPatientSummary.Summary Summary,
        DiagnosticReport? Report,
        IReadOnlyList<Observation> Values,
        IReadOnlyDictionary<string, Observation> Earlier,
        bool Unread
    );

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/health/orders/{id}/files/{number:int}",
                async (
                    ReadOrder feature,
                    HttpContext context,
                    string id,
                    int number,
                    CancellationToken cancel
                ) =>
                {
                    var file = await feature.File(id, number, cancel);
                    // What was uploaded is shown and never run.
                    context.Response.Headers.ContentSecurityPolicy = "sandbox; default-src 'none'";
                    context.Response.Headers.XContentTypeOptions = "nosniff";
                    return Results.File(file.Data!, file.ContentType);
                }
            )
            .Requires(Permission.ReadHealthRecords);

    /// <exception cref="NotFound">There is no such order.</exception>
    public async Task<Result> Run(string id, CancellationToken cancel = default)
    {
        var order =
            await fhir.Read<ServiceRequest>(id, cancel) ?? throw new NotFound($"Order {id}");
        var patient = VnCore.IdOf(order.Subject)!;
        var service = order.Service();
        var report = await fhir.Read<DiagnosticReport>(id, cancel);
        var values = report is null
            ? []
            : await fhir.Search<Observation>($"based-on=ServiceRequest/{id}&_count=100", cancel);
        var keys = service?.Items.Select(item => item.Loinc).ToList() ?? [];
        var unread =
            report is not null
            && await fhir.Read<Hl7.Fhir.Model.Task>(id, cancel)
                is { Status: Hl7.Fhir.Model.Task.TaskStatus.Requested } task
            && VnCore.IdOf(task.Owner) == current.Caller.Id;
        return new(
            order,
            service,
            await summary.Run(patient, cancel),
            report,
            [.. values.OrderBy(value => keys.IndexOf(Loinc(value)))],
            await Earlier(order, keys, cancel),
            unread
        );
    }

    /// <exception cref="NotFound">The result has no such file.</exception>
    public async Task<Attachment> File(string id, int number, CancellationToken cancel = default) =>
        (await fhir.Read<DiagnosticReport>(id, cancel))?.PresentedForm.ElementAtOrDefault(number)
            is { Data: not null } file
            ? file
            : throw new NotFound($"File {number} of result {id}");

    internal static string Loinc(Observation observation) =>
        observation.Code?.Coding.FirstOrDefault()?.Code ?? "";

    private async Task<IReadOnlyDictionary<string, Observation>> Earlier(
        ServiceRequest order,
        List<string> codes,
        CancellationToken cancel
    )
    {
        if (codes.Count == 0)
        {
            return new Dictionary<string, Observation>();
        }
        var all = await ids.Run(VnCore.IdOf(order.Subject)!, cancel);
        var found = await fhir.Search<Observation>(
            $"patient={all}&category=laboratory&code={string.Join(',', codes.Select(code => $"{VnCore.Loinc}|{code}"))}&date=lt{VnCore.InQuery(order.Ordered())}&_sort=-date&_count=40",
            cancel
        );
        return found.DistinctBy(Loinc).ToDictionary(Loinc);
    }
}
