using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Health.Emr.Orders;

/// <summary>What waits to be done at the caller's facility: urgent orders first, then the oldest.</summary>
public sealed class ListOrders(FhirSession fhir, ICurrentCaller current) : IFeature
{
    public const int PageSize = 40;

    public sealed record Row(
        string Id,
        string Name,
        bool Urgent,
        DateTimeOffset Ordered,
        string? Requester,
        string Patient,
        PartialDate? Birth,
        Sex Sex
    );

    /// <param name="More">Whether more wait than are shown.</param>
    public sealed record Result(IReadOnlyList<Row> Rows, bool More);

    /// <param name="kind">Laboratory or imaging.</param>
    public async Task<Result> Run(TestKind kind, CancellationToken cancel = default)
    {
        if (current.Caller.Organisation is not { } facility)
        {
            return new([], false);
        }
        var category = kind is TestKind.Lab ? OrderResource.Laboratory : OrderResource.Imaging;
        var query =
            $"performer=Organization/{facility}&status=active&intent=order&category={OrderResource.Snomed}|{category}&_include=ServiceRequest:patient&_sort=authored&_count={PageSize + 1}";
        // What was ordered urgently must not stand behind a page of routine.
        var urgent = await fhir.SearchAll(
            "ServiceRequest",
            $"{query}&priority=urgent,asap,stat",
            cancel
        );
        var rest = await fhir.SearchAll("ServiceRequest", $"{query}&priority=routine", cancel);
        var patients = urgent
            .Concat(rest)
            .OfType<Patient>()
            .DistinctBy(patient => patient.Id)
            .ToDictionary(patient => patient.Id!);
        var orders = urgent.Concat(rest).OfType<ServiceRequest>().ToList();
        return new(
            [.. orders.Take(PageSize).Select(order => Of(order, patients))],
            orders.Count > PageSize
        );
    }

    private static Row Of(ServiceRequest order, Dictionary<string, Patient> patients)
    {
        var patient = patients.GetValueOrDefault(VnCore.IdOf(order.Subject) ?? "");
        return new(
            order.Id!,
            order.Name(),
            order.IsUrgent(),
            order.Ordered(),
            order.Requester?.Display,
            patient?.FullName() ?? order.Subject?.Display ?? "",
            patient?.Birth(),
            patient?.Sex() ?? Sex.Unknown
        );
    }
}
