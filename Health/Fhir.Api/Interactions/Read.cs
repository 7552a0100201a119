using System.Buffers;
using System.Globalization;
using Health.Fhir.Api.Formats;
using Health.Fhir.Store;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Interactions;

/// <summary>
/// Gives the current version of a resource, or one earlier version.
/// https://hl7.org/fhir/R4/http.html#read, https://hl7.org/fhir/R4/http.html#vread, https://hl7.org/fhir/R4/http.html#cread
/// </summary>
public sealed class Read(GuardedStore store, PackagedResources packaged) : IInteraction<Read>
{
    public static IReadOnlyList<FhirRoute> Routes { get; } =
    [
        new("read", "GET", "{type}/{id}", Permission.ReadHealthRecords, 'r'),
        new("vread", "GET", "{type}/{id}/_history/{version}", Permission.ReadHealthRecords, 'r'),
    ];

    public async Task<FhirAnswer> Run(FhirRequest request, CancellationToken cancel)
    {
        request.DemandNoParameters();
        var (type, id) = (request.Type!, request.Id!);
        var stored = request.Version switch
        {
            null => await store.Read(type, id, cancel),
            var text when int.TryParse(text, NumberStyles.None, null, out var version) =>
                await store.ReadVersion(type, id, version, cancel),
            _ => null,
        };
        return stored switch
        {
            null
                when request.Version is null
                    && packaged.Find(type, id, request.BaseUrl) is { } body => new FhirAnswer(
                200,
                target => target.Write(body)
            )
            {
                Length = body.Length,
            },
            null => FhirAnswer.Outcome(
                404,
                Issue.Error(
                    "not-found",
                    request.Version is { } version
                        ? $"{type}/{id} has no version {version}."
                        : $"{type}/{id} is not known."
                )
            ),
            { Deleted: true } => FhirAnswer.Outcome(
                410,
                Issue.Error(
                    "deleted",
                    $"{type}/{id} was deleted at {stored.LastUpdated:O}; earlier versions are in its _history."
                )
            ) with
            {
                Version = stored.Version,
                LastModified = stored.LastUpdated,
            },
            _ when IsUnchanged(stored, request) => new FhirAnswer(304)
            {
                Version = stored.Version,
                LastModified = stored.LastUpdated,
            },
            _ => FhirAnswer.Of(stored),
        };
    }

    /// <summary>An ETag decides over a date, which knows whole seconds only.</summary>
    private static bool IsUnchanged(StoredResource stored, FhirRequest request)
    {
        if (request.IfNoneMatch is { Length: > 0 } tags)
        {
            return tags.Trim() == "*"
                || tags.Split(',')
                    .Any(tag =>
                        tag.Trim() is var text
                        && text.TrimStart('W', '/').Trim('"')
                            == stored.Version.ToString(CultureInfo.InvariantCulture)
                    );
        }
        return request.IfModifiedSince is { } since
            && stored.LastUpdated.ToUnixTimeSeconds() <= since.ToUnixTimeSeconds();
    }
}
