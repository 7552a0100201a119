using Health.Emr.Encounters;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Orders;

/// <summary>
/// Orders laboratory tests and imaging in an open visit: one ServiceRequest a test (https://hl7.org/fhir/R4/servicerequest.html), performed by the
/// facility. What waits for its result is not ordered twice.
/// </summary>
public sealed class OrderTests(FhirSession fhir, Workplace workplace, TimeProvider clock) : IFeature
{
    /// <param name="Codes">Of <see cref="TestCatalogue"/>.</param>
    /// <param name="Question">What the doctor wants to know, such as the suspected disease.</param>
    public sealed record Input(
        IReadOnlyList<string>? Codes,
        bool Urgent = false,
        string? Question = null
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/health/encounters/{id}/orders",
                async (OrderTests feature, string id, Input input, CancellationToken cancel) =>
                    Results.Ok(new { ids = await feature.Run(id, input, cancel) })
            )
            .Requires(Permission.WriteHealthRecords);
        routes
            .MapDelete(
                "/health/orders/{id}",
                async (OrderTests feature, string id, CancellationToken cancel) =>
                {
                    await feature.Cancel(id, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteHealthRecords);
        routes
            .MapGet(
                "/health/tests",
                (HttpContext context) =>
                {
                    context.Response.Headers.CacheControl = "private, max-age=300";
                    return Results.Ok(
                        TestCatalogue.All.Select(service => new
                        {
                            service.Code,
                            service.Name,
                            Kind = service.Kind is TestKind.Lab
                                ? T.Of("Xét nghiệm", "Laboratory")
                                : T.Of("CĐHA, thăm dò", "Imaging"),
                            Plain = $"{service.Code} {service.Vietnamese} {service.English} {service.Words}".WithoutDiacritics(),
                        })
                    );
                }
            )
            .Requires(Permission.ReadHealthRecords);
    }

    /// <returns>Ids of the orders.</returns>
    /// <exception cref="InvalidInput">Nothing was chosen, a code is not on the list, or the test waits for its result already.</exception>
    public async Task<IReadOnlyList<string>> Run(
        string encounterId,
        Input input,
        CancellationToken cancel = default
    )
    {
        if (input.Codes is not { Count: > 0 } codes)
        {
            throw new InvalidInput(
                "test",
                T.Of("Chọn ít nhất một xét nghiệm.", "Choose at least one test.")
            );
        }
        var encounter = await fhir.OpenOne(encounterId, cancel);
        var there = await fhir.Search<ServiceRequest>(
            $"encounter=Encounter/{encounterId}&status=active&_count=100",
            cancel
        );
        var services = codes.Select(code => ToOrder(code, there)).Distinct().ToList();
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        var orders = services.Select(service => Order(service, encounter, post, input)).ToList();
        orders.ForEach(order => changes.Update(order));
        await fhir.Commit(changes, cancel);
        return [.. orders.Select(order => order.Id!)];
    }

    /// <exception cref="Conflict">Its result is in already.</exception>
    public async Task Cancel(string orderId, CancellationToken cancel = default)
    {
        var order =
            await fhir.Read<ServiceRequest>(orderId, cancel)
            ?? throw new NotFound($"Order {orderId}");
        if (order.Status is not RequestStatus.Active)
        {
            throw new Conflict(
                T.Of(
                    "Chỉ định này đã có kết quả hoặc đã hủy.",
                    "This order has its result or was cancelled."
                )
            );
        }
        order.Status = RequestStatus.Revoked;
        var changes = new FhirChanges();
        changes.Update(order, order.Meta?.VersionId);
        await fhir.Commit(changes, cancel);
    }

    private static TestService ToOrder(string code, IReadOnlyList<ServiceRequest> there)
    {
        var service =
            TestCatalogue.Find(code)
            ?? throw new InvalidInput(
                "test",
                T.Of($"Không có xét nghiệm “{code}”.", $"There is no test “{code}”.")
            );
        return there.Any(order => order.Service() == service)
            ? throw new InvalidInput(
                "test",
                T.Of(
                    $"{service.Name} đã chỉ định, đang chờ kết quả.",
                    $"{service.Name} is ordered and waits for its result."
                )
            )
            : service;
    }

    private ServiceRequest Order(
        TestService service,
        Encounter encounter,
        Post post,
        Input input
    ) =>
        new()
        {
            Id = Guid.CreateVersion7().ToString(),
            Status = RequestStatus.Active,
            Intent = RequestIntent.Order,
            Priority = input.Urgent ? RequestPriority.Urgent : RequestPriority.Routine,
            Category =
            [
                service.Kind is TestKind.Lab
                    ? new CodeableConcept(
                        OrderResource.Snomed,
                        OrderResource.Laboratory,
                        "Laboratory procedure",
                        null
                    )
                    : new CodeableConcept(
                        OrderResource.Snomed,
                        OrderResource.Imaging,
                        "Imaging",
                        null
                    ),
            ],
            Code = new CodeableConcept
            {
                Coding =
                [
                    new Coding(VnCore.TestCodes, service.Code, service.Vietnamese),
                    new Coding(VnCore.Loinc, service.Loinc, service.English),
                ],
                Text = service.Vietnamese,
            },
            Subject = encounter.Subject!,
            Encounter = VnCore.Reference(encounter),
            AuthoredOnElement = new FhirDateTime(clock.GetUtcNow().InVietnam()),
            Requester = post.Practitioner,
            Performer = [post.Organisation],
            ReasonReference =
            [
                .. encounter.Diagnosis.Select(one => one.Condition).OfType<ResourceReference>(),
            ],
            Note = string.IsNullOrWhiteSpace(input.Question)
                ? []
                : [new Annotation { Text = input.Question.Trim() }],
        };
}
