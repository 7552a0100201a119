using Health.Fhir.Api.Formats;
using Health.Fhir.Search.Queries;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store;
using Hl7.Fhir.FhirPath;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Operations.Measures;

/// <summary>
/// Who meets the criteria of a Measure, as sets of patients: a query gives its set at once, a FHIRPath is asked of each patient in one
/// pass over all of them. Each type is read under the scopes for it.
/// </summary>
internal sealed class MeasureData(
    GuardedStore store,
    SearchParser parser,
    ResourceReader reader,
    ICurrentCaller current,
    FhirRequest request,
    CancellationToken cancel
)
{
    private const int MostPatients = 200_000;
    private const int MostMatches = 500_000;
    private const string Query = "application/x-fhir-query";
    private const string Path = "text/fhirpath";

    public required string Start { get; init; }
    public required string End { get; init; }

    /// <exception cref="FhirRefusal">422: a criterion in another language, or one that cannot be carried out.</exception>
    public async Task<IReadOnlyList<GroupResult>> Evaluate(Measure measure, string? subject)
    {
        var groups = measure.Group.Select((group, at) => new GroupResult(group, at)).ToList();
        var asked = groups.SelectMany(group => group.Criteria).ToList();
        foreach (var criterion in asked.Where(one => one.Language == Query))
        {
            await AskQuery(criterion, subject);
        }
        // Those of a FHIRPath; and where no query says who there is, everybody.
        if (asked.Exists(one => one.Language == Path))
        {
            await AskPatients([.. asked.Where(one => one.Language == Path)], subject);
        }
        if (asked.Find(one => one.Language is not (Query or Path)) is { } other)
        {
            throw new FhirRefusal(
                422,
                "not-supported",
                $"{other.At} is in '{other.Language}'; {Path} and {Query} are carried out.",
                other.At
            );
        }
        return groups;
    }

    private async Task AskPatients(List<Criterion> criteria, string? subject)
    {
        Become("Patient");
        List<KeyValuePair<string, string>> query = subject is null ? [] : [new("_id", subject)];
        var search = parser.Parse("Patient", query, SearchHandling.Strict, Bases);
        await foreach (
            var stored in store.All(
                search,
                "Measure/$evaluate-measure: Patient",
                MostPatients,
                cancel
            )
        )
        {
            var patient = FhirJson.Parse(stored.Body);
            foreach (var criterion in criteria)
            {
                criterion.Values[stored.Id] = ValueOf(patient, criterion);
            }
        }
    }

    private string? ValueOf(Resource patient, Criterion criterion)
    {
        var path = criterion
            .Expression.Replace("%periodStart", "@" + Start, StringComparison.Ordinal)
            .Replace("%periodEnd", "@" + End, StringComparison.Ordinal);
        try
        {
            var found = patient.Select(path).OfType<Base>().ToList();
            return found switch
            {
                [] => null,
                [PrimitiveType { JsonValue: bool flag }] => flag ? "true" : null,
                [PrimitiveType { JsonValue: { } value }, ..] => Convert.ToString(
                    value,
                    System.Globalization.CultureInfo.InvariantCulture
                ),
                [Coding coding, ..] => coding.Code,
                [CodeableConcept concept, ..] => concept.Text
                    ?? concept.Coding.FirstOrDefault()?.Code,
                _ => "true",
            };
        }
        catch (Exception wrong)
            when (wrong is FormatException or InvalidOperationException or ArgumentException)
        {
            throw Impossible(criterion, wrong.Message);
        }
    }

    private async Task AskQuery(Criterion criterion, string? subject)
    {
        var text = criterion
            .Expression.Replace("{{%periodStart}}", Start, StringComparison.Ordinal)
            .Replace("{{%periodEnd}}", End, StringComparison.Ordinal);
        var (type, parameters) = text.TrimStart('/').Split('?', 2) switch
        {
            [var before, var after] => (before, FhirHttp.Decode(after)),
            var whole => (whole[0], []),
        };
        if (!ResourceTypes.IsKnown(type))
        {
            throw Impossible(criterion, ResourceTypes.Unknown(type));
        }
        Become(type);
        SearchRequest search;
        try
        {
            search = parser.Parse(type, parameters, SearchHandling.Strict, Bases);
            if (subject is not null)
            {
                search = search with
                {
                    Clauses = [parser.Compartment("Patient", subject, type), .. search.Clauses],
                };
            }
        }
        catch (InvalidSearch wrong)
        {
            throw Impossible(criterion, wrong.Message);
        }
        await foreach (
            var match in store.All(
                search with
                {
                    Includes = [],
                },
                $"Measure/$evaluate-measure: {text}",
                MostMatches,
                cancel
            )
        )
        {
            using var resource = reader.Read(match.Body);
            foreach (var patient in resource.PatientCompartments)
            {
                if (subject is null || patient == subject)
                {
                    criterion.Values[patient] = "true";
                }
            }
        }
    }

    private string[] Bases => [request.BaseUrl + "/"];

    private void Become(string type) =>
        current.Become(
            SmartScopes.Narrow(request.SignedIn, Permission.ReadHealthRecords, 's', type)
        );

    private static FhirRefusal Impossible(Criterion criterion, string why) =>
        new(
            422,
            "processing",
            $"{criterion.At} '{criterion.Expression}' cannot be carried out: {why}",
            criterion.At
        );
}

/// <summary>One expression of a Measure with the patients for whom it gave something, and what.</summary>
/// <param name="At">Its place in the Measure.</param>
internal sealed record Criterion(string At, string Language, string Expression)
{
    /// <summary>By patient; null when it holds for that patient nothing (or false).</summary>
    public Dictionary<string, string?> Values { get; } = [];

    public HashSet<string> Patients() =>
        [.. Values.Where(one => one.Value is not null).Select(one => one.Key)];
}
