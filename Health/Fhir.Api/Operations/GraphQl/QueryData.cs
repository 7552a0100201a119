using System.Text.Json;
using Health.Fhir.Api.Formats;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Queries;
using Health.Fhir.Store;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Operations.GraphQl;

/// <summary>
/// What a query reads and searches, as the caller may: each type under the scopes for it. Counted, and each resource read once.
/// </summary>
internal sealed class QueryData(
    GuardedStore store,
    SearchParser parser,
    ICurrentCaller current,
    FhirRequest request,
    CancellationToken cancel
)
{
    /// <summary>Reads and searches that one query may cause.</summary>
    private const int Most = 500;

    private readonly Dictionary<(string, string), JsonElement?> read = [];
    private int asked;

    /// <summary>Null when it is not known, was deleted, or may not be seen.</summary>
    public async Task<JsonElement?> Read(string type, string id)
    {
        if (read.TryGetValue((type, id), out var known))
        {
            return known;
        }
        Become(type, 'r');
        var stored = await store.Read(type, id, cancel);
        var resource = stored is { Deleted: false } ? Parse(stored) : (JsonElement?)null;
        read[(type, id)] = resource;
        return resource;
    }

    public async Task<(IReadOnlyList<JsonElement> Resources, SearchPage Page, int Count)> Search(
        string type,
        IEnumerable<KeyValuePair<string, string>> arguments,
        string? cursor
    )
    {
        Become(type, 's');
        var query = arguments
            .Select(argument => new KeyValuePair<string, string>(
                NameOf(type, argument.Key),
                argument.Value
            ))
            .ToList();
        var search = parser.Parse(type, query, SearchHandling.Strict, [request.BaseUrl + "/"]);
        var page = await store.Search(
            search,
            cursor,
            $"$graphql {type}?{string.Join('&', query.Select(one => $"{one.Key}={one.Value}"))}",
            cancel
        );
        List<JsonElement> resources = [];
        foreach (var match in page.Matches)
        {
            var resource = Parse(match);
            read[(match.Type, match.Id)] = resource;
            resources.Add(resource);
        }
        return (resources, page, search.Count ?? resources.Count);
    }

    /// <summary>A local reference, such as <c>Patient/12</c>; null when it is none.</summary>
    public (string Type, string Id)? ReferenceOf(string text)
    {
        var local = text.StartsWith(request.BaseUrl + "/", StringComparison.Ordinal)
            ? text[(request.BaseUrl.Length + 1)..]
            : text;
        return local.Split('/') is [var type, var id, ..] && ResourceTypes.IsKnown(type)
            ? (type, id)
            : null;
    }

    /// <summary>GraphQL's names have no hyphen: <c>general_practitioner</c> is <c>general-practitioner</c>.</summary>
    private static string NameOf(string type, string argument) =>
        argument[0] == '_' || FhirModel.R4.Find(type, argument) is not null
            ? argument
            : argument.Replace('_', '-');

    private void Become(string type, char letter)
    {
        if (++asked > Most)
        {
            throw new FhirRefusal(
                422,
                "too-costly",
                $"The query would cause more than {Most} reads and searches: ask for less at once.",
                "query"
            );
        }
        current.Become(
            SmartScopes.Narrow(request.SignedIn, Permission.ReadHealthRecords, letter, type)
        );
    }

    private static JsonElement Parse(StoredResource stored)
    {
        using var document = JsonDocument.Parse(
            stored.Body,
            new JsonDocumentOptions { MaxDepth = Limits.NestingDepth * 2 }
        );
        return document.RootElement.Clone();
    }
}
