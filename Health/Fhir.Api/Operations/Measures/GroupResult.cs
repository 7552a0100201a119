using Health.Fhir.Api.Formats;
using Hl7.Fhir.Model;

namespace Health.Fhir.Api.Operations.Measures;

/// <summary>
/// The populations of one group of a Measure and how they stand within each other: the denominator within the initial population, the
/// numerator within the denominator without its exclusions. https://hl7.org/fhir/R4/measure.html#group,
/// https://hl7.org/fhir/R4/valueset-measure-population.html
/// </summary>
internal sealed class GroupResult
{
    private const string Initial = "initial-population";

    private static readonly string[] Known =
    [
        Initial,
        "denominator",
        "denominator-exclusion",
        "denominator-exception",
        "numerator",
        "numerator-exclusion",
    ];

    private readonly Measure.GroupComponent group;
    private readonly List<(
        Measure.PopulationComponent Population,
        string Code,
        Criterion By
    )> populations = [];
    private readonly List<(Measure.StratifierComponent Stratifier, Criterion By)> stratifiers = [];

    /// <exception cref="FhirRefusal">422: a population or a stratifier of a kind that is not carried out.</exception>
    public GroupResult(Measure.GroupComponent group, int at)
    {
        this.group = group;
        for (var i = 0; i < group.Population.Count; i++)
        {
            var population = group.Population[i];
            var where = $"Measure.group[{at}].population[{i}]";
            var code = population.Code?.Coding.FirstOrDefault()?.Code ?? "";
            if (!Known.Contains(code))
            {
                throw new FhirRefusal(
                    422,
                    "not-supported",
                    $"{where}: the population '{code}' is not counted; those are {string.Join(", ", Known)}.",
                    where
                );
            }
            populations.Add((population, code, Of(population.Criteria, where)));
        }
        for (var i = 0; i < group.Stratifier.Count; i++)
        {
            var where = $"Measure.group[{at}].stratifier[{i}]";
            if (group.Stratifier[i].Component.Count > 0)
            {
                throw new FhirRefusal(
                    422,
                    "not-supported",
                    $"{where}: a stratifier of components is not carried out.",
                    where
                );
            }
            stratifiers.Add((group.Stratifier[i], Of(group.Stratifier[i].Criteria, where)));
        }
    }

    public IEnumerable<Criterion> Criteria =>
        populations.Select(one => one.By).Concat(stratifiers.Select(one => one.By));

    public void AddTo(MeasureReport report)
    {
        var sets = Settle();
        var result = new MeasureReport.GroupComponent
        {
            Code = (CodeableConcept?)group.Code?.DeepCopy(),
            MeasureScore = Score(sets),
        };
        for (var i = 0; i < populations.Count; i++)
        {
            var counted = new MeasureReport.PopulationComponent
            {
                Code = (CodeableConcept?)populations[i].Population.Code?.DeepCopy(),
                Count = sets[i].Count,
            };
            if (report.Type is MeasureReport.MeasureReportType.SubjectList)
            {
                var list = ListOf(sets[i], $"g{report.Group.Count}p{i}");
                report.Contained.Add(list);
                counted.SubjectResults = new ResourceReference("#" + list.Id);
            }
            result.Population.Add(counted);
        }
        foreach (var (stratifier, by) in stratifiers)
        {
            result.Stratifier.Add(Strata(stratifier, by, sets));
        }
        report.Group.Add(result);
    }

    /// <summary>The patients of each population, in the order of the Measure.</summary>
    private List<HashSet<string>> Settle()
    {
        var initial = Named(Initial);
        var denominator = Within(Named("denominator"), initial);
        var excluded = Within(Named("denominator-exclusion"), denominator);
        var numerator = Within(Named("numerator"), denominator ?? initial);
        numerator?.ExceptWith(excluded ?? []);
        var notCounted = Within(Named("numerator-exclusion"), numerator);
        // An exception is for who is not in the numerator all the same.
        var exception = Within(Named("denominator-exception"), denominator);
        exception?.ExceptWith(numerator ?? []);
        exception?.ExceptWith(excluded ?? []);
        return
        [
            .. populations.Select(one =>
                one.Code switch
                {
                    Initial => initial!,
                    "denominator" => denominator!,
                    "denominator-exclusion" => excluded!,
                    "denominator-exception" => exception!,
                    "numerator" => numerator!,
                    _ => notCounted!,
                }
            ),
        ];
    }

    private HashSet<string>? Named(string code)
    {
        var found = populations.FindIndex(one => one.Code == code);
        return found < 0 ? null : populations[found].By.Patients();
    }

    private static HashSet<string>? Within(HashSet<string>? set, HashSet<string>? around)
    {
        if (around is not null)
        {
            set?.IntersectWith(around);
        }
        return set;
    }

    /// <summary>Numerator over denominator without exclusions and exceptions; null without them, or with nobody to divide by.</summary>
    private Quantity? Score(IReadOnlyList<HashSet<string>> sets)
    {
        int? Count(string code) =>
            populations.FindIndex(one => one.Code == code) is >= 0 and var at
                ? sets[at].Count
                : null;
        if (Count("numerator") is not { } numerator || Count("denominator") is not { } denominator)
        {
            return null;
        }
        var below =
            denominator
            - (Count("denominator-exclusion") ?? 0)
            - (Count("denominator-exception") ?? 0);
        var above = numerator - (Count("numerator-exclusion") ?? 0);
        return below > 0 ? new Quantity { Value = Math.Round((decimal)above / below, 6) } : null;
    }

    private MeasureReport.StratifierComponent Strata(
        Measure.StratifierComponent stratifier,
        Criterion by,
        List<HashSet<string>> sets
    )
    {
        var everybody = sets.SelectMany(set => set).ToHashSet();
        var result = new MeasureReport.StratifierComponent
        {
            Code = stratifier.Code is null ? [] : [(CodeableConcept)stratifier.Code.DeepCopy()],
        };
        var strata = everybody
            .GroupBy(patient => by.Values.GetValueOrDefault(patient) ?? "none")
            .OrderBy(stratum => stratum.Key, StringComparer.Ordinal);
        foreach (var stratum in strata)
        {
            var members = stratum.ToHashSet();
            var parts = sets.ConvertAll(set => set.Where(members.Contains).ToHashSet());
            result.Stratum.Add(
                new()
                {
                    Value = new CodeableConcept { Text = stratum.Key },
                    MeasureScore = Score(parts),
                    Population =
                    [
                        .. populations.Zip(
                            parts,
                            (population, part) =>
                                new MeasureReport.StratifierGroupPopulationComponent
                                {
                                    Code = (CodeableConcept?)population.Population.Code?.DeepCopy(),
                                    Count = part.Count,
                                }
                        ),
                    ],
                }
            );
        }
        return result;
    }

    private static List ListOf(IEnumerable<string> patients, string id) =>
        new()
        {
            Id = id,
            Status = List.ListStatus.Current,
            Mode = ListMode.Snapshot,
            Entry =
            [
                .. patients
                    .Order(StringComparer.Ordinal)
                    .Select(patient => new List.EntryComponent
                    {
                        Item = new ResourceReference("Patient/" + patient),
                    }),
            ],
        };

    private static Criterion Of(Expression? criteria, string at) =>
        criteria is { Expression_: { Length: > 0 } expression }
            ? new(at + ".criteria", criteria.Language?.ToString() ?? "", expression)
            : throw new FhirRefusal(422, "required", $"{at} has no criteria.expression.", at);
}
