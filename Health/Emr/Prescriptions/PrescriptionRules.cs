using System.Text.Json.Serialization;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr.Prescriptions;

[JsonConverter(typeof(JsonStringEnumConverter<Severity>))]
public enum Severity
{
    /// <summary>Told, nothing more.</summary>
    Inform,

    /// <summary>Worth a second look; may be signed.</summary>
    Warn,

    /// <summary>Cannot be signed so.</summary>
    Stop,
}

/// <param name="Line">Index of the line it is about; null for the whole.</param>
/// <param name="Source">Where the rule stands.</param>
/// <param name="Detail">The condition, or what to do instead; may have several lines.</param>
/// <param name="Key">Of an alert that may be passed over with a coded reason; null where the law leaves no choice.</param>
/// <param name="Override">The reason that was given.</param>
public sealed record Finding(
    Severity Severity,
    string Rule,
    int? Line,
    string Message,
    string Source,
    string? Detail = null,
    string? Key = null,
    string? Override = null
)
{
    public bool Stops => Severity is Severity.Stop && Override is null;
}

/// <summary>For whom and where the prescription is written.</summary>
/// <param name="Diagnoses">ICD-10 codes, main one first.</param>
/// <param name="FacilityHasBeds">Narcotics are prescribed only where there are beds; null when it is not known.</param>
public sealed record PrescriptionContext(
    string PatientName,
    string? PersonalId,
    Sex Sex,
    PartialDate? Birth,
    string? Address,
    IReadOnlyList<string> Diagnoses,
    bool? FacilityHasBeds,
    DateOnly On
);

/// <param name="Quantity">Written on the prescription.</param>
/// <param name="Batches">First and last day (1-based) of each batch; one for all but split narcotics.</param>
public sealed record ReviewedLine(
    Drug Drug,
    PrescriptionDraft.Line Line,
    int Quantity,
    IReadOnlyList<(int From, int To)> Batches
);

/// <param name="Lines">Those whose drug is known.</param>
public sealed record PrescriptionReview(
    IReadOnlyList<ReviewedLine> Lines,
    IReadOnlyList<Finding> Findings
)
{
    public bool CanBeSigned => !Findings.Any(finding => finding.Stops);

    /// <summary>One prescription a class; narcotics and psychotropics before common drugs.</summary>
    public IEnumerable<IGrouping<ControlClass, ReviewedLine>> ByClass =>
        Lines.GroupBy(line => line.Drug.Class).OrderByDescending(kind => kind.Key);
}

/// <summary>
/// The rules of prescribing for outpatients (TT 26/2025/TT-BYT): what must be on the paper, for how many days each class may be
/// given, and that dose × times × days is what is handed out. Pure: the same draft on the same day gives the same findings.
/// </summary>
public sealed class PrescriptionRules(PrescriptionLimits limits)
{
    /// <summary>The law counts children below this in months.</summary>
    public const int YoungChildMonths = 72;

    private const string Circular = "TT 26/2025/TT-BYT";
    private const decimal MostDose = 1000;
    private const int MostTimes = 24;

    public PrescriptionReview Review(PrescriptionDraft draft, PrescriptionContext context)
    {
        var findings = new List<Finding>(AboutPatient(draft, context));
        var lines = new List<ReviewedLine>();
        for (var i = 0; i < draft.Lines.Count; i++)
        {
            var line = draft.Lines[i];
            if (DrugCatalogue.Find(line.Drug) is not { } drug)
            {
                findings.Add(
                    Stop(
                        "unknown-drug",
                        i,
                        T.Of(
                            $"Thuốc “{line.Drug}” không có trong danh mục.",
                            $"There is no drug “{line.Drug}” in the catalogue."
                        ),
                        "Records"
                    )
                );
                continue;
            }
            var wrong = Incomplete(line, drug, i).ToList();
            findings.AddRange(wrong);
            if (wrong.Count == 0)
            {
                var limit = limits.Find(drug.Class, draft.Course, context.Diagnoses, context.On);
                findings.AddRange(AboutDays(line, drug, limit, i));
                findings.AddRange(AboutQuantity(line, drug, i));
                findings.AddRange(AboutClass(drug, context, i));
                lines.Add(
                    new ReviewedLine(
                        drug,
                        line,
                        line.Quantity ?? drug.QuantityFor(line.Dose, line.Times, line.Days),
                        Batches(line.Days, limit?.BatchDays)
                    )
                );
            }
        }
        findings.AddRange(AboutWhole(draft, lines));
        return new PrescriptionReview(
            lines,
            [.. findings.OrderByDescending(finding => finding.Severity)]
        );
    }

    /// <summary>Consecutive batches of at most <paramref name="batchDays"/> days.</summary>
    public static IReadOnlyList<(int From, int To)> Batches(int days, int? batchDays) =>
        batchDays is not { } size
            ? [(1, days)]
            :
            [
                .. Enumerable
                    .Range(0, (days + size - 1) / size)
                    .Select(batch => (batch * size + 1, Math.Min(days, (batch + 1) * size))),
            ];

    private static IEnumerable<Finding> AboutPatient(
        PrescriptionDraft draft,
        PrescriptionContext context
    )
    {
        if (context.Diagnoses.Count == 0)
        {
            yield return Stop(
                "diagnosis",
                null,
                T.Of("Chưa có chẩn đoán ICD-10.", "The ICD-10 diagnosis is missing.")
            );
        }
        if (context.Birth?.MonthsOn(context.On) is { } months and < YoungChildMonths)
        {
            if (draft.WeightKg is null)
            {
                yield return Stop(
                    "child-weight",
                    null,
                    T.Of(
                        $"Trẻ {months} tháng tuổi: phải ghi cân nặng.",
                        $"A child of {months} months: the weight is required."
                    )
                );
            }
            if (string.IsNullOrWhiteSpace(draft.Accompanying))
            {
                yield return Stop(
                    "child-accompanying",
                    null,
                    T.Of(
                        $"Trẻ {months} tháng tuổi: phải ghi tên người đưa trẻ đến khám.",
                        $"A child of {months} months: the name of who brought it is required."
                    )
                );
            }
        }
        // With a personal ID the rest may be left out; without one it is all there is to know the person by.
        if (context.PersonalId is null)
        {
            string[] missing =
            [
                .. context.Sex is Sex.Unknown ? [T.Of("giới tính", "sex")] : Array.Empty<string>(),
                .. context.Birth is null
                    ? [T.Of("ngày sinh", "birth date")]
                    : Array.Empty<string>(),
                .. string.IsNullOrWhiteSpace(context.Address)
                    ? [T.Of("nơi cư trú", "residence")]
                    : Array.Empty<string>(),
            ];
            if (missing.Length > 0)
            {
                yield return Stop(
                    "identity",
                    null,
                    T.Of(
                        $"Người bệnh chưa có số định danh: phải có {string.Join(", ", missing)}.",
                        $"Without a personal ID, these are required: {string.Join(", ", missing)}."
                    )
                );
            }
        }
    }

    private static IEnumerable<Finding> Incomplete(PrescriptionDraft.Line line, Drug drug, int i)
    {
        if (line.Dose is <= 0 or > MostDose)
        {
            yield return Stop(
                "dose",
                i,
                T.Of(
                    $"{drug.Name}: liều mỗi lần chưa đúng.",
                    $"{drug.Name}: the dose is not right."
                )
            );
        }
        if (line.Times is <= 0 or > MostTimes)
        {
            yield return Stop(
                "times",
                i,
                T.Of(
                    $"{drug.Name}: số lần mỗi ngày phải từ 1 đến {MostTimes}.",
                    $"{drug.Name}: times a day must be 1 to {MostTimes}."
                )
            );
        }
        if (line.Days is <= 0 or > 366)
        {
            yield return Stop(
                "days",
                i,
                T.Of($"{drug.Name}: số ngày chưa đúng.", $"{drug.Name}: the days are not right.")
            );
        }
        if (line.Quantity is <= 0)
        {
            yield return Stop(
                "quantity",
                i,
                T.Of(
                    $"{drug.Name}: số lượng chưa đúng.",
                    $"{drug.Name}: the quantity is not right."
                )
            );
        }
    }

    private static IEnumerable<Finding> AboutDays(
        PrescriptionDraft.Line line,
        Drug drug,
        PrescriptionLimit? limit,
        int i
    )
    {
        if (limit is null)
        {
            yield return Stop(
                "days",
                i,
                T.Of(
                    $"{drug.Name}: không có quy định số ngày cho ngày kê đơn này.",
                    $"{drug.Name}: no day limit is on hand for this date."
                )
            );
        }
        else if (line.Days > limit.MaxDays)
        {
            yield return Stop(
                "days",
                i,
                T.Of(
                    $"{drug.Name}: {drug.Class.Text()}, tối đa {limit.MaxDays} ngày (đang kê {line.Days}).",
                    $"{drug.Name}: {drug.Class.Text()}, at most {limit.MaxDays} days ({line.Days} written)."
                ),
                limit.Source
            );
        }
        else if (limit.BatchDays is { } batch && line.Days > batch)
        {
            yield return new Finding(
                Severity.Inform,
                "batches",
                i,
                T.Of(
                    $"{drug.Name}: chia {Batches(line.Days, batch).Count} đợt liên tiếp, mỗi đợt không quá {batch} ngày.",
                    $"{drug.Name}: {Batches(line.Days, batch).Count} consecutive batches of at most {batch} days."
                ),
                limit.Source
            );
        }
    }

    private static IEnumerable<Finding> AboutQuantity(PrescriptionDraft.Line line, Drug drug, int i)
    {
        var needed = drug.QuantityFor(line.Dose, line.Times, line.Days);
        if (line.Quantity is { } written && written != needed)
        {
            yield return Stop(
                "quantity",
                i,
                T.Of(
                    $"{drug.Name}: {QuantityText.Dose(line.Dose, drug.DoseUnit)} × {line.Times} lần × {line.Days} ngày = {needed} {drug.Unit}, đang ghi {written}.",
                    $"{drug.Name}: {QuantityText.Dose(line.Dose, drug.DoseUnit)} × {line.Times} × {line.Days} days = {needed} {drug.Unit}, but {written} is written."
                )
            );
        }
    }

    private static IEnumerable<Finding> AboutClass(Drug drug, PrescriptionContext context, int i)
    {
        if (drug.Class is ControlClass.Narcotic && context.FacilityHasBeds == false)
        {
            yield return Stop(
                "narcotic-beds",
                i,
                T.Of(
                    $"{drug.Name}: đơn “N” chỉ được kê ở cơ sở có giường bệnh.",
                    $"{drug.Name}: narcotics are prescribed only at facilities with beds."
                )
            );
        }
    }

    private static IEnumerable<Finding> AboutWhole(
        PrescriptionDraft draft,
        IReadOnlyList<ReviewedLine> lines
    )
    {
        if (draft.Lines.Count == 0)
        {
            yield return Stop("empty", null, T.Of("Đơn chưa có thuốc.", "There is no drug yet."));
        }
        var classes = lines.Select(line => line.Drug.Class).Distinct().ToList();
        if (classes.Count > 1)
        {
            yield return new Finding(
                Severity.Inform,
                "classes",
                null,
                T.Of(
                    $"Sẽ tách thành {classes.Count} đơn riêng: {string.Join("; ", classes.Select(kind => kind.Text()))}.",
                    $"Will be split into {classes.Count} prescriptions: {string.Join("; ", classes.Select(kind => kind.Text()))}."
                ),
                Circular
            );
        }
    }

    private static Finding Stop(string rule, int? line, string message, string source = Circular) =>
        new(Severity.Stop, rule, line, message, source);
}
