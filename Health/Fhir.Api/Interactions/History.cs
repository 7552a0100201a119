using System.Globalization;
using Health.Fhir.Api.Formats;
using Health.Fhir.Search.Values;
using Health.Fhir.Store;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Interactions;

/// <summary>
/// The versions of one resource, of a type or of everything, newest first.
/// https://hl7.org/fhir/R4/http.html#history
/// </summary>
public sealed class History(GuardedStore store, StoreOptions options) : IInteraction<History>
{
    public static IReadOnlyList<FhirRoute> Routes { get; } =
    [
        new("history-instance", "GET", "{type}/{id}/_history", Permission.ReadHealthRecords, 'r'),
        new("history-type", "GET", "{type}/_history", Permission.ReadHealthRecords, 's'),
        new("history-system", "GET", "_history", Permission.ReadHealthRecords, 's'),
    ];

    private static readonly string[] Allowed =
    [
        "_since",
        "_at",
        "_count",
        "_sort",
        Paging.Parameter,
    ];

    public async Task<FhirAnswer> Run(FhirRequest request, CancellationToken cancel)
    {
        request.DemandOnly(Allowed);
        var at = Period(request, "_at");
        var asked = new HistoryRequest(
            request.Type,
            request.Id,
            Instant(request, "_since"),
            at?.From,
            Paging.Count(request, options),
            request.First(Paging.Parameter),
            at?.To,
            IsAscending(request)
        );
        var page = await store.History(asked, cancel);
        if (
            page.Versions.Count == 0
            && request.Id is not null
            && await store.Read(request.Type!, request.Id, cancel) is null
        )
        {
            throw new FhirRefusal(404, "not-found", $"{request.Type}/{request.Id} is not known.");
        }
        return new FhirAnswer(
            200,
            target =>
            {
                using var bundle = new BundleWriter(target, "history", request.Subset);
                bundle.Links(Paging.Links(request, request.Parameters, page.Next));
                foreach (var version in page.Versions)
                {
                    bundle.StartEntry($"{request.BaseUrl}/{version.Reference}");
                    if (!version.Deleted)
                    {
                        bundle.Resource(version);
                    }
                    WriteEvent(bundle.Json, version);
                    bundle.EndEntry();
                }
            }
        )
        {
            IsSubset = true,
        };
    }

    private static void WriteEvent(System.Text.Json.Utf8JsonWriter json, StoredResource version)
    {
        // A create under the client's id was a PUT in truth; a version 1 that says POST on the type is what replays rightly.
        var (method, url, status) = version.StoredAs switch
        {
            StoredAs.Created => ("POST", version.Type, "201 Created"),
            StoredAs.Updated => (
                "PUT",
                version.Reference,
                version.Version == 1 ? "201 Created" : "200 OK"
            ),
            _ => ("DELETE", version.Reference, "204 No Content"),
        };
        json.WriteStartObject("request");
        json.WriteString("method", method);
        json.WriteString("url", url);
        json.WriteEndObject();
        json.WriteStartObject("response");
        json.WriteString("status", status);
        json.WriteString("etag", $"W/\"{version.Version}\"");
        json.WriteString("lastModified", version.LastUpdated.UtcDateTime);
        json.WriteEndObject();
    }

    /// <summary>Newest first unless asked otherwise.</summary>
    private static bool IsAscending(FhirRequest request) =>
        request.First("_sort") switch
        {
            null or "-_lastUpdated" or "none" => false,
            "_lastUpdated" => true,
            var other => throw new FhirRefusal(
                400,
                "value",
                $"_sort={other}: a history is sorted by -_lastUpdated or _lastUpdated.",
                "_sort"
            ),
        };

    /// <summary>"Includes all versions that were current at some point during the time period specified": 2024-05 is the month.</summary>
    private static (DateTimeOffset From, DateTimeOffset To)? Period(
        FhirRequest request,
        string name
    )
    {
        if (request.First(name) is not { } text)
        {
            return null;
        }
        return FhirDate.TryParse(text.Replace(' ', '+'), out var date)
            ? (
                new DateTimeOffset(date.Range.Low, TimeSpan.Zero),
                new DateTimeOffset(date.Range.High, TimeSpan.Zero)
            )
            : throw new FhirRefusal(
                400,
                "value",
                $"{name}={text} is not a date or time, such as 2026, 2026-01-31 or 2026-01-31T08:00:00+07:00 (+ as %2B).",
                name
            );
    }

    private static DateTimeOffset? Instant(FhirRequest request, string name)
    {
        if (request.First(name) is not { } text)
        {
            return null;
        }
        // An unescaped + in a query means a space: 2026-01-01T00:00:00 07:00.
        var instant = text.Replace(' ', '+');
        return
            instant.Contains('T', StringComparison.Ordinal)
            && DateTimeOffset.TryParse(
                instant,
                CultureInfo.InvariantCulture,
                DateTimeStyles.AssumeUniversal,
                out var time
            )
            && (
                instant[^1] == 'Z'
                || instant.LastIndexOfAny(['+', '-'])
                    > instant.IndexOf('T', StringComparison.Ordinal)
            )
            ? time.ToUniversalTime()
            : throw new FhirRefusal(
                400,
                "value",
                $"{name}={text} is not an instant: write date, time and zone, such as 2026-01-31T08:00:00+07:00 (+ as %2B).",
                name
            );
    }
}
