using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Interactions;
using Health.Fhir.Search.Queries;
using Health.Fhir.Search.Reading;
using Health.Fhir.Search.Values;
using Health.Fhir.Store;

namespace Health.Fhir.Api.Operations.Everything;

/// <summary>
/// The whole record around one resource: its compartment, page by page, and on each page what its resources refer to outside of it.
/// </summary>
internal sealed class CompartmentRecord(
    GuardedStore store,
    SearchParser parser,
    ResourceReader reader,
    StoreOptions options
)
{
    public static IReadOnlyList<OperationParameter> Parameters { get; } =
    [
        new("_since", "instant") { Documentation = "Only what was stored or changed since." },
        new("_type", "code", 0, "*") { Documentation = "Only these resource types." },
        new("_count", "positiveInt") { Documentation = "Resources on a page." },
        new(Paging.Parameter, "string") { Documentation = "Of the link to the next page; opaque." },
    ];

    public static OperationParameter Out { get; } = new("return", "Bundle", 1);

    private static readonly Include Referenced = new(false, false, null, null, null);

    /// <param name="period">Only care given in it; null for all.</param>
    public async Task<FhirAnswer> Answer(
        FhirRequest request,
        Arguments arguments,
        DateRange? period,
        CancellationToken cancel
    )
    {
        await store.Demand(request.Type!, request.Id!, cancel);
        var wanted = Wanted(request, arguments);
        if (wanted is { Count: 0 })
        {
            return Bundle(request, arguments, [], [], null);
        }
        var since = arguments.Instant("_since");
        var search = Search(request, wanted, arguments.Text("_since"));
        var count = Math.Min(arguments.Number("_count") ?? options.PageSize, options.PageSize);
        var dates = new CareDates(reader);
        var page = arguments.Text(Paging.Parameter);
        while (true)
        {
            var found = await store.Search(
                search with
                {
                    Count = count,
                },
                page,
                request.Path,
                cancel
            );
            var matches = found
                .Matches.Where(match => period is not { } range || dates.Touches(match, range))
                .ToList();
            // A page all of whose resources lie outside the period is not worth a round trip of the client's.
            if (matches.Count > 0 || found.Next is null)
            {
                var included = found.Included.Where(one =>
                    (wanted?.Contains(one.Type) ?? true) && !(one.LastUpdated < since)
                );
                if (period is not null)
                {
                    var referred = matches.SelectMany(References).ToHashSet();
                    included = included.Where(one => referred.Contains(one.Reference));
                }
                return Bundle(request, arguments, matches, included, found.Next);
            }
            page = found.Next;
        }
    }

    private List<string> References(StoredResource match)
    {
        using var resource = reader.Read(match.Body);
        return
        [
            .. resource.Links.Select(link =>
                link.Text.Split("/_history/")[0].Split('/') is [.., var type, var id]
                    ? $"{type}/{id}"
                    : link.Text
            ),
        ];
    }

    /// <summary>Null for all types.</summary>
    private static HashSet<string>? Wanted(FhirRequest request, Arguments arguments)
    {
        var asked = arguments.List("_type");
        foreach (var type in asked.Where(type => !ResourceTypes.IsKnown(type)))
        {
            throw new FhirRefusal(400, "value", ResourceTypes.Unknown(type), "_type");
        }
        if (asked.Count == 0 && ResourceTypes.All.All(request.May))
        {
            return null;
        }
        return [.. (asked.Count == 0 ? ResourceTypes.All : asked).Where(request.May)];
    }

    private SearchRequest Search(FhirRequest request, HashSet<string>? wanted, string? since)
    {
        var query = new List<KeyValuePair<string, string>>();
        if (wanted is not null)
        {
            query.Add(new("_type", string.Join(',', wanted)));
        }
        if (since is not null)
        {
            query.Add(new("_lastUpdated", "ge" + since));
        }
        var search = parser.Parse(null, query, SearchHandling.Strict, [request.BaseUrl + "/"]);
        return search with
        {
            Clauses = [parser.Compartment(request.Type!, request.Id!, null), .. search.Clauses],
            Includes = [Referenced],
        };
    }

    private static FhirAnswer Bundle(
        FhirRequest request,
        Arguments arguments,
        IReadOnlyList<StoredResource> matches,
        IEnumerable<StoredResource> included,
        string? next
    ) =>
        new(
            200,
            target =>
            {
                using var bundle = new BundleWriter(target, "searchset", request.Subset);
                string[] names = ["start", "end", "_since", "_type", "_count"];
                bundle.Links(
                    Paging.Links(
                        request,
                        names.SelectMany(name =>
                            arguments
                                .Texts(name)
                                .Select(text => new KeyValuePair<string, string>(name, text))
                        ),
                        next
                    )
                );
                bundle.Found(request, matches, included);
            }
        )
        {
            IsSubset = true,
        };
}
