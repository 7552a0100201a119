using System.Runtime.CompilerServices;
using Health.Contracts;
using Health.Fhir.Search.Queries;
using SharedKernel.Contracts;

namespace Health.Fhir.Store;

/// <summary>
/// The store as the current caller may use it: each call asks the access table and leaves one audit row naming the Patients
/// touched, before it answers. Raw bytes, for the FHIR interface; <see cref="FhirSession"/> gives typed resources on top. Scoped.
/// </summary>
public sealed class GuardedStore(
    FhirStore store,
    ICurrentCaller current,
    IAccess access,
    IAudit audit,
    IEnumerable<IWriteAdmission>? admissions = null
) : IFhirReader
{
    private const int ScanPage = 500;

    /// <inheritdoc cref="FhirStore.Read"/>
    public async Task<StoredResource?> Read(
        string type,
        string id,
        CancellationToken cancel = default
    )
    {
        var found = await store.Read(type, id, Readable(), cancel);
        await Record(AuditAction.Read, $"{type}/{id}", found, cancel);
        return found;
    }

    /// <inheritdoc cref="FhirStore.ReadVersion"/>
    public async Task<StoredResource?> ReadVersion(
        string type,
        string id,
        int version,
        CancellationToken cancel = default
    )
    {
        var found = await store.ReadVersion(type, id, version, Readable(), cancel);
        await Record(AuditAction.Read, $"{type}/{id}/_history/{version}", found, cancel);
        return found;
    }

    /// <inheritdoc cref="FhirStore.History"/>
    public async Task<HistoryPage> History(
        HistoryRequest request,
        CancellationToken cancel = default
    )
    {
        var page = await store.History(request, Readable(), cancel);
        var what = string.Join(
            '/',
            new[] { request.Type, request.Id, "_history" }.OfType<string>()
        );
        await Record(AuditAction.Read, what, page.Versions, cancel);
        return page;
    }

    /// <inheritdoc cref="FhirStore.Search"/>
    /// <param name="asked">The search as it was asked for, for the audit row: <c>Observation?code=…</c>.</param>
    public async Task<SearchPage> Search(
        SearchRequest request,
        string? page,
        string asked,
        CancellationToken cancel = default
    )
    {
        var found = await store.Search(request, page, Readable(), cancel);
        await Record(AuditAction.Read, asked, [.. found.Matches, .. found.Included], cancel);
        return found;
    }

    /// <summary>
    /// Every match, page after page, each as its stored body. One audit row for the whole; it does not name the Patients, who may
    /// be everybody.
    /// </summary>
    public async IAsyncEnumerable<ReadOnlyMemory<byte>> Scan(
        string type,
        string query,
        [EnumeratorCancellation] CancellationToken cancel = default
    )
    {
        var readable = Readable();
        var request = store.Parse(type, query) with { Count = ScanPage };
        await audit.Record(
            current.Caller,
            new AuditEntry(AuditAction.Read, $"{type}?{query}", [], Detail: "scan" + ForWhat()),
            cancel
        );
        string? page = null;
        do
        {
            var found = await store.Search(request, page, readable, cancel);
            foreach (var match in found.Matches)
            {
                yield return match.Body;
            }
            page = found.Next;
        } while (page is not null);
    }

    /// <inheritdoc cref="FhirStore.RefreshDefinitions"/>
    public Task<bool> RefreshDefinitions(CancellationToken cancel = default) =>
        store.RefreshDefinitions(cancel);

    /// <inheritdoc cref="FhirStore.Parse"/>
    public SearchRequest Parse(string type, string query) => store.Parse(type, query);

    /// <inheritdoc cref="FhirStore.Transact"/>
    public async Task<TransactionResult> Transact(
        Transaction transaction,
        CancellationToken cancel = default
    )
    {
        var writable = Visible.To(current.Caller, Permission.WriteHealthRecords, access);
        var result = await store.Transact(await Admitted(transaction, cancel), writable, cancel);
        var written = result
            .Results.Where(done => done.Resource is not null)
            .Select(done => (done.Outcome, Resource: done.Resource!))
            .ToList();
        if (written.Count > 0)
        {
            await audit.Record(
                current.Caller,
                new AuditEntry(
                    written.Count > 1
                        ? AuditAction.Execute
                        : written[0].Outcome switch
                        {
                            WriteOutcome.Created => AuditAction.Create,
                            WriteOutcome.Updated => AuditAction.Update,
                            WriteOutcome.Deleted => AuditAction.Delete,
                            _ => AuditAction.Read,
                        },
                    written.Count == 1
                        ? written[0].Resource.Reference
                        : $"Bundle: {Counts(written.Select(one => one.Resource.Type))}",
                    await store.PatientsOf(
                        written.Select(one => one.Resource),
                        cancel,
                        written: true
                    )
                ),
                // What is written is written: its row must not be lost because the caller went away.
                CancellationToken.None
            );
        }
        return result;
    }

    private async Task<Transaction> Admitted(Transaction transaction, CancellationToken cancel)
    {
        var writes = transaction.Writes;
        foreach (var admission in admissions ?? [])
        {
            if (!writes.Any(write => admission.Governs(write.Type)))
            {
                continue;
            }
            var admitted = new List<Write>(writes.Count);
            foreach (var write in writes)
            {
                admitted.Add(
                    admission.Governs(write.Type)
                        ? await admission.Admit(write, current.Caller, cancel)
                        : write
                );
            }
            writes = admitted;
        }
        return ReferenceEquals(writes, transaction.Writes)
            ? transaction
            : transaction with
            {
                Writes = writes,
            };
    }

    private Visible Readable() => Visible.To(current.Caller, Permission.ReadHealthRecords, access);

    private Task Record(
        AuditAction action,
        string what,
        StoredResource? found,
        CancellationToken cancel
    ) => Record(action, what, found is null ? [] : [found], cancel);

    private async Task Record(
        AuditAction action,
        string what,
        IReadOnlyCollection<StoredResource> touched,
        CancellationToken cancel
    ) =>
        await audit.Record(
            current.Caller,
            new AuditEntry(
                action,
                what,
                await store.PatientsOf(touched, cancel),
                Detail: ForWhat() is { Length: > 0 } purpose ? purpose.TrimStart() : null
            ),
            cancel
        );

    /// <summary>What it was read for, when the caller said so.</summary>
    private string ForWhat() =>
        current.Caller.Purpose is { } purpose ? $" for {PurposeCodes.Of(purpose).Code}" : "";

    private static string Counts(IEnumerable<string> types) =>
        string.Join(", ", types.CountBy(type => type).Select(type => $"{type.Value} {type.Key}"));
}
