using System.Text.Json;
using Health.Fhir.Api.Formats;
using Health.Fhir.Search.Queries;
using Health.Fhir.Store;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Operations.Observations;

/// <summary>
/// The last observations of each kind for one patient: searched as usual, then grouped by code, of each group the newest.
/// https://hl7.org/fhir/R4/observation-operation-lastn.html
/// </summary>
public sealed class LastObservations(GuardedStore store, SearchParser parser)
    : IOperation<LastObservations>
{
    /// <summary>Looked at in one call; about a lifetime of one patient's.</summary>
    private const int Most = 50_000;

    public static Operation Definition { get; } =
        new("lastn", Levels.Type, Permission.ReadHealthRecords, 's')
        {
            Description =
                "The last observations of each code for one patient; takes the search parameters of Observation, subject or patient among them.",
            Standard = "http://hl7.org/fhir/OperationDefinition/Observation-lastn",
            Types = ["Observation"],
            TakesSearch = true,
            In =
            [
                new("max", "positiveInt")
                {
                    Documentation = "How many of each group; 1 when not said.",
                },
            ],
            Out = [new("return", "Bundle", 1)],
        };

    public async Task<FhirAnswer> Run(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    )
    {
        var query = arguments
            .Search.Where(parameter => parameter.Key is not ("_count" or "_sort"))
            .ToList();
        if (!query.Exists(parameter => parameter.Key.Split(':', '.')[0] is "patient" or "subject"))
        {
            throw new FhirRefusal(
                400,
                "required",
                "$lastn is for one patient: give patient=… or subject=….",
                "patient"
            );
        }
        var search = parser.Parse(
            "Observation",
            query.Append(new("_sort", "-date")),
            request.Prefer.Lenient ? SearchHandling.Lenient : SearchHandling.Strict,
            [request.BaseUrl + "/"]
        );
        var asked =
            $"Observation/$lastn?{string.Join('&', query.Select(one => one.Key + "=" + one.Value))}";
        var all = new List<StoredResource>();
        await foreach (var one in store.All(search with { Includes = [] }, asked, Most, cancel))
        {
            all.Add(one);
        }
        var newest = Newest(all, arguments.Number("max") ?? 1);
        return new FhirAnswer(
            200,
            target =>
            {
                using var bundle = new BundleWriter(target, "searchset", request.Subset);
                bundle.Total(newest.Count);
                bundle.Links(
                    Paging.Links(
                        request,
                        arguments
                            .Texts("max")
                            .Select(max => new KeyValuePair<string, string>("max", max))
                            .Concat(query),
                        null
                    )
                );
                bundle.Found(request, newest, []);
            }
        )
        {
            IsSubset = true,
        };
    }

    /// <param name="all">Newest first.</param>
    private static List<StoredResource> Newest(List<StoredResource> all, int max)
    {
        var groups = new CodeGroups();
        var codes = all.Select(groups.Add).ToList();
        var taken = new Dictionary<int, int>();
        return
        [
            .. all.Zip(codes)
                .Where(one =>
                {
                    var group = groups.Of(one.Second);
                    var count = taken[group] = taken.GetValueOrDefault(group) + 1;
                    return count <= max;
                })
                .Select(one => (one.First, Group: groups.Of(one.Second)))
                .GroupBy(one => one.Group)
                .SelectMany(group => group.Select(one => one.First)),
        ];
    }

    /// <summary>Codes that stand together in one observation mean the same, and so do those that stand with them elsewhere.</summary>
    private sealed class CodeGroups
    {
        private readonly List<int> leads = [];
        private readonly Dictionary<string, int> known = [];

        /// <summary>Number of the observation's code, to be asked for its group when all are added.</summary>
        public int Add(StoredResource observation)
        {
            using var body = JsonDocument.Parse(observation.Body);
            var code = body.RootElement.GetProperty("code");
            var first = -1;
            foreach (var name in NamesOf(code))
            {
                if (!known.TryGetValue(name, out var number))
                {
                    known[name] = number = leads.Count;
                    leads.Add(number);
                }
                if (first >= 0)
                {
                    leads[Of(number)] = Of(first);
                }
                first = number;
            }
            return first;
        }

        public int Of(int number)
        {
            while (leads[number] != number)
            {
                number = leads[number] = leads[leads[number]];
            }
            return number;
        }

        private static List<string> NamesOf(JsonElement code)
        {
            var names = new List<string>();
            if (code.TryGetProperty("coding", out var codings))
            {
                foreach (var coding in codings.EnumerateArray())
                {
                    if (coding.TryGetProperty("code", out var value))
                    {
                        var system = coding.TryGetProperty("system", out var url)
                            ? url.GetString()
                            : "";
                        names.Add($"{system}|{value.GetString()}");
                    }
                }
            }
            if (names.Count == 0)
            {
                names.Add(code.TryGetProperty("text", out var text) ? text.GetString()! : "");
            }
            return names;
        }
    }
}
