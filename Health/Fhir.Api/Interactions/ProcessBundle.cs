using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Health.Fhir.Api.Formats;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Interactions;

/// <summary>
/// Carries out a Bundle: a batch entry by entry, a transaction all or nothing; both in the order of the spec.
/// https://hl7.org/fhir/R4/http.html#transaction
/// </summary>
public sealed class ProcessBundle(
    GuardedStore store,
    BundleEntries entries,
    Patch patch,
    ResourceReader reader,
    ICurrentCaller current,
    IAccess access,
    IServiceProvider services,
    IServiceScopeFactory scopes
) : IInteraction<ProcessBundle>
{
    /// <summary>Entries of a batch that run at the same time: they may not depend on each other.</summary>
    private const int AtOnce = 8;

    public static IReadOnlyList<FhirRoute> Routes { get; } =
    [
        // Whoever is signed in may send one; each entry is asked for its own permission and scope.
        new("transaction", "POST", "", null, '-'),
    ];

    public async Task<FhirAnswer> Run(FhirRequest request, CancellationToken cancel)
    {
        request.DemandNoParameters();
        var bundle = BundleReader.Read(request.Body, request.Limits.BundleEntries);
        return bundle.Type switch
        {
            "batch" => await Batch(request, bundle, cancel),
            "transaction" => await Transaction(request, bundle, cancel),
            _ => throw new FhirRefusal(
                400,
                "value",
                $"A bundle sent here is a batch or a transaction, not '{bundle.Type}'. To store it as it is, POST it to /Bundle.",
                "Bundle.type"
            ),
        };
    }

    private async Task<FhirAnswer> Batch(
        FhirRequest request,
        BundleRequest bundle,
        CancellationToken cancel
    )
    {
        var answers = new FhirAnswer[bundle.Entries.Count];
        foreach (var phase in bundle.Entries.GroupBy(Phase).OrderBy(phase => phase.Key))
        {
            await Parallel.ForEachAsync(
                phase,
                new ParallelOptions { MaxDegreeOfParallelism = AtOnce, CancellationToken = cancel },
                async (entry, cancel) => answers[entry.Index] = await Alone(request, entry, cancel)
            );
        }
        return Answer("batch-response", request, answers);
    }

    /// <summary>One entry of a batch, in a scope of its own, whatever becomes of it.</summary>
    private async Task<FhirAnswer> Alone(
        FhirRequest request,
        BundleEntry entry,
        CancellationToken cancel
    )
    {
        try
        {
            await using var scope = scopes.CreateAsyncScope();
            var (asked, routed) = entries.RequestOf(request, entry);
            scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(asked.Caller);
            return Shown(entry, await routed.Of(scope.ServiceProvider).Run(asked, cancel));
        }
        catch (Exception error) when (FhirErrors.RefusalOf(error) is { } refusal)
        {
            return FhirErrors.Answer(refusal);
        }
    }

    private async Task<FhirAnswer> Transaction(
        FhirRequest request,
        BundleRequest bundle,
        CancellationToken cancel
    )
    {
        var asked = entries.RequestsOf(request, bundle);
        var answers = new FhirAnswer[bundle.Entries.Count];
        var writes = new List<(BundleEntry Entry, FhirRequest Request, Write Write)>();
        try
        {
            foreach (var (entry, one, _) in asked.Where(one => !one.Request.Route.IsRead))
            {
                try
                {
                    current.Become(one.Caller);
                    writes.Add((entry, one, await WriteOf(entry, one, cancel)));
                }
                catch (Refusal refusal)
                {
                    throw FhirErrors.RefusalOf(refusal)!.In(entry.Expression);
                }
            }
            DemandOnce(writes);
            // A token that reaches one person in any entry reaches no more in the others.
            current.Become(
                writes
                    .Select(write => write.Request.Caller)
                    .MinBy(caller => access.ReachOf(caller, Permission.WriteHealthRecords))
                    ?? request.Caller
            );
            await Commit([.. writes.OrderBy(write => Phase(write.Entry))], answers, cancel);
        }
        finally
        {
            writes.ForEach(write => write.Write.Resource?.Dispose());
        }
        foreach (var (entry, one, routed) in asked.Where(one => one.Request.Route.IsRead))
        {
            try
            {
                current.Become(one.Caller);
                answers[entry.Index] = Shown(entry, await routed.Of(services).Run(one, cancel));
            }
            catch (Exception error) when (FhirErrors.RefusalOf(error) is { } refusal)
            {
                answers[entry.Index] = FhirErrors.Answer(refusal);
            }
        }
        return Answer("transaction-response", request, answers);
    }

    private async Task Commit(
        List<(BundleEntry Entry, FhirRequest Request, Write Write)> writes,
        FhirAnswer[] answers,
        CancellationToken cancel
    )
    {
        if (writes.Count == 0)
        {
            return;
        }
        try
        {
            var result = await store.Transact(
                new Transaction([.. writes.Select(write => write.Write)]),
                cancel
            );
            foreach (var (write, written) in writes.Zip(result.Results))
            {
                answers[write.Entry.Index] = Writes.Answer(write.Request, written);
            }
        }
        catch (WriteRefused refused)
        {
            throw FhirErrors.RefusalOf(refused)!.In(writes[refused.Write].Entry.Expression);
        }
    }

    private async Task<Write> WriteOf(
        BundleEntry entry,
        FhirRequest request,
        CancellationToken cancel
    )
    {
        var write = request.Route.Code switch
        {
            "create" => Create.WriteOf(request, reader),
            "update" => Update.WriteOf(request, reader),
            "delete" => Delete.WriteOf(request),
            "patch" => await patch.WriteOf(request, cancel),
            var code => throw new FhirRefusal(
                400,
                "not-supported",
                $"{code} cannot be part of a transaction."
            ),
        };
        return write with { FullUrl = entry.FullUrl };
    }

    /// <summary>
    /// "If any resource identities overlap, then the transaction SHALL fail"; those found by a condition the store compares.
    /// </summary>
    private static void DemandOnce(
        IEnumerable<(BundleEntry Entry, FhirRequest Request, Write Write)> writes
    )
    {
        var seen = new Dictionary<(string, string), BundleEntry>();
        var urls = new Dictionary<string, BundleEntry>();
        foreach (var (entry, _, write) in writes)
        {
            if (write is { Id: { } id, Condition: null } && !seen.TryAdd((write.Type, id), entry))
            {
                throw Twice($"{write.Type}/{id}", seen[(write.Type, id)], entry);
            }
            if (entry.FullUrl is { } url && !urls.TryAdd(url, entry))
            {
                throw Twice(url, urls[url], entry);
            }
        }

        static FhirRefusal Twice(string what, BundleEntry first, BundleEntry second) =>
            new(
                400,
                "duplicate",
                $"{what} is in the transaction twice: {first.Expression} and {second.Expression}.",
                second.Expression
            );
    }

    /// <summary>DELETE, POST, PUT and PATCH, then GET and HEAD.</summary>
    private static int Phase(BundleEntry entry) =>
        entry.Method switch
        {
            "DELETE" => 0,
            "POST" => 1,
            "PUT" or "PATCH" => 2,
            _ => 3,
        };

    /// <summary>HEAD is GET without the body.</summary>
    private static FhirAnswer Shown(BundleEntry entry, FhirAnswer answer) =>
        entry.Method == "HEAD" && answer.Status < 400 ? answer with { Body = null } : answer;

    /// <summary>The answers as the entries of a Bundle of this type, in order.</summary>
    public static FhirAnswer Answer(string type, FhirRequest request, FhirAnswer[] answers) =>
        new(
            200,
            target =>
            {
                using var bundle = new BundleWriter(target, type, request.Subset);
                bundle.Links(("self", request.BaseUrl));
                foreach (var answer in answers)
                {
                    WriteEntry(bundle, request, answer);
                }
            }
        )
        {
            IsSubset = true,
        };

    private static void WriteEntry(BundleWriter bundle, FhirRequest request, FhirAnswer answer)
    {
        var isError = answer.Status >= 400;
        bundle.StartEntry(null);
        var json = bundle.Json;
        if (answer.Body is not null && !isError)
        {
            WriteBody(
                json,
                "resource",
                answer.Body,
                answer.IsSubset ? Subset.Whole : request.Subset
            );
        }
        json.WriteStartObject("response");
        json.WriteString(
            "status",
            $"{answer.Status} {Microsoft.AspNetCore.WebUtilities.ReasonPhrases.GetReasonPhrase(answer.Status)}"
        );
        if (answer.Location is { } location)
        {
            json.WriteString("location", location);
        }
        if (answer.Version is { } version)
        {
            json.WriteString("etag", $"W/\"{version}\"");
        }
        if (answer.LastModified is { } modified)
        {
            json.WriteString(
                "lastModified",
                modified.UtcDateTime.ToString(
                    "yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
                    CultureInfo.InvariantCulture
                )
            );
        }
        if (answer.Body is not null && isError)
        {
            WriteBody(json, "outcome", answer.Body, Subset.Whole);
        }
        else if (answer.Notes.Count > 0)
        {
            json.WritePropertyName("outcome");
            OperationOutcomes.Write(json, answer.Notes);
        }
        json.WriteEndObject();
        bundle.EndEntry();
    }

    private static void WriteBody(
        Utf8JsonWriter json,
        string name,
        Action<IBufferWriter<byte>> write,
        Subset subset
    )
    {
        var body = new ArrayBufferWriter<byte>();
        write(body);
        if (!subset.IsWhole)
        {
            var part = new ArrayBufferWriter<byte>(body.WrittenCount);
            subset.Copy(body.WrittenSpan, part);
            body = part;
        }
        json.WritePropertyName(name);
        json.WriteRawValue(body.WrittenSpan, skipInputValidation: true);
    }
}
