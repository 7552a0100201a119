using System.Text.Json;
using Health.Contracts;
using SharedKernel.Contracts;
using static Interop.Registries.Forms.FhirJson;

namespace Interop.Registries.Forms;

/// <summary>
/// The finished visits that ended in a period, each once, with principal diagnosis, all codes, outcome and person, over the FHIR store's
/// contract; each kind of record is read once, in batches that a query can name.
/// </summary>
public sealed class ReadVisits(IFhirReader fhir, IDiseaseGroups diseases)
{
    /// <summary>So many ids fit one search: few enough for a short query, many enough for few queries.</summary>
    private const int Batch = 50;

    private const string BloodPressure = "85354-9";

    /// <summary>How a stay ended, beside HL7's: KET_QUA_DTRI of the insurance tables (6 sent home dying, 8 dead before arrival).</summary>
    private static string? OutcomeOf(string? code) =>
        code switch
        {
            "exp" or "5" => "died",
            "8" => "died-before",
            "aama" or "6" => "grave",
            _ => null,
        };

    /// <param name="setting">One class such as AMB, or null for all.</param>
    public static string Query(Period period, string? setting = null) =>
        $"{(setting is null ? "" : $"class={setting}&")}status=finished&date=ge{Instant(period.Start)}&date=lt{Instant(period.End)}";

    /// <param name="measures">LOINC codes of the measurements that are asked about.</param>
    public async Task<IReadOnlyList<Fact>> Run(
        Period period,
        string? setting,
        IReadOnlyList<string> measures,
        ExportInput input,
        CancellationToken cancel
    )
    {
        var visits = new Dictionary<string, (Fact Fact, Dictionary<string, int> Ranks)>();
        var byEpisode = new Dictionary<string, List<Fact>>();
        await foreach (var json in fhir.Scan("Encounter", Query(period, setting), cancel))
        {
            using var document = JsonDocument.Parse(json);
            var encounter = document.RootElement;
            // The search finds encounters that touch the month; those count that ended in it.
            if (
                !TryEnd(Text(encounter, "period", "end"), out var ended)
                || ended < period.Start
                || ended >= period.End
                || IdOf(Text(encounter, "subject", "reference")) is not { } patient
            )
            {
                continue;
            }
            input.Saw(Changed(encounter));
            var id = Text(encounter, "id")!;
            var fact = new Fact
            {
                Record = $"Encounter/{id}",
                Patient = patient,
                On = ended.VietnamDay(),
                Facility = IdOf(Text(encounter, "serviceProvider", "reference")),
                Kind = Text(encounter, "class", "code"),
                Outcome = encounter.TryGetProperty("hospitalization", out var stay)
                    ? Codings(stay, "dischargeDisposition")
                        .Select(coding => OutcomeOf(coding.Code))
                        .FirstOrDefault(outcome => outcome is not null)
                    : null,
            };
            var ranks = new Dictionary<string, int>();
            foreach (var (index, diagnosis) in Each(encounter, "diagnosis").Index())
            {
                if (IdOf(Text(diagnosis, "condition", "reference")) is { } condition)
                {
                    ranks[condition] = diagnosis.TryGetProperty("rank", out var rank)
                        ? rank.GetInt32()
                        : 1000 + index;
                }
            }
            visits[id] = (fact, ranks);
            foreach (var episode in Each(encounter, "episodeOfCare"))
            {
                if (IdOf(Text(episode, "reference")) is { } episodeId)
                {
                    byEpisode.TryAdd(episodeId, []);
                    byEpisode[episodeId].Add(fact);
                }
            }
        }
        await FindDiagnoses(visits, input, cancel);
        await FindCertificates(visits, cancel);
        if (measures.Count > 0)
        {
            await FindMeasurements(visits, measures, input, cancel);
        }
        await FindPregnancies(byEpisode, cancel);
        var facts = visits.Values.Select(visit => visit.Fact).ToList();
        await FindPeople(facts, input, cancel);
        return facts;
    }

    /// <summary>The conditions recorded in the visits: the one ranked first by the encounter, else the one recorded first.</summary>
    private async Task FindDiagnoses(
        Dictionary<string, (Fact Fact, Dictionary<string, int> Ranks)> visits,
        ExportInput input,
        CancellationToken cancel
    )
    {
        var best = new Dictionary<string, int>();
        await foreach (var condition in OfVisits("Condition", "", visits.Keys, cancel))
        {
            var encounter = IdOf(Text(condition, "encounter", "reference"))!;
            if (
                Codings(condition, "verificationStatus").FirstOrDefault().Code
                is "entered-in-error"
                    or "refuted"
            )
            {
                continue;
            }
            input.Saw(Changed(condition));
            var (fact, ranks) = visits[encounter];
            if (Icd10(condition, "code") is not { } code)
            {
                continue;
            }
            fact.Codes.Add(code);
            var rank = ranks.GetValueOrDefault(
                Text(condition, "id")!,
                1_000_000 + fact.Codes.Count
            );
            if (
                rank < best.GetValueOrDefault(encounter, int.MaxValue)
                && diseases.CategoryOf(code) is { } category
            )
            {
                (fact.Category, best[encounter]) = (category, rank);
            }
        }
    }

    /// <summary>Of those who died: whether a death certificate (LOINC 64297-5) was written in the visit.</summary>
    private async Task FindCertificates(
        Dictionary<string, (Fact Fact, Dictionary<string, int> Ranks)> visits,
        CancellationToken cancel
    )
    {
        var died = visits.Where(visit => visit.Value.Fact.Outcome is "died").Select(v => v.Key);
        foreach (var type in new[] { "Composition", "DocumentReference" })
        {
            await foreach (
                var document in OfVisits(type, "&type=http://loinc.org|64297-5", [.. died], cancel)
            )
            {
                var encounter =
                    Text(document, "encounter", "reference")
                    ?? (
                        document.TryGetProperty("context", out var context)
                            ? Each(context, "encounter")
                                .Select(one => Text(one, "reference"))
                                .FirstOrDefault()
                            : null
                    );
                if (IdOf(encounter) is { } id && visits.TryGetValue(id, out var visit))
                {
                    visit.Fact.Certified = true;
                }
            }
        }
    }

    /// <summary>Which of the wanted measurements a visit has, and whether its last blood pressure was below 140/90.</summary>
    private async Task FindMeasurements(
        Dictionary<string, (Fact Fact, Dictionary<string, int> Ranks)> visits,
        IReadOnlyList<string> loincs,
        ExportInput input,
        CancellationToken cancel
    )
    {
        var newest = new Dictionary<string, DateTimeOffset>();
        var codes = string.Join(',', loincs.Select(code => $"http://loinc.org|{code}"));
        await foreach (
            var observation in OfVisits("Observation", $"&code={codes}", visits.Keys, cancel)
        )
        {
            var encounter = IdOf(Text(observation, "encounter", "reference"))!;
            if (
                Text(observation, "status") is "entered-in-error" or "cancelled"
                || Codings(observation, "code")
                    .Select(coding => coding.Code)
                    .FirstOrDefault(code => code is not null && loincs.Contains(code))
                    is not { } loinc
            )
            {
                continue;
            }
            input.Saw(Changed(observation));
            var fact = visits[encounter].Fact;
            fact.Measured.Add(loinc);
            if (
                loinc == BloodPressure
                && TryEnd(Text(observation, "effectiveDateTime"), out var at)
                && !(newest.TryGetValue(encounter, out var before) && before > at)
                && Pressure(observation) is var (high, low)
            )
            {
                newest[encounter] = at;
                fact.BloodPressure = high < 140 && low < 90 ? "reached" : "missed";
            }
        }
    }

    private static (double High, double Low)? Pressure(JsonElement observation)
    {
        double? systolic = null;
        double? diastolic = null;
        foreach (var component in Each(observation, "component"))
        {
            if (
                !component.TryGetProperty("valueQuantity", out var quantity)
                || !quantity.TryGetProperty("value", out var value)
            )
            {
                continue;
            }
            foreach (var (_, code) in Codings(component, "code"))
            {
                systolic = code == "8480-6" ? value.GetDouble() : systolic;
                diastolic = code == "8462-4" ? value.GetDouble() : diastolic;
            }
        }
        return systolic is { } high && diastolic is { } low ? (high, low) : null;
    }

    /// <summary>A visit of an episode of care for a pregnancy is antenatal care, whether or not somebody wrote Z34 as well.</summary>
    private async Task FindPregnancies(
        Dictionary<string, List<Fact>> byEpisode,
        CancellationToken cancel
    )
    {
        foreach (var ids in byEpisode.Keys.Chunk(Batch))
        {
            var query = $"_id={string.Join(',', ids)}";
            await foreach (var json in fhir.Scan("EpisodeOfCare", query, cancel))
            {
                using var document = JsonDocument.Parse(json);
                var episode = document.RootElement;
                var isPregnancy = Each(episode, "type")
                    .SelectMany(type => Each(type, "coding"))
                    .Any(coding => Text(coding, "code") == "pregnancy");
                if (!isPregnancy)
                {
                    continue;
                }
                foreach (var fact in byEpisode[Text(episode, "id")!])
                {
                    if (!fact.Codes.Any(code => diseases.CategoryOf(code) is "Z34" or "Z35"))
                    {
                        fact.Codes.Add("Z34");
                    }
                }
            }
        }
    }

    private async IAsyncEnumerable<JsonElement> OfVisits(
        string type,
        string filter,
        IReadOnlyCollection<string> visits,
        [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancel
    )
    {
        foreach (var ids in visits.Chunk(Batch))
        {
            var wanted = ids.ToHashSet();
            var query =
                $"encounter={string.Join(',', ids.Select(id => $"Encounter/{id}"))}{filter}";
            await foreach (var json in fhir.Scan(type, query, cancel))
            {
                using var document = JsonDocument.Parse(json);
                var resource = document.RootElement;
                if (
                    type == "DocumentReference"
                    || IdOf(Text(resource, "encounter", "reference")) is { } id
                        && wanted.Contains(id)
                )
                {
                    yield return resource;
                }
            }
        }
    }

    /// <summary>Sex, birth and ethnic group of the persons of the facts.</summary>
    public async Task FindPeople(
        IReadOnlyCollection<Fact> facts,
        ExportInput input,
        CancellationToken cancel
    )
    {
        var byPatient = facts.ToLookup(fact => fact.Patient);
        foreach (var ids in byPatient.Select(patient => patient.Key).Chunk(Batch))
        {
            await foreach (var json in fhir.Scan("Patient", $"_id={string.Join(',', ids)}", cancel))
            {
                using var document = JsonDocument.Parse(json);
                var patient = document.RootElement;
                input.Saw(Changed(patient));
                foreach (var fact in byPatient[Text(patient, "id")!])
                {
                    Describe(fact, patient);
                }
            }
        }
    }

    internal static void Describe(Fact fact, JsonElement patient)
    {
        fact.Sex = Text(patient, "gender") switch
        {
            "male" => Sex.Male,
            "female" => Sex.Female,
            _ => Sex.Unknown,
        };
        fact.Born = PartialDate.TryParse(Text(patient, "birthDate"), null, out var born)
            ? born
            : null;
        fact.Ethnicity = Each(patient, "extension")
            .Where(extension =>
                Text(extension, "url")?.EndsWith("extension-race", StringComparison.Ordinal) == true
            )
            .Select(extension =>
                Codings(extension, "valueCodeableConcept").FirstOrDefault().Code
                ?? Text(extension, "valueCoding", "code")
            )
            .FirstOrDefault();
    }
}
