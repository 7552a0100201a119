using Health.Emr.Patients;
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
/// The results that lie unread before whoever ordered them, critical ones first, and the word that one was seen: its Task
/// completed (https://hl7.org/fhir/R4/task.html).
/// </summary>
public sealed class SeeResult(FhirSession fhir, ICurrentCaller current, TimeProvider clock)
    : IFeature
{
    public const int PageSize = 40;

    public sealed record Row(
        string OrderId,
        string Name,
        string Patient,
        DateTimeOffset At,
        bool Critical
    );

    /// <param name="More">Whether more lie there than are shown.</param>
    public sealed record Unread(IReadOnlyList<Row> Rows, bool More);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/health/results/unread",
                (SeeResult feature, CancellationToken cancel) => feature.List(cancel)
            )
            .Requires(Permission.ReadHealthRecords);
        routes
            .MapPost(
                "/health/orders/{id}/seen",
                async (SeeResult feature, string id, CancellationToken cancel) =>
                {
                    await feature.Run(id, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteHealthRecords);
    }

    public async Task<Unread> List(CancellationToken cancel = default)
    {
        var found = await fhir.SearchAll(
            "Task",
            $"owner=Practitioner/{current.Caller.Id}&status=requested&_sort=authored-on&_include=Task:patient&_count={PageSize + 1}",
            cancel
        );
        var patients = found.OfType<Patient>().ToDictionary(patient => patient.Id!);
        var tasks = found
            .OfType<Hl7.Fhir.Model.Task>()
            .Where(task =>
                task.Focus?.Reference?.StartsWith("DiagnosticReport/", StringComparison.Ordinal)
                == true
            )
            .ToList();
        return new(
            [
                .. tasks
                    .Take(PageSize)
                    .Select(task => new Row(
                        task.Id!,
                        task.Focus!.Display ?? "",
                        patients.GetValueOrDefault(VnCore.IdOf(task.For) ?? "")?.FullName() ?? "",
                        task.AuthoredOnElement?.ToDateTimeOffset(VietnamTime.Offset) ?? default,
                        task.Priority is RequestPriority.Urgent
                    ))
                    .OrderByDescending(row => row.Critical)
                    .ThenBy(row => row.At),
            ],
            tasks.Count > PageSize
        );
    }

    /// <exception cref="Refusal">It is for the one who ordered to see it.</exception>
    public async Task Run(string orderId, CancellationToken cancel = default)
    {
        var task =
            await fhir.Read<Hl7.Fhir.Model.Task>(orderId, cancel)
            ?? throw new NotFound($"Result of {orderId}");
        if (VnCore.IdOf(task.Owner) != current.Caller.Id)
        {
            throw new Conflict(
                T.Of(
                    "Kết quả này chờ bác sĩ đã chỉ định xem.",
                    "This result waits for the doctor who ordered it."
                )
            );
        }
        if (task.Status is not Hl7.Fhir.Model.Task.TaskStatus.Requested)
        {
            return;
        }
        task.Status = Hl7.Fhir.Model.Task.TaskStatus.Completed;
        task.LastModifiedElement = new FhirDateTime(clock.GetUtcNow().InVietnam());
        var changes = new FhirChanges();
        changes.Update(task, task.Meta?.VersionId);
        await fhir.Commit(changes, cancel);
    }
}
