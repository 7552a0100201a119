using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Interop.Registries.Sending;

/// <summary>
/// What a person decides about a snapshot: to let it leave the house, to take that back while it has not left, to send again what was
/// refused or never answered, and to enter the receipt of what was handed over by hand. Each stands in the audit trail.
/// </summary>
public sealed class ApproveSnapshot(
    RegistriesDb db,
    ExportCatalogue catalogue,
    ExportLeases leases,
    ExportFolder folder,
    Destinations destinations,
    IAccess access,
    IAudit audit,
    ICurrentCaller current,
    TimeProvider clock
) : IFeature
{
    /// <param name="Number">The destination's number of the receipt.</param>
    /// <param name="Refused">Why it was refused; null when it was taken.</param>
    public sealed record ReceiptRequest(string? Number, string? Refused = null);

    /// <summary>Approves it, and sends it as soon as the destination answers; also one that was refused or given up, once more.</summary>
    /// <exception cref="Conflict">It is not the newest, is provisional, has open findings or damaged files, or is under way.</exception>
    public Task<Snapshot> Run(
        string export,
        string period,
        int version,
        CancellationToken cancel
    ) =>
        Change(
            export,
            period,
            version,
            "approve",
            async snapshot =>
            {
                if (
                    snapshot.State
                        is not (
                            SnapshotState.Prepared
                            or SnapshotState.Refused
                            or SnapshotState.Approved
                            or SnapshotState.Sent
                        )
                    || snapshot.NextAttemptAt is not null
                )
                {
                    throw new Conflict(
                        T.Of(
                            $"Bản {version} {State(snapshot.State)}; không duyệt được.",
                            $"Version {version} is {snapshot.State}; it cannot be approved."
                        )
                    );
                }
                if (!snapshot.Complete)
                {
                    throw new Conflict(
                        T.Of(
                            "Kỳ báo cáo chưa kết thúc khi lập bản này; hãy chạy lại sau khi hết kỳ.",
                            "The period was not over when this was written; run it again once it is."
                        )
                    );
                }
                if (await OpenFindings(snapshot, cancel) is > 0 and var open)
                {
                    throw new Conflict(
                        T.Of(
                            $"Còn {open} cảnh báo chưa giải trình.",
                            $"{open} findings are not resolved yet."
                        )
                    );
                }
                await CheckFiles(snapshot, cancel);
                if (snapshot.State is SnapshotState.Prepared or SnapshotState.Refused)
                {
                    snapshot.State = SnapshotState.Approved;
                    snapshot.ApprovedAt = clock.GetUtcNow();
                    snapshot.ApprovedById = current.Caller.Id;
                    snapshot.ApprovedBy = current.Caller.Name;
                    snapshot.SettledAt = null;
                }
                if (destinations.SettingOf(export) is not null)
                {
                    // One more round; the attempts so far still count as questions to ask first.
                    snapshot.NextAttemptAt = clock.GetUtcNow();
                }
            },
            cancel
        );

    /// <summary>Takes the approval back while nothing has left the house.</summary>
    /// <exception cref="Conflict">It was tried already, or is not approved.</exception>
    public Task<Snapshot> Withdraw(
        string export,
        string period,
        int version,
        CancellationToken cancel
    ) =>
        Change(
            export,
            period,
            version,
            "withdraw",
            snapshot =>
            {
                if (snapshot.State is not SnapshotState.Approved || snapshot.Attempts > 0)
                {
                    throw new Conflict(
                        T.Of(
                            "Chỉ rút được bản đã duyệt mà chưa gửi lần nào.",
                            "Only what is approved and was never tried can be withdrawn."
                        )
                    );
                }
                snapshot.State = SnapshotState.Prepared;
                snapshot.NextAttemptAt = null;
                snapshot.ApprovedAt = null;
                snapshot.ApprovedById = snapshot.ApprovedBy = null;
                return Task.CompletedTask;
            },
            cancel
        );

    /// <summary>Enters what the destination said to somebody who handed it over by hand.</summary>
    /// <exception cref="InvalidInput">Neither a number nor a reason, or both, or too long.</exception>
    public Task<Snapshot> Receive(
        string export,
        string period,
        int version,
        ReceiptRequest receipt,
        CancellationToken cancel
    )
    {
        var number = receipt.Number?.Trim() is { Length: > 0 } given ? given : null;
        var refused = receipt.Refused?.Trim() is { Length: > 0 } why ? why : null;
        if (number is null == refused is null || number?.Length > 200 || refused?.Length > 2000)
        {
            throw new InvalidInput(
                "number",
                T.Of(
                    "Hãy ghi số biên nhận (tối đa 200 ký tự), hoặc lý do bị từ chối.",
                    "Give the number of the receipt (at most 200 characters), or the reason of the refusal."
                )
            );
        }
        return Change(
            export,
            period,
            version,
            "receipt",
            snapshot =>
            {
                if (snapshot.State is not (SnapshotState.Approved or SnapshotState.Sent))
                {
                    throw new Conflict(
                        T.Of(
                            "Chỉ ghi biên nhận cho bản đã duyệt hoặc đã gửi.",
                            "Only what is approved or sent has a receipt."
                        )
                    );
                }
                snapshot.State = number is null
                    ? SnapshotState.Refused
                    : SnapshotState.Acknowledged;
                snapshot.Receipt = number;
                snapshot.Reason = refused;
                snapshot.SentAt ??= clock.GetUtcNow();
                snapshot.SettledAt = clock.GetUtcNow();
                snapshot.NextAttemptAt = null;
                return Task.CompletedTask;
            },
            cancel
        );
    }

    private async Task<Snapshot> Change(
        string export,
        string period,
        int version,
        string what,
        Func<Snapshot, Task> change,
        CancellationToken cancel
    )
    {
        access.Demand(current.Caller, Permission.RunExports);
        var definition = catalogue.Get(export);
        period = Period.Parse(definition.Period, period).ToString();
        // The lease of the period: no run and no sending changes it meanwhile.
        await using var lease = await leases.Take(export, period, Guid.CreateVersion7(), cancel);
        var versions = await db
            .Snapshots.Where(row => row.Export == export && row.Period == period)
            .ToListAsync(cancel);
        var snapshot =
            versions.SingleOrDefault(row => row.Version == version)
            ?? throw new NotFound($"Version {version} of {export} {period}");
        await change(snapshot);
        snapshot.Revision++;
        await audit.Record(
            current.Caller,
            new(AuditAction.Execute, $"Export/{export}/{period}/v{version}/{what}", []),
            cancel
        );
        await db.SaveChangesAsync(cancel);
        return snapshot;
    }

    private Task<int> OpenFindings(Snapshot snapshot, CancellationToken cancel) =>
        db.Findings.CountAsync(
            finding =>
                finding.Export == snapshot.Export
                && finding.Period == snapshot.Period
                && finding.Version == snapshot.Version
                && finding.ResolvedAt == null,
            cancel
        );

    private async Task CheckFiles(Snapshot snapshot, CancellationToken cancel)
    {
        var files = await db
            .Files.AsNoTracking()
            .Where(file =>
                file.Export == snapshot.Export
                && file.Period == snapshot.Period
                && file.Version == snapshot.Version
            )
            .ToListAsync(cancel);
        foreach (var file in files)
        {
            try
            {
                await folder.Read(file, cancel);
            }
            catch (Exception error) when (error is InvalidDataException or IOException)
            {
                throw new Conflict(
                    T.Of(
                        $"Tệp {file.Path} không còn đúng như lúc lập; hãy chạy lại kỳ này. ({error.Message})",
                        $"The file {file.Path} is not as it was written; run the period again. ({error.Message})"
                    )
                );
            }
        }
    }

    internal static string State(SnapshotState state) =>
        state switch
        {
            SnapshotState.Prepared => T.Of("chờ duyệt", "waiting for approval"),
            SnapshotState.Approved => T.Of("đã duyệt", "approved"),
            SnapshotState.Sent => T.Of("đã gửi, chờ biên nhận", "sent, waiting for its receipt"),
            SnapshotState.Acknowledged => T.Of("đã được tiếp nhận", "acknowledged"),
            SnapshotState.Refused => T.Of("bị từ chối", "refused"),
            _ => T.Of("đã được đính chính", "corrected"),
        };

    public static void Map(IEndpointRouteBuilder routes)
    {
        var versions = routes
            .MapGroup("/api/exports/{name}/versions/{period}/{version:int}")
            .Requires(Permission.RunExports);
        versions.MapPost(
            "/approve",
            async (
                string name,
                string period,
                int version,
                ApproveSnapshot approve,
                CancellationToken cancel
            ) => SnapshotView.Of(await approve.Run(name, period, version, cancel))
        );
        versions.MapPost(
            "/withdraw",
            async (
                string name,
                string period,
                int version,
                ApproveSnapshot approve,
                CancellationToken cancel
            ) => SnapshotView.Of(await approve.Withdraw(name, period, version, cancel))
        );
        versions.MapPost(
            "/receipt",
            async (
                string name,
                string period,
                int version,
                ReceiptRequest receipt,
                ApproveSnapshot approve,
                CancellationToken cancel
            ) => SnapshotView.Of(await approve.Receive(name, period, version, receipt, cancel))
        );
    }
}
