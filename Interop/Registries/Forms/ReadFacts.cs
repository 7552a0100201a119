using System.Text.Json;
using Health.Contracts;
using SharedKernel.Contracts;
using static Interop.Registries.Forms.FhirJson;

namespace Interop.Registries.Forms;

/// <summary>The facts that a form counts, by the name its definition gives them.</summary>
public sealed class ReadFacts(IFhirReader fhir, IDiseaseGroups diseases, ReadVisits visits)
{
    public Task<IReadOnlyList<Fact>> Run(
        FormDefinition form,
        Period period,
        ExportInput input,
        CancellationToken cancel
    ) =>
        form.Facts switch
        {
            "visits" => visits.Run(period, null, form.Measures ?? [], input, cancel),
            "deaths" => Deaths(period, input, cancel),
            "immunizations" => Immunizations(period, input, cancel),
            _ => throw new InvalidOperationException(
                $"The form {form.Form} counts '{form.Facts}', which is not known."
            ),
        };

    /// <summary>The search that finds the records of a form, for whoever asks where a number comes from.</summary>
    public static string Query(FormDefinition form, Period period) =>
        form.Facts switch
        {
            "deaths" => $"Patient?{DeathQuery(period)}",
            "immunizations" => $"Immunization?{VaccineQuery(period)}",
            _ => $"Encounter?{ReadVisits.Query(period)}",
        };

    /// <summary>A day more on both sides: a search takes its days where the server is, the form where Viet Nam is.</summary>
    private static string DeathQuery(Period period) =>
        $"death-date=ge{period.First.AddDays(-1):yyyy-MM-dd}&death-date=le{period.Last.AddDays(1):yyyy-MM-dd}";

    private static string VaccineQuery(Period period) =>
        $"status=completed&date=ge{period.First.AddDays(-1):yyyy-MM-dd}&date=le{period.Last.AddDays(1):yyyy-MM-dd}";

    /// <summary>
    /// Deaths by the day of death. The cause is the newest final Observation 69453-9 (cause of death) with an ICD-10 code; the facility is the
    /// one that looks after the person (Patient.managingOrganization).
    /// </summary>
    private async Task<IReadOnlyList<Fact>> Deaths(
        Period period,
        ExportInput input,
        CancellationToken cancel
    )
    {
        var deaths = new Dictionary<string, Fact>();
        await foreach (var json in fhir.Scan("Patient", DeathQuery(period), cancel))
        {
            using var document = JsonDocument.Parse(json);
            var patient = document.RootElement;
            if (
                !TryEnd(Text(patient, "deceasedDateTime"), out var died)
                || died < period.Start
                || died >= period.End
            )
            {
                continue;
            }
            input.Saw(Changed(patient));
            var id = Text(patient, "id")!;
            var fact = new Fact
            {
                Record = $"Patient/{id}",
                Patient = id,
                On = died.VietnamDay(),
                Outcome = "died",
                Facility = IdOf(Text(patient, "managingOrganization", "reference")),
            };
            ReadVisits.Describe(fact, patient);
            deaths[id] = fact;
        }
        foreach (var ids in deaths.Keys.Chunk(50))
        {
            var query =
                $"patient={string.Join(',', ids.Select(id => $"Patient/{id}"))}&code=http://loinc.org|69453-9";
            await foreach (var json in fhir.Scan("Observation", query, cancel))
            {
                using var document = JsonDocument.Parse(json);
                var cause = document.RootElement;
                if (
                    IdOf(Text(cause, "subject", "reference")) is { } id
                    && deaths.TryGetValue(id, out var fact)
                    && Text(cause, "status") is not ("entered-in-error" or "cancelled")
                    && Icd10(cause, "valueCodeableConcept") is { } code
                )
                {
                    input.Saw(Changed(cause));
                    fact.Codes.Add(code);
                    fact.Category = diseases.CategoryOf(code) ?? fact.Category;
                }
            }
        }
        return [.. deaths.Values];
    }

    /// <summary>Doses given in the period, by CVX code and number of the dose.</summary>
    private async Task<IReadOnlyList<Fact>> Immunizations(
        Period period,
        ExportInput input,
        CancellationToken cancel
    )
    {
        var doses = new List<Fact>();
        await foreach (var json in fhir.Scan("Immunization", VaccineQuery(period), cancel))
        {
            using var document = JsonDocument.Parse(json);
            var dose = document.RootElement;
            if (
                !TryEnd(Text(dose, "occurrenceDateTime"), out var given)
                || given < period.Start
                || given >= period.End
                || IdOf(Text(dose, "patient", "reference")) is not { } patient
            )
            {
                continue;
            }
            input.Saw(Changed(dose));
            doses.Add(
                new Fact
                {
                    Record = $"Immunization/{Text(dose, "id")}",
                    Patient = patient,
                    On = given.VietnamDay(),
                    Kind = Codings(dose, "vaccineCode")
                        .Where(coding => coding.System == "http://hl7.org/fhir/sid/cvx")
                        .Select(coding => coding.Code)
                        .FirstOrDefault(),
                    Dose = Each(dose, "protocolApplied")
                        .Select(applied =>
                            applied.TryGetProperty("doseNumberPositiveInt", out var number)
                                ? number.GetInt32()
                                : (int?)null
                        )
                        .FirstOrDefault(),
                    Facility = Each(dose, "performer")
                        .Select(performer => Text(performer, "actor", "reference"))
                        .Where(actor =>
                            actor?.Contains("Organization/", StringComparison.Ordinal) == true
                        )
                        .Select(IdOf)
                        .FirstOrDefault(),
                }
            );
        }
        await visits.FindPeople(doses, input, cancel);
        return doses;
    }
}
