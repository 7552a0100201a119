using Health.Fhir.Api.Formats;
using Health.Fhir.Search.Queries;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Interactions;

/// <summary>
/// Changes parts of a resource, by JSON Patch or FHIRPath Patch; the resource named by its id or by a search that has one match.
/// https://hl7.org/fhir/R4/http.html#patch, https://hl7.org/fhir/R4/fhirpatch.html
/// </summary>
public sealed class Patch(GuardedStore store, ResourceReader reader, SearchParser parser)
    : IInteraction<Patch>
{
    public static IReadOnlyList<FhirRoute> Routes { get; } =
    [
        new("patch", "PATCH", "{type}/{id}", Permission.WriteHealthRecords, 'u'),
        new("patch", "PATCH", "{type}", Permission.WriteHealthRecords, 'u'),
    ];

    public async Task<FhirAnswer> Run(FhirRequest request, CancellationToken cancel) =>
        Writes.Answer(
            request,
            await store.CommitAgain(() => WriteOf(request, cancel), request, cancel)
        );

    /// <summary>The patched resource as an update of the version it was made from.</summary>
    public async Task<Write> WriteOf(FhirRequest request, CancellationToken cancel)
    {
        var stored = await Find(request, cancel);
        var expected = FhirRequest.VersionOf(request.IfMatch, "If-Match");
        if (expected is { } version && version != stored.Version)
        {
            throw new PreconditionFailed(
                $"{stored.Reference} is at version {stored.Version}, not {version}."
            );
        }
        var patched = request.IsJsonPatch
            ? JsonPatch.Apply(stored.Body, request.Body)
            : FhirPathPatch.Apply(stored.Body, request.Body);
        var resource = Writes.Demand(patched, stored.Type, reader);
        if (resource.Id != stored.Id)
        {
            resource.Dispose();
            throw new FhirRefusal(
                422,
                "business-rule",
                "A patch cannot change the id.",
                $"{stored.Type}.id"
            );
        }
        return new Write(WriteVerb.Update, stored.Type)
        {
            Id = stored.Id,
            Resource = resource,
            IfMatch = stored.Version,
        };
    }

    private async Task<StoredResource> Find(FhirRequest request, CancellationToken cancel)
    {
        if (request.Id is { } id)
        {
            request.DemandNoParameters();
            return await store.Demand(request.Type!, id, cancel);
        }
        // Empty conditions are refused before anything is searched.
        var condition = Writes.Condition(request);
        var search = parser.Parse(
            request.Type,
            request.Parameters,
            SearchHandling.Strict,
            [request.BaseUrl + "/"]
        );
        var page = await store.Search(
            search with
            {
                Count = 2,
            },
            null,
            $"{request.Type}?{condition}",
            cancel
        );
        return page.Matches switch
        {
            [] => throw new FhirRefusal(
                404,
                "not-found",
                $"No {request.Type} matches {request.Type}?{condition}."
            ),
            [var only] => only,
            _ => throw new FhirRefusal(
                412,
                "multiple-matches",
                $"More than one {request.Type} matches; a patch is for one."
            ),
        };
    }
}
