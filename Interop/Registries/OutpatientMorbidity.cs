using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Health.Contracts;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Interop.Registries;

/// <summary>
/// Outpatient morbidity of a month by ICD-10 chapter and category, sex and age: the outpatient columns of form 14 (Circular
/// 23/2025/TT-BYT, annex IV: total, women, children under 15) with its age borders (5, 15) and those of 1 and 60 inside them.
/// A visit is an encounter of class AMB that ended in the month; it is counted once, under its principal diagnosis.
/// </summary>
public sealed class OutpatientMorbidity(IFhirReader fhir, IDiseaseGroups diseases) : IExport
{
    /// <summary>So many ids fit one search: few enough for a short query, many enough for few queries.</summary>
    private const int Batch = 50;

    private static readonly (string Name, string Vietnamese, string English, int From)[] Bands =
    [
        ("0", "<1 tuổi", "<1 year", 0),
        ("1_4", "1–4", "1–4", 1),
        ("5_14", "5–14", "5–14", 5),
        ("15_59", "15–59", "15–59", 15),
        ("60", "≥60", "≥60", 60),
    ];

    private const string Chapter = "Chương";
    private const string Category = "Nhóm bệnh";
    private const string Total = "Tổng";
    private const string NoCode = "–";

    public static ExportDefinition Definition { get; } =
        new(
            "outpatient-morbidity",
            new("Tình hình bệnh tật ngoại trú theo ICD-10", "Outpatient morbidity by ICD-10"),
            Part.Health,
            PeriodKind.Month,
            "0 30 1 2 * ?",
            new(
                "01:30 ngày 2 hằng tháng, cho tháng trước",
                "01:30 on the 2nd, for the month before"
            ),
            "Biểu 14/BCT, Thông tư 23/2025/TT-BYT (phần khám bệnh ngoại trú)",
            typeof(OutpatientMorbidity)
        );

    public IReadOnlyList<ExportColumn> Columns { get; } =
    [
        new("level", new("Cấp", "Level"), 10, IsCount: false),
        new("code", new("Mã ICD-10", "ICD-10"), 12, IsCount: false),
        new("name", new("Tên bệnh, nhóm bệnh", "Disease or group"), 50, IsCount: false),
        new("visits", new("Lượt khám", "Visits"), 10),
        new("female", new("Nữ", "Women"), 10),
        new("under15", new("Trẻ em <15", "Children <15"), 10),
        new(
            "people",
            new("Số người (lượt đầu trong tháng)", "People (first visit in the month)"),
            12
        ),
        .. BySex("male", new("Nam", "Male")),
        .. BySex("female", new("Nữ", "Female")),
        new("other", new("Không rõ giới hoặc tuổi", "Sex or age unknown"), 12),
    ];

    public async Task<IReadOnlyList<ExportRow>> Query(
        Period period,
        ExportInput input,
        CancellationToken cancel
    )
    {
        var visits = await Visits(period, input, cancel);
        await FindDiagnoses(visits, input, cancel);
        await FindPeople(visits, input, cancel);
        return Rows(visits.Values);
    }

    public CellSource SourceOf(Period period, JsonObject row, string column)
    {
        var group = (string?)row["level"] switch
        {
            Total => "",
            _ when (string?)row["code"] == NoCode => "; chẩn đoán chính không có mã ICD-10",
            _ => $"; chẩn đoán chính thuộc {row["code"]}",
        };
        var filter = column switch
        {
            "visits" => "",
            "female" => "; Patient.gender = female",
            "under15" => "; dưới 15 tuổi khi kết thúc lượt khám",
            "people" => "; mỗi Encounter.subject tính một lần",
            "other" => "; không rõ Patient.gender hoặc Patient.birthDate",
            _ => $"; Patient.gender = {column.Split('_')[0]}, tuổi {BandOf(column).Vietnamese}",
        };
        return new(
            $"GET /fhir/Encounter?{EncounterQuery(period)}",
            $"Encounter.period.end trong tháng{group}{filter}"
        );
    }

    private static (string Name, string Vietnamese, string English, int From) BandOf(
        string column
    ) => Bands.Single(band => column[(column.IndexOf('_') + 1)..] == band.Name);

    private static IEnumerable<ExportColumn> BySex(string sex, Words group) =>
        Bands.Select(band => new ExportColumn(
            $"{sex}_{band.Name}",
            new(band.Vietnamese, band.English),
            8,
            group
        ));

    private static string EncounterQuery(Period period) =>
        $"class=AMB&status=finished&date=ge{Instant(period.Start)}&date=lt{Instant(period.End)}";

    /// <summary>In UTC, so that no plus sign must travel in a query.</summary>
    private static string Instant(DateTimeOffset time) =>
        time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private sealed class Visit
    {
        public required string Patient { get; init; }
        public required DateTimeOffset Ended { get; init; }

        /// <summary>Condition id to rank; the lowest is the principal diagnosis.</summary>
        public Dictionary<string, int> Ranks { get; } = [];
        public string? Category { get; set; }
        public int CategoryRank { get; set; } = int.MaxValue;
        public Sex Sex { get; set; }
        public int? Age { get; set; }
    }

    private async Task<Dictionary<string, Visit>> Visits(
        Period period,
        ExportInput input,
        CancellationToken cancel
    )
    {
        var visits = new Dictionary<string, Visit>();
        await foreach (var json in fhir.Scan("Encounter", EncounterQuery(period), cancel))
        {
            using var document = JsonDocument.Parse(json);
            var encounter = document.RootElement;
            // The search finds encounters that touch the month; those count that ended in it.
            if (
                Text(encounter, "period", "end") is not { } end
                || !TryEnd(end, out var ended)
                || ended < period.Start
                || ended >= period.End
                || IdOf(Text(encounter, "subject", "reference")) is not { } patient
            )
            {
                continue;
            }
            input.Saw(Changed(encounter));
            var visit = new Visit { Patient = patient, Ended = ended };
            if (encounter.TryGetProperty("diagnosis", out var diagnoses))
            {
                foreach (var (index, diagnosis) in diagnoses.EnumerateArray().Index())
                {
                    if (IdOf(Text(diagnosis, "condition", "reference")) is { } condition)
                    {
                        visit.Ranks[condition] = diagnosis.TryGetProperty("rank", out var rank)
                            ? rank.GetInt32()
                            : 1000 + index;
                    }
                }
            }
            visits[Text(encounter, "id")!] = visit;
        }
        return visits;
    }

    /// <summary>The conditions recorded in the visits: the one ranked first by the encounter, else the one recorded first.</summary>
    private async Task FindDiagnoses(
        Dictionary<string, Visit> visits,
        ExportInput input,
        CancellationToken cancel
    )
    {
        foreach (var ids in visits.Keys.Chunk(Batch))
        {
            var order = 0;
            var query = $"encounter={string.Join(',', ids.Select(id => $"Encounter/{id}"))}";
            await foreach (var json in fhir.Scan("Condition", query, cancel))
            {
                using var document = JsonDocument.Parse(json);
                var condition = document.RootElement;
                if (
                    IdOf(Text(condition, "encounter", "reference")) is not { } encounter
                    || !visits.TryGetValue(encounter, out var visit)
                    || Status(condition) is "entered-in-error" or "refuted"
                )
                {
                    continue;
                }
                input.Saw(Changed(condition));
                var rank = visit.Ranks.GetValueOrDefault(
                    Text(condition, "id")!,
                    1_000_000 + order++
                );
                if (rank < visit.CategoryRank && CategoryOf(condition) is { } category)
                {
                    (visit.Category, visit.CategoryRank) = (category, rank);
                }
            }
        }
    }

    private async Task FindPeople(
        Dictionary<string, Visit> visits,
        ExportInput input,
        CancellationToken cancel
    )
    {
        var byPatient = visits.Values.ToLookup(visit => visit.Patient);
        foreach (var ids in byPatient.Select(patient => patient.Key).Chunk(Batch))
        {
            var query = $"_id={string.Join(',', ids)}";
            await foreach (var json in fhir.Scan("Patient", query, cancel))
            {
                using var document = JsonDocument.Parse(json);
                var patient = document.RootElement;
                input.Saw(Changed(patient));
                var sex = Text(patient, "gender") switch
                {
                    "male" => Sex.Male,
                    "female" => Sex.Female,
                    _ => Sex.Unknown,
                };
                var isBorn = PartialDate.TryParse(Text(patient, "birthDate"), null, out var born);
                foreach (var visit in byPatient[Text(patient, "id")!])
                {
                    visit.Sex = sex;
                    visit.Age = isBorn ? born.YearsOn(visit.Ended.VietnamDay()) : null;
                }
            }
        }
    }

    private List<ExportRow> Rows(IReadOnlyCollection<Visit> visits)
    {
        var byChapter = visits.ToLookup(visit =>
            visit.Category is { } category ? diseases.ChapterOf(category)?.Number : null
        );
        var rows = new List<ExportRow>();
        foreach (var chapter in diseases.Chapters)
        {
            var inChapter = byChapter[chapter.Number];
            rows.Add(
                Row(
                    Chapter,
                    $"{chapter.First}–{chapter.Last}",
                    $"Chương {chapter.Number}. {chapter.Vietnamese}",
                    inChapter,
                    isTotal: true
                )
            );
            rows.AddRange(
                inChapter
                    .GroupBy(visit => visit.Category!)
                    .OrderBy(category => category.Key, StringComparer.Ordinal)
                    .Select(category =>
                        Row(Category, category.Key, diseases.NameOf(category.Key), category)
                    )
            );
        }
        rows.Add(Row(Chapter, NoCode, "Chưa mã hóa ICD-10", byChapter[null], isTotal: true));
        rows.Add(Row(Total, null, "Tổng số", visits, isTotal: true));
        return rows;
    }

    private static ExportRow Row(
        string level,
        string? code,
        string? name,
        IEnumerable<Visit> counted,
        bool isTotal = false
    )
    {
        var visits = counted.ToList();
        var bands = new long[2 * Bands.Length];
        var other = 0L;
        foreach (var visit in visits)
        {
            if (visit.Age is >= 0 and { } age && visit.Sex is not Sex.Unknown)
            {
                var band = Array.FindLastIndex(Bands, band => band.From <= age);
                bands[visit.Sex is Sex.Male ? band : Bands.Length + band]++;
            }
            else
            {
                other++;
            }
        }
        return new(
            [
                level,
                code,
                name,
                (long)visits.Count,
                (long)visits.Count(visit => visit.Sex is Sex.Female),
                (long)visits.Count(visit => visit.Age is >= 0 and < 15),
                (long)visits.DistinctBy(visit => visit.Patient).Count(),
                .. bands.Cast<object>(),
                other,
            ],
            isTotal
        );
    }

    /// <summary>The end of what <paramref name="text"/> can mean; a day without a time is Viet Nam's.</summary>
    private static bool TryEnd(string text, out DateTimeOffset end)
    {
        if (PartialDate.TryParse(text, null, out var day))
        {
            end = new(day.Last, TimeOnly.MaxValue, VietnamTime.Offset);
            return true;
        }
        return DateTimeOffset.TryParse(
            text,
            CultureInfo.InvariantCulture,
            DateTimeStyles.AssumeUniversal,
            out end
        );
    }

    private string? CategoryOf(JsonElement condition)
    {
        if (
            !condition.TryGetProperty("code", out var code)
            || !code.TryGetProperty("coding", out var codings)
        )
        {
            return null;
        }
        return codings
            .EnumerateArray()
            .Where(coding =>
                Text(coding, "system")?.Contains("icd-10", StringComparison.OrdinalIgnoreCase)
                == true
            )
            .Select(coding => diseases.CategoryOf(Text(coding, "code")))
            .FirstOrDefault(category => category is not null);
    }

    private static string? Status(JsonElement condition) =>
        condition.TryGetProperty("verificationStatus", out var status)
        && status.TryGetProperty("coding", out var codings)
            ? codings.EnumerateArray().Select(coding => Text(coding, "code")).FirstOrDefault()
            : null;

    private static DateTimeOffset? Changed(JsonElement resource) =>
        DateTimeOffset.TryParse(
            Text(resource, "meta", "lastUpdated"),
            CultureInfo.InvariantCulture,
            out var changed
        )
            ? changed
            : null;

    private static string? Text(JsonElement element, params ReadOnlySpan<string> path)
    {
        foreach (var name in path)
        {
            if (
                element.ValueKind is not JsonValueKind.Object
                || !element.TryGetProperty(name, out element)
            )
            {
                return null;
            }
        }
        return element.ValueKind is JsonValueKind.String ? element.GetString() : null;
    }

    /// <summary><c>Patient/123</c> to <c>123</c>, also of an absolute address or one with a version.</summary>
    private static string? IdOf(string? reference)
    {
        if (reference is null)
        {
            return null;
        }
        var current = reference.Split("/_history/")[0];
        return current[(current.LastIndexOf('/') + 1)..];
    }
}
