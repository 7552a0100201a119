using System.Globalization;
using Health.Fhir.Api.Formats;
using Health.Fhir.Search.Queries;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Operations.Observations;

/// <summary>
/// Average, median, deviation and so on of one patient's measurements of a kind over a time.
/// https://hl7.org/fhir/R4/observation-operation-stats.html
/// </summary>
public sealed class ObservationStatistics(
    GuardedStore store,
    SearchParser parser,
    TimeProvider clock
) : IOperation<ObservationStatistics>
{
    private const int Most = 50_000;

    public static Operation Definition { get; } =
        new("stats", Levels.Type, Permission.ReadHealthRecords, 's')
        {
            Description =
                "Statistics of one patient's measurements; for each code and unit apart, for values in different units cannot be averaged.",
            Standard = "http://hl7.org/fhir/OperationDefinition/Observation-stats",
            Types = ["Observation"],
            In =
            [
                new("subject", "uri", 1) { Documentation = "Such as Patient/123." },
                new("code", "string", 0, "*") { Documentation = "Codes of the given system." },
                new("system", "uri"),
                new("coding", "Coding", 0, "*") { Documentation = "Codes with their systems." },
                new("duration", "decimal") { Documentation = "The last so many hours." },
                new("period", "Period"),
                new("statistic", "code", 1, "*")
                {
                    RequiredBinding = "http://hl7.org/fhir/ValueSet/observation-statistics",
                },
                new("include", "boolean") { Documentation = "Return the observations too." },
                new("limit", "positiveInt") { Documentation = "Observations returned at most." },
            ],
            Out = [new("statistics", "Observation", 1, "*"), new("source", "Observation", 0, "*")],
        };

    public async Task<FhirAnswer> Run(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    )
    {
        var codes = Codes(arguments);
        var measures = Measures(arguments);
        var period = Span(arguments);
        var query = Query(arguments, codes, period);
        var search = parser.Parse(
            "Observation",
            query,
            SearchHandling.Strict,
            [request.BaseUrl + "/"]
        );
        var rows = new Dictionary<(string Code, string Unit), Row>();
        var sources = new List<Observation>();
        var limit =
            arguments.Flag("include") == true ? arguments.Number("limit") ?? int.MaxValue : 0;
        await foreach (var stored in store.All(search, "Observation/$stats", Most, cancel))
        {
            var observation = (Observation)FhirJson.Parse(stored.Body);
            if (observation.Status is ObservationStatus.EnteredInError)
            {
                continue;
            }
            Gather(observation, codes, rows);
            if (sources.Count < limit)
            {
                sources.Add(observation);
            }
        }
        var answer = new Parameters();
        foreach (var row in rows.Values)
        {
            answer.Add("statistics", row.Result(measures, arguments.Text("subject")!, period));
        }
        sources.ForEach(source => answer.Add("source", source));
        return FhirAnswer.Of(answer);
    }

    private static List<(string? System, string Code)> Codes(Arguments arguments)
    {
        var system = arguments.Text("system");
        List<(string?, string)> codes =
        [
            .. arguments.Texts("code").Select(code => (system, code)),
            .. arguments.Values<Coding>("coding").Select(coding => (coding.System, coding.Code!)),
        ];
        return codes.Count > 0
            ? codes
            : throw new FhirRefusal(
                400,
                "required",
                "$stats needs code with system, or coding.",
                "code"
            );
    }

    private static IReadOnlyList<string> Measures(Arguments arguments)
    {
        var asked = arguments.List("statistic");
        return asked.FirstOrDefault(code => !Statistics.Codes.Contains(code)) is { } unknown
            ? throw new FhirRefusal(
                400,
                "not-supported",
                $"statistic={unknown} is not given; those are {string.Join(", ", Statistics.Codes)}.",
                "statistic"
            )
            : asked;
    }

    private Period? Span(Arguments arguments)
    {
        if (arguments.Decimal("duration") is not { } hours)
        {
            return arguments.Value<Period>("period");
        }
        if (arguments.Has("period") || hours <= 0 || hours > 24 * 366 * 150)
        {
            throw new FhirRefusal(
                400,
                "value",
                "duration is a number of hours, and stands in place of a period.",
                "duration"
            );
        }
        var now = clock.GetUtcNow();
        return new Period(new FhirDateTime(now.AddHours(-(double)hours)), new FhirDateTime(now));
    }

    private static List<KeyValuePair<string, string>> Query(
        Arguments arguments,
        List<(string? System, string Code)> codes,
        Period? period
    )
    {
        var query = new List<KeyValuePair<string, string>>
        {
            new("subject", arguments.Text("subject")!),
            new("combo-code", string.Join(',', codes.Select(Token))),
        };
        if (period?.Start is { } start)
        {
            query.Add(new("date", "ge" + start));
        }
        if (period?.End is { } end)
        {
            query.Add(new("date", "le" + end));
        }
        return query;
    }

    private static string Token((string? System, string Code) one)
    {
        return one.System is null
            ? Escaped(one.Code)
            : $"{Escaped(one.System)}|{Escaped(one.Code)}";

        static string Escaped(string text) =>
            text.Replace("\\", "\\\\").Replace(",", "\\,").Replace("|", "\\|").Replace("$", "\\$");
    }

    /// <summary>Of a panel that is asked for, each of its parts counts; else the parts that are asked for themselves.</summary>
    private static void Gather(
        Observation observation,
        List<(string? System, string Code)> codes,
        Dictionary<(string, string), Row> rows
    )
    {
        var whole = Asked(observation.Code, codes);
        if (whole is not null)
        {
            Add(whole, observation.Code, observation.Value);
        }
        foreach (var part in observation.Component)
        {
            if (
                (Asked(part.Code, codes) ?? (whole is null ? null : First(part.Code))) is { } coding
            )
            {
                Add(coding, part.Code, part.Value);
            }
        }

        void Add(Coding coding, CodeableConcept concept, DataType? value)
        {
            if (
                value
                is not Quantity { Value: { } number, System: "http://unitsofmeasure.org" } quantity
            )
            {
                return;
            }
            var key = ($"{coding.System}|{coding.Code}", quantity.Code ?? "");
            if (!rows.TryGetValue(key, out var row))
            {
                rows[key] = row = new Row(concept, quantity);
            }
            row.Add((double)number, observation.Effective);
        }
    }

    private static Coding? Asked(
        CodeableConcept? concept,
        List<(string? System, string Code)> codes
    ) =>
        concept?.Coding.Find(coding =>
            codes.Exists(code =>
                code.Code == coding.Code && (code.System is null || code.System == coding.System)
            )
        );

    private static Coding? First(CodeableConcept? concept) => concept?.Coding.FirstOrDefault();

    /// <summary>The values of one code in one unit.</summary>
    private sealed class Row(CodeableConcept code, Quantity unit)
    {
        private readonly List<double> values = [];
        private readonly List<string> times = [];

        public void Add(double value, DataType? effective)
        {
            values.Add(value);
            if (effective is FhirDateTime { Value: { } time })
            {
                times.Add(time);
            }
        }

        public Observation Result(IReadOnlyList<string> measures, string subject, Period? period)
        {
            var sorted = values.Order().ToArray();
            return new Observation
            {
                Status = ObservationStatus.Final,
                Code = (CodeableConcept)code.DeepCopy(),
                Subject = new ResourceReference(subject),
                Effective =
                    period
                    ?? (
                        times.Count > 0
                            ? new Period { Start = times.Min(), End = times.Max() }
                            : null
                    ),
                Component =
                [
                    .. measures
                        .Select(measure => (measure, value: Statistics.Of(measure, sorted)))
                        .Select(one => new Observation.ComponentComponent
                        {
                            Code = new CodeableConcept(Statistics.System, one.measure),
                            Value = one.value is { } value ? Quantity(one.measure, value) : null,
                            DataAbsentReason = one.value is null
                                ? new CodeableConcept(
                                    "http://terminology.hl7.org/CodeSystem/data-absent-reason",
                                    "not-applicable"
                                )
                                : null,
                        }),
                ],
            };
        }

        private Quantity Quantity(string measure, double value) =>
            new()
            {
                // Fifteen digits are what a double holds; the rest is noise of the sum.
                Value = decimal.Parse(
                    value.ToString("G15", CultureInfo.InvariantCulture),
                    NumberStyles.Float,
                    CultureInfo.InvariantCulture
                ),
                System = "http://unitsofmeasure.org",
                Code =
                    Statistics.IsCount(measure) || Statistics.IsPure(measure) ? "1"
                    : measure == "variance" ? $"({unit.Code})2"
                    : unit.Code,
                Unit =
                    Statistics.IsCount(measure)
                    || Statistics.IsPure(measure)
                    || measure == "variance"
                        ? null
                        : unit.Unit,
            };
    }
}
