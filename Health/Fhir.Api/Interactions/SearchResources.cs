using System.Buffers;
using System.Text.Json;
using Health.Fhir.Api.Formats;
using Health.Fhir.Search.Queries;
using Health.Fhir.Store;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Interactions;

/// <summary>
/// Finds resources of a type, in a compartment, or in the whole system.
/// https://hl7.org/fhir/R4/http.html#search, https://hl7.org/fhir/R4/search.html, https://hl7.org/fhir/R4/compartmentdefinition.html
/// </summary>
public sealed class SearchResources(GuardedStore store, SearchParser parser)
    : IInteraction<SearchResources>
{
    public static IReadOnlyList<FhirRoute> Routes { get; } =
    [
        Of("search-type", "GET", "{type}"),
        Of("search-type", "POST", "{type}/_search"),
        Of("search-type", "GET", "{type}/{id}/{within}"),
        Of("search-type", "POST", "{type}/{id}/{within}/_search"),
        Of("search-system", "GET", ""),
        Of("search-system", "POST", "_search"),
    ];

    public static IReadOnlyList<string> Compartments { get; } =
    ["Device", "Encounter", "Patient", "Practitioner", "RelatedPerson"];

    public async Task<FhirAnswer> Run(FhirRequest request, CancellationToken cancel)
    {
        var search = await Understood(request, cancel);
        var page = await store.Search(
            search,
            request.First(Paging.Parameter),
            Asked(request, search),
            cancel
        );
        return new FhirAnswer(200, target => Write(target, request, search, page))
        {
            IsSubset = true,
        };
    }

    /// <summary>What is unknown here may have been defined, or finished, on another host; what is known, changed or withdrawn.</summary>
    private async Task<SearchRequest> Understood(FhirRequest request, CancellationToken cancel)
    {
        if (MayAskForDefined(request))
        {
            await store.RefreshDefinitions(cancel);
        }
        try
        {
            var search = Parse(request);
            return search.Ignored.Count > 0 && await store.RefreshDefinitions(cancel)
                ? Parse(request)
                : search;
        }
        catch (InvalidSearch) when (parser.Model.IsExtensible)
        {
            if (!await store.RefreshDefinitions(cancel))
            {
                throw;
            }
            return Parse(request);
        }
    }

    /// <summary>Names the code of a stored SearchParameter anywhere: as a parameter, in a chain, in <c>_sort</c> or <c>_filter</c>.</summary>
    private bool MayAskForDefined(FhirRequest request) =>
        parser.Model.Custom.Any(defined =>
            request.Parameters.Any(parameter =>
                parameter.Key.Contains(defined.Code, StringComparison.Ordinal)
                || (
                    parameter.Key.StartsWith('_')
                    && parameter.Value.Contains(defined.Code, StringComparison.Ordinal)
                )
            )
        );

    private SearchRequest Parse(FhirRequest request)
    {
        var search = Understand(request);
        return search.Includes.Count == 0 || request.Subset.Summary is not Summary.Text
            ? search
            : throw new FhirRefusal(
                400,
                "not-supported",
                "_summary=text does not go with _include and _revinclude (https://hl7.org/fhir/R4/search.html#summary).",
                "_summary"
            );
    }

    private SearchRequest Understand(FhirRequest request)
    {
        var query = request
            .Parameters.Where(parameter => parameter.Key != Paging.Parameter)
            .Concat(request.Shape);
        var handling = request.Prefer.Lenient ? SearchHandling.Lenient : SearchHandling.Strict;
        string[] bases = [request.BaseUrl + "/"];
        if (request.Within is null)
        {
            return parser.Parse(request.Type, query, handling, bases);
        }
        var within = request.Within == "*" ? null : request.Within;
        if (within is not null)
        {
            ResourceTypes.Demand(within);
        }
        if (!Compartments.Contains(request.Type))
        {
            throw new FhirRefusal(
                404,
                "not-supported",
                $"{request.Type} is no compartment; those are {string.Join(", ", Compartments)}."
            );
        }
        var search = parser.Parse(within, query, handling, bases);
        var clause = parser.Compartment(request.Type!, request.Id!, within);
        return search with { Clauses = [clause, .. search.Clauses] };
    }

    /// <summary>As it goes into the audit trail.</summary>
    private static string Asked(FhirRequest request, SearchRequest search) =>
        $"{request.Path}?{string.Join('&', search.Applied.Select(parameter => $"{parameter.Key}={parameter.Value}"))}";

    private static void Write(
        IBufferWriter<byte> target,
        FhirRequest request,
        SearchRequest search,
        SearchPage page
    )
    {
        using var bundle = new BundleWriter(target, "searchset", request.Subset);
        if (page.Total is { } total)
        {
            bundle.Total(total);
        }
        bundle.Links(
            Paging.Links(
                request,
                search.Applied.Where(parameter => !request.Shape.Contains(parameter)),
                page.Next
            )
        );
        bundle.Found(request, page.Matches, page.Included);
        if (search.Ignored.Count > 0)
        {
            bundle.StartEntry(null);
            bundle.Json.WritePropertyName("resource"u8);
            OperationOutcomes.Write(
                bundle.Json,
                [
                    .. search.Ignored.Select(ignored =>
                        Issue.Warning(
                            "not-supported",
                            $"{ignored.Name}={ignored.Value} was left out: {ignored.Reason}",
                            ignored.Name
                        )
                    ),
                ]
            );
            bundle.SearchMode("outcome"u8);
            bundle.EndEntry();
        }
    }

    private static FhirRoute Of(string code, string method, string pattern) =>
        new(code, method, pattern, Permission.ReadHealthRecords, 's');
}
