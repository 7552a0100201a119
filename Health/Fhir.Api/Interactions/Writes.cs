using System.Text.RegularExpressions;
using Health.Fhir.Api.Formats;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store;

namespace Health.Fhir.Api.Interactions;

/// <summary>What create, update, patch and delete have in common: conditions, and the answer to a write.</summary>
public static partial class Writes
{
    /// <summary>
    /// Status, headers and body after a write (https://hl7.org/fhir/R4/http.html#ops: the Prefer header chooses the body).
    /// </summary>
    public static FhirAnswer Answer(FhirRequest request, Written written)
    {
        var stored = written.Resource;
        if (written.Outcome is WriteOutcome.Deleted or WriteOutcome.NothingToDelete)
        {
            var said =
                written.Outcome is WriteOutcome.Deleted
                    ? $"{written.Count} deleted."
                    : "There was nothing to delete.";
            var deletion =
                request.Prefer.Return is Return.OperationOutcome
                    ? FhirAnswer.Outcome(200, Issue.Information(said))
                    : new FhirAnswer(204);
            return written.Count == 1 && stored is not null
                ? deletion with
                {
                    Version = stored.Version,
                    LastModified = stored.LastUpdated,
                }
                : deletion;
        }
        var status = written.Outcome is WriteOutcome.Created ? 201 : 200;
        var answer = request.Prefer.Return switch
        {
            Return.Minimal => new FhirAnswer(status),
            Return.OperationOutcome => FhirAnswer.Outcome(
                status,
                [
                    Issue.Information(
                        $"{stored!.Reference} is stored as version {stored.Version}."
                    ),
                    .. request.Mended,
                ]
            ),
            _ => FhirAnswer.Of(stored!, status),
        };
        return answer with
        {
            Version = stored!.Version,
            LastModified = stored.LastUpdated,
            Location = $"{stored.Reference}/_history/{stored.Version}",
            Notes = [.. request.Mended],
        };
    }

    /// <summary>Reads and checks the body once; the store takes it as it is read. The caller's to dispose.</summary>
    /// <exception cref="FhirRefusal">400: what is wrong with it, each with its element.</exception>
    /// <param name="mended">Gets what a lenient reader mended.</param>
    public static IndexedResource Demand(
        ReadOnlyMemory<byte> body,
        string type,
        ResourceReader reader,
        List<Issue>? mended = null
    )
    {
        if (body.IsEmpty)
        {
            throw new FhirRefusal(400, "required", "The body is empty: a resource is expected.");
        }
        var resource = reader.Read(body);
        IReadOnlyList<Issue> issues = resource switch
        {
            { IsValid: false } =>
            [
                .. resource
                    .Issues.Where(issue => issue.IsError)
                    .Select(issue => Issue.Error(issue.Code, issue.Text, issue.Expression)),
            ],
            _ when resource.ResourceType != type =>
            [
                Issue.Error(
                    "invalid",
                    $"The body is a {resource.ResourceType}, but the address is for {type}.",
                    "resourceType"
                ),
            ],
            _ => [],
        };
        if (issues.Count > 0)
        {
            resource.Dispose();
            throw new FhirRefusal(400, issues);
        }
        mended?.AddRange(
            resource.Issues.Select(issue => Issue.Warning(issue.Code, issue.Text, issue.Expression))
        );
        return resource;
    }

    /// <summary>How often a change is made again on what another writer has just stored.</summary>
    private const int Attempts = 5;

    /// <summary>The current version of what must be there.</summary>
    /// <exception cref="FhirRefusal">404: not known, or not to this caller; 410: deleted.</exception>
    public static async Task<StoredResource> Demand(
        this GuardedStore store,
        string type,
        string id,
        CancellationToken cancel
    ) =>
        await store.Read(type, id, cancel) switch
        {
            null => throw new FhirRefusal(404, "not-found", $"{type}/{id} is not known."),
            { Deleted: true } => throw new FhirRefusal(410, "deleted", $"{type}/{id} was deleted."),
            var stored => stored,
        };

    /// <summary>
    /// A change made from the current version: made again when somebody wrote in between, unless the client said with If-Match which
    /// version it means.
    /// </summary>
    public static async Task<Written> CommitAgain(
        this GuardedStore store,
        Func<Task<Write>> make,
        FhirRequest request,
        CancellationToken cancel
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            var write = await make();
            try
            {
                return await store.Commit(write, cancel);
            }
            catch (WriteRefused refused)
                when (refused.Reason is PreconditionFailed
                    && request.IfMatch is null
                    && attempt < Attempts
                ) { }
        }
    }

    /// <summary>One write alone.</summary>
    public static async Task<Written> Commit(
        this GuardedStore store,
        Write write,
        CancellationToken cancel
    )
    {
        using var resource = write.Resource;
        var result = await store.Transact(new Transaction([write]), cancel);
        return result.Results[0];
    }

    /// <summary>The search of a conditional write from the parameters of its address.</summary>
    /// <exception cref="FhirRefusal">412: without a condition it would mean every resource of the type.</exception>
    public static string Condition(FhirRequest request, string? except = null)
    {
        var condition = string.Join(
            '&',
            request
                .Parameters.Where(parameter => parameter.Key != except)
                .Select(parameter =>
                    Uri.EscapeDataString(parameter.Key)
                    + "="
                    + Uri.EscapeDataString(parameter.Value)
                )
        );
        return condition.Length > 0
            ? condition
            : throw new FhirRefusal(
                412,
                "required",
                $"Name the resource ({request.Type}/id), or say which is meant by a search ({request.Type}?identifier=…)."
            );
    }

    /// <summary>If-None-Exist as a search without its type; it may come as <c>Patient?identifier=1</c>, <c>?identifier=1</c> or bare.</summary>
    public static string? Condition(string? header, string type, string where)
    {
        if (header is not { Length: > 0 })
        {
            return header is null
                ? null
                : throw new FhirRefusal(400, "value", "The condition is empty.", where);
        }
        var mark = header.IndexOf('?');
        if (mark > 0 && header[..mark] != type && !header[..mark].Contains('='))
        {
            throw new FhirRefusal(
                400,
                "value",
                $"The condition is on {header[..mark]}, but what is created is a {type}.",
                where
            );
        }
        return mark >= 0 && !header[..mark].Contains('=') ? header[(mark + 1)..] : header;
    }

    /// <exception cref="FhirRefusal">400: not an id (https://hl7.org/fhir/R4/datatypes.html#id).</exception>
    public static void DemandId(string id)
    {
        if (!Id().IsMatch(id))
        {
            throw new FhirRefusal(
                400,
                "value",
                "An id has 1 to 64 characters of A–Z, a–z, 0–9, '-' and '.'.",
                "Resource.id"
            );
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9\-.]{1,64}\z")]
    private static partial Regex Id();
}
