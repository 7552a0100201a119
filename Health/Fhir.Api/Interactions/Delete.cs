using System.Globalization;
using Health.Fhir.Api.Formats;
using Health.Fhir.Store;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Interactions;

/// <summary>
/// Deletes a resource, or those that match a search: one, unless <c>_count</c> allows more. History stays.
/// https://hl7.org/fhir/R4/http.html#delete, https://hl7.org/fhir/R4/http.html#cdelete
/// </summary>
public sealed class Delete(GuardedStore store) : IInteraction<Delete>
{
    public static IReadOnlyList<FhirRoute> Routes { get; } =
    [
        new("delete", "DELETE", "{type}/{id}", Permission.WriteHealthRecords, 'd'),
        new("delete", "DELETE", "{type}", Permission.WriteHealthRecords, 'd'),
    ];

    public async Task<FhirAnswer> Run(FhirRequest request, CancellationToken cancel) =>
        Writes.Answer(request, await store.Commit(WriteOf(request), cancel));

    public static Write WriteOf(FhirRequest request)
    {
        var write = new Write(WriteVerb.Delete, request.Type!)
        {
            IfMatch = FhirRequest.VersionOf(request.IfMatch, "If-Match"),
        };
        if (request.Id is not null)
        {
            request.DemandNoParameters();
            return write with { Id = request.Id };
        }
        return write with
        {
            Condition = Writes.Condition(request, except: "_count"),
            MaxDeletes = Count(request),
        };
    }

    private static int Count(FhirRequest request)
    {
        if (request.First("_count") is not { } text)
        {
            return 1;
        }
        var most = request.Limits.ConditionalDeletes;
        return
            int.TryParse(text, NumberStyles.None, null, out var count)
            && count >= 1
            && count <= most
            ? count
            : throw new FhirRefusal(
                400,
                "value",
                $"_count={text}: give how many may be deleted, from 1 to {most}.",
                "_count"
            );
    }
}
