using System.Globalization;
using System.Net;
using System.Text.Json;
using System.Text.RegularExpressions;
using Health.Contracts;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;
using static Interop.Registries.Forms.FhirJson;

namespace Interop.Registries.Insurance;

/// <summary>
/// Fills XML1 to XML5 of one finished visit from the FHIR store and the facility's published prices. Nothing is made up: what the records do not tell stays empty
/// and is named among the gaps.
/// </summary>
public sealed partial class FillClaim(
    IFhirReader fhir,
    IPriceLists prices,
    ICurrentCaller current,
    IAudit audit
) : IFeature
{
    private const string DrugCodes = "http://fhir.ehealth.gov.vn/core/CodeSystem/drug-demo";

    /// <exception cref="NotFound">There is no such visit.</exception>
    /// <exception cref="Conflict">It is not finished, or names no facility.</exception>
    public async Task<ClaimCase> Run(string encounterId, CancellationToken cancel)
    {
        var encounter =
            await One("Encounter", encounterId, cancel)
            ?? throw new NotFound($"Encounter {encounterId}");
        if (
            Text(encounter, "status") != "finished"
            || !TryEnd(Text(encounter, "period", "end"), out var left)
            || !TryEnd(Text(encounter, "period", "start"), out var entered)
        )
        {
            throw new Conflict(T.Of("Lượt khám chưa kết thúc.", "The visit is not over."));
        }
        var facility =
            IdOf(Text(encounter, "serviceProvider", "reference"))
            ?? throw new Conflict(
                T.Of("Lượt khám không ghi cơ sở.", "The visit names no facility.")
            );
        var patientId = IdOf(Text(encounter, "subject", "reference"))!;
        var patient =
            await One("Patient", patientId, cancel) ?? throw new NotFound($"Patient {patientId}");
        await audit.Record(
            current.Caller,
            new(AuditAction.Read, $"Claim/{encounterId}", [patientId]),
            cancel
        );
        var day = left.VietnamDay();
        var gaps = new List<string>();
        var level = Level(patient, gaps);
        var list = await prices.InForce(facility, day, cancel);
        var priceOf = list is null ? [] : await Prices(list, cancel);
        if (list is null)
        {
            gaps.Add(
                $"XML2, XML3: cơ sở {facility} chưa công bố giá có hiệu lực ngày {day:dd/MM/yyyy}."
            );
        }
        var of = $"encounter=Encounter/{encounterId}";
        var conditions = await All("Condition", of, cancel);
        var drugs = new List<ClaimRow>();
        foreach (var order in await All("MedicationRequest", of, cancel))
        {
            if (Text(order, "status") is "active" or "completed")
            {
                drugs.Add(Drug(order, priceOf, level, gaps));
            }
        }
        var services = new List<ClaimRow>();
        foreach (var item in await All("ChargeItem", $"context=Encounter/{encounterId}", cancel))
        {
            if (Text(item, "status") is "billable" or "billed")
            {
                services.Add(Service(item, priceOf, level, gaps));
            }
        }
        if (services.Count == 0)
        {
            gaps.Add("XML3: lượt khám không có ChargeItem nào, nên chưa có tiền khám và dịch vụ.");
        }
        var tests = new List<ClaimRow>();
        foreach (
            var result in await All("Observation", $"{of}&category=laboratory,imaging", cancel)
        )
        {
            tests.Add(Test(result));
        }
        var progress = new List<ClaimRow>();
        foreach (var note in await All("Composition", of, cancel))
        {
            if (Progress(note, left) is { } row)
            {
                progress.Add(row);
            }
        }
        var summary = Summary(encounter, patient, entered, left, facility, conditions, gaps);
        await Weight(summary, of, gaps, cancel);
        foreach (var (index, row) in drugs.Concat(services).Index())
        {
            row["MA_LK"] = encounterId;
            row["STT"] = (index < drugs.Count ? index + 1 : index - drugs.Count + 1).ToString(
                CultureInfo.InvariantCulture
            );
            row["MA_BENH"] = summary["MA_BENH_CHINH"];
            row["MA_PTTT"] = "1";
            row["NGAY_YL"] ??= Minute(entered);
        }
        foreach (var (index, row) in tests.Index())
        {
            (row["MA_LK"], row["STT"]) = (
                encounterId,
                (index + 1).ToString(CultureInfo.InvariantCulture)
            );
        }
        foreach (var (index, row) in progress.Index())
        {
            (row["MA_LK"], row["STT"]) = (
                encounterId,
                (index + 1).ToString(CultureInfo.InvariantCulture)
            );
        }
        Add(summary, drugs, services);
        gaps.Add("XML0, XML6–XML15: chưa lập từ hồ sơ này.");
        return new(
            facility,
            day,
            new Dictionary<string, IReadOnlyList<ClaimRow>>
            {
                ["XML1"] = [summary],
                ["XML2"] = drugs,
                ["XML3"] = services,
                ["XML4"] = tests,
                // Only for stays and long treatments (annex, note of XML5).
                ["XML5"] = summary["MA_LOAI_KCB"] is "01" ? [] : progress,
            },
            gaps
        );
    }

    private ClaimRow Summary(
        JsonElement encounter,
        JsonElement patient,
        DateTimeOffset entered,
        DateTimeOffset left,
        string facility,
        IReadOnlyList<JsonElement> conditions,
        List<string> gaps
    )
    {
        var row = new ClaimRow
        {
            ["MA_LK"] = Text(encounter, "id"),
            ["STT"] = "1",
            ["MA_BN"] = Text(patient, "id"),
            ["HO_TEN"] = Each(patient, "name").Select(name => Text(name, "text")).FirstOrDefault(),
            ["SO_CCCD"] = Number(patient, PatientIdentifiers.NationalId),
            ["NGAY_SINH"] = Born(Text(patient, "birthDate")),
            ["GIOI_TINH"] = Text(patient, "gender") switch
            {
                "male" => "1",
                "female" => "2",
                _ => "3",
            },
            ["MA_QUOCTICH"] = "000",
            ["MA_DANTOC"] = Extension(patient, "extension-race"),
            ["MA_NGHE_NGHIEP"] = Extension(patient, "extension-occupation"),
            ["DIEN_THOAI"] = Each(patient, "telecom")
                .Select(one => Text(one, "value"))
                .FirstOrDefault(),
            ["MA_THE_BHYT"] = Number(patient, PatientIdentifiers.InsuranceNumber),
            ["LY_DO_VV"] = Each(encounter, "reasonCode")
                .Select(one => Text(one, "text"))
                .FirstOrDefault(),
            ["NGAY_VAO"] = Minute(entered),
            ["NGAY_RA"] = Minute(left),
            ["MA_LOAI_KCB"] = Text(encounter, "class", "code") switch
            {
                "IMP" or "ACUTE" or "NONAC" => "03",
                "VR" => "14",
                "HH" => "12",
                _ => "01",
            },
            ["MA_CSKCB"] = facility,
            ["MA_HSBA"] = Text(encounter, "id"),
            ["NAM_QT"] = left.VietnamDay().Year.ToString("D4", CultureInfo.InvariantCulture),
            ["THANG_QT"] = left.VietnamDay().Month.ToString("D2", CultureInfo.InvariantCulture),
            ["MA_LOAI_RV"] = "1",
        };
        foreach (var address in Each(patient, "address"))
        {
            row["DIA_CHI"] ??= Text(address, "text");
            row["MAXA_CU_TRU"] ??= Each(address, "extension")
                .Select(one => Text(one, "valueCoding", "code"))
                .FirstOrDefault(code => code is { Length: 5 });
        }
        Diagnoses(row, encounter, conditions);
        row["KET_QUA_DTRI"] = encounter.TryGetProperty("hospitalization", out var stay)
            ? Codings(stay, "dischargeDisposition")
                .Select(coding =>
                    coding.Code switch
                    {
                        "exp" => "5",
                        "aama" => "6",
                        { Length: 1 } own when char.IsAsciiDigit(own[0]) => own,
                        _ => null,
                    }
                )
                .FirstOrDefault()
            : null;
        row.Set(
            "SO_NGAY_DTRI",
            ClaimCosts.Days(row["MA_LOAI_KCB"]!, entered.VietnamDay(), left.VietnamDay())
        );
        foreach (
            var (field, why) in new[]
            {
                ("MA_NGHE_NGHIEP", "nghề nghiệp chưa ghi trong hồ sơ người bệnh"),
                ("MATINH_CU_TRU", "mã tỉnh suy từ mã xã chỉ có ở danh mục hành chính, chưa nối"),
                ("KET_QUA_DTRI", "kết quả điều trị chưa ghi khi kết thúc lượt khám"),
                ("MA_DOITUONG_KCB", "đối tượng đến khám chưa ghi khi tiếp nhận"),
                ("MA_KHOA", "khoa chưa ghi trong lượt khám"),
                ("LY_DO_VV", "lý do đến khám chưa ghi"),
                ("DIA_CHI", "địa chỉ chưa ghi"),
            }
        )
        {
            if (row[field] is null)
            {
                gaps.Add($"XML1.{field}: {why}.");
            }
        }
        return row;
    }

    private static void Diagnoses(
        ClaimRow row,
        JsonElement encounter,
        IReadOnlyList<JsonElement> conditions
    )
    {
        var ranks = new Dictionary<string, int>();
        foreach (var diagnosis in Each(encounter, "diagnosis"))
        {
            if (
                IdOf(Text(diagnosis, "condition", "reference")) is { } id
                && diagnosis.TryGetProperty("rank", out var rank)
            )
            {
                ranks[id] = rank.GetInt32();
            }
        }
        var ordered = conditions
            .Where(one =>
                Codings(one, "verificationStatus").FirstOrDefault().Code
                    is not ("entered-in-error" or "refuted")
            )
            .OrderBy(one => ranks.GetValueOrDefault(Text(one, "id")!, int.MaxValue))
            .ToList();
        var codes = ordered.Select(one => Icd10(one, "code")).OfType<string>().ToList();
        row["MA_BENH_CHINH"] = codes.FirstOrDefault();
        row["MA_BENH_KT"] = string.Join(';', codes.Skip(1).Take(12));
        var words = string.Join(
            "; ",
            ordered
                .Select(one =>
                    Text(one, "code", "text")
                    ?? (
                        one.TryGetProperty("code", out var code)
                            ? Each(code, "coding").Select(c => Text(c, "display")).FirstOrDefault()
                            : null
                    )
                    ?? Icd10(one, "code")
                )
                .OfType<string>()
        );
        row["CHAN_DOAN_VAO"] = words;
        row["CHAN_DOAN_RV"] = words;
    }

    private static ClaimRow Drug(
        JsonElement order,
        Dictionary<(PriceItemKind, string), PriceLine> prices,
        decimal? level,
        List<string> gaps
    )
    {
        var medication = order.TryGetProperty("medicationCodeableConcept", out var concept)
            ? concept
            : default;
        var codings = Codings(order, "medicationCodeableConcept").ToList();
        var code =
            codings.Where(one => one.System == DrugCodes).Select(one => one.Code).FirstOrDefault()
            ?? codings.FirstOrDefault().Code;
        var quantity =
            order.TryGetProperty("dispenseRequest", out var dispense)
            && dispense.TryGetProperty("quantity", out var amount)
                ? amount
                : default;
        var row = new ClaimRow
        {
            ["MA_THUOC"] = code,
            ["MA_NHOM"] = "4",
            ["TEN_THUOC"] = Text(medication, "text"),
            ["DON_VI_TINH"] = Text(quantity, "unit"),
            ["LIEU_DUNG"] = Each(order, "dosageInstruction")
                .Select(one => Text(one, "text"))
                .FirstOrDefault(),
            ["MA_BAC_SI"] = IdOf(Text(order, "requester", "reference")),
            ["NGAY_YL"] = TryEnd(Text(order, "authoredOn"), out var at) ? Minute(at) : null,
            ["PHAM_VI"] = "1",
            ["NGUON_CTRA"] = "1",
        };
        var line = code is null ? null : prices.GetValueOrDefault((PriceItemKind.Drug, code));
        row["SO_DANG_KY"] = line?.Registration;
        Cost(row, line, Value(quantity), "DON_GIA", null, level);
        if (line is null)
        {
            gaps.Add($"XML2: thuốc {code} không có trong bảng giá.");
        }
        return row;
    }

    private static ClaimRow Service(
        JsonElement item,
        Dictionary<(PriceItemKind, string), PriceLine> prices,
        decimal? level,
        List<string> gaps
    )
    {
        var code = Codings(item, "code").FirstOrDefault().Code;
        var device = code is null ? null : prices.GetValueOrDefault((PriceItemKind.Device, code));
        var line =
            device
            ?? (code is null ? null : prices.GetValueOrDefault((PriceItemKind.Service, code)));
        var row = new ClaimRow
        {
            [device is null ? "MA_DICH_VU" : "MA_VAT_TU"] = code,
            [device is null ? "TEN_DICH_VU" : "TEN_VAT_TU"] =
                line?.Name ?? Text(item, "code", "text"),
            ["DON_VI_TINH"] = line?.Unit,
            ["PHAM_VI"] = "1",
            ["MA_NHOM"] = device is null ? Group(item) : "10",
            ["NGAY_YL"] = TryEnd(Text(item, "occurrenceDateTime"), out var at) ? Minute(at) : null,
        };
        Cost(
            row,
            line,
            item.TryGetProperty("quantity", out var quantity) ? Value(quantity) : 1,
            "DON_GIA_BV",
            "DON_GIA_BH",
            level
        );
        row["TYLE_TT_DV"] = "100";
        if (line is null)
        {
            gaps.Add($"XML3: {code} không có trong bảng giá.");
        }
        return row;
    }

    /// <summary>MA_NHOM as billing wrote it beside the code; empty when it did not.</summary>
    private static string? Group(JsonElement item) =>
        Codings(item, "code")
            .Where(one => one.System?.EndsWith("ma-nhom", StringComparison.Ordinal) == true)
            .Select(one => one.Code)
            .FirstOrDefault();

    private static void Cost(
        ClaimRow row,
        PriceLine? line,
        decimal? quantity,
        string priceField,
        string? insuranceField,
        decimal? level
    )
    {
        row.Set("SO_LUONG", quantity);
        row.Set("MUC_HUONG", level);
        row["TYLE_TT_BH"] = "100";
        foreach (
            var other in new[]
            {
                "T_NGUONKHAC_NSNN",
                "T_NGUONKHAC_VTNN",
                "T_NGUONKHAC_VTTN",
                "T_NGUONKHAC_CL",
                "T_NGUONKHAC",
            }
        )
        {
            row[other] = "0";
        }
        if (line?.Insurance is not { } price || quantity is not { } count)
        {
            return;
        }
        row.Set(priceField, price);
        if (insuranceField is not null)
        {
            row.Set(insuranceField, price);
        }
        if (level is { } percent)
        {
            var cost = ClaimCosts.Of(new(count, price, price, 100, percent));
            row.Set("THANH_TIEN_BV", cost.Hospital);
            row.Set("THANH_TIEN_BH", cost.Insurance);
            row.Set("T_BNTT", cost.Own);
            row.Set("T_BNCCT", cost.CoPay);
            row.Set("T_BHTT", cost.Fund);
        }
    }

    private static ClaimRow Test(JsonElement result)
    {
        var quantity = result.TryGetProperty("valueQuantity", out var value) ? value : default;
        var coding = Codings(result, "code").FirstOrDefault();
        return new()
        {
            ["MA_CHI_SO"] = coding.Code,
            ["TEN_CHI_SO"] =
                Text(result, "code", "text")
                ?? (
                    result.TryGetProperty("code", out var code)
                        ? Each(code, "coding").Select(one => Text(one, "display")).FirstOrDefault()
                        : null
                )
                ?? coding.Code,
            ["GIA_TRI"] =
                Value(quantity)?.ToString(CultureInfo.InvariantCulture)
                ?? Text(result, "valueString"),
            ["DON_VI_DO"] = Text(quantity, "unit"),
            ["NGAY_KQ"] = TryEnd(Text(result, "effectiveDateTime"), out var at) ? Minute(at) : null,
            ["MA_BS_DOC_KQ"] = Each(result, "performer")
                .Select(one => IdOf(Text(one, "reference")))
                .FirstOrDefault(),
        };
    }

    private static ClaimRow? Progress(JsonElement note, DateTimeOffset left)
    {
        var text = string.Join(
            "; ",
            Each(note, "section")
                .Select(section => Plain(Text(section, "text", "div")))
                .Where(words => words.Length > 0)
        );
        return text.Length == 0
            ? null
            : new()
            {
                ["DIEN_BIEN_LS"] = text,
                ["THOI_DIEM_DBLS"] = Minute(TryEnd(Text(note, "date"), out var at) ? at : left),
                ["NGUOI_THUC_HIEN"] = Each(note, "author")
                    .Select(author => IdOf(Text(author, "reference")))
                    .FirstOrDefault(),
            };
    }

    private static void Add(
        ClaimRow summary,
        IReadOnlyList<ClaimRow> drugs,
        IReadOnlyList<ClaimRow> services
    )
    {
        decimal Sum(IEnumerable<ClaimRow> rows, string field) =>
            rows.Sum(row => row.Number(field) ?? 0);
        ClaimRow[] all = [.. drugs, .. services];
        summary.Set("T_THUOC", Sum(drugs, "THANH_TIEN_BV"));
        summary.Set(
            "T_VTYT",
            Sum(services.Where(row => row["MA_VAT_TU"] is not null), "THANH_TIEN_BV")
        );
        summary.Set("T_TONGCHI_BV", Sum(all, "THANH_TIEN_BV"));
        summary.Set("T_TONGCHI_BH", Sum(all, "THANH_TIEN_BH"));
        summary.Set("T_BNTT", Sum(all, "T_BNTT"));
        summary.Set("T_BNCCT", Sum(all, "T_BNCCT"));
        summary.Set("T_NGUONKHAC", Sum(all, "T_NGUONKHAC"));
        summary.Set("T_BHTT", Sum(all, "T_BHTT"));
        summary.Set("T_BHTT_GDV", Sum(all, "T_BHTT"));
    }

    private async Task Weight(
        ClaimRow summary,
        string of,
        List<string> gaps,
        CancellationToken cancel
    )
    {
        foreach (
            var weight in await All("Observation", $"{of}&code=http://loinc.org|29463-7", cancel)
        )
        {
            if (weight.TryGetProperty("valueQuantity", out var quantity))
            {
                summary["CAN_NANG"] = Value(quantity)
                    ?.ToString("0.##", CultureInfo.InvariantCulture);
            }
        }
        if (summary["CAN_NANG"] is null)
        {
            gaps.Add("XML1.CAN_NANG: lượt khám không đo cân nặng.");
        }
    }

    /// <summary>
    /// MUC_HUONG by the third sign of a 15-character card: 1, 2 and 5 the whole, 3 95 %, 4 80 % (QĐ 1351/QĐ-BHXH 2015; to be verified). Newer cards do not carry it; then
    /// it stays open.
    /// </summary>
    private static decimal? Level(JsonElement patient, List<string> gaps)
    {
        var card = Number(patient, PatientIdentifiers.InsuranceNumber);
        decimal? level = card is { Length: 15 }
            ? card[2] switch
            {
                '1' or '2' or '5' => 100,
                '3' => 95,
                '4' => 80,
                _ => null,
            }
            : null;
        if (level is null)
        {
            gaps.Add(
                card is null
                    ? "XML1.MA_THE_BHYT: người bệnh không có thẻ bảo hiểm y tế trong hồ sơ."
                    : "MUC_HUONG: thẻ kiểu mới không mang mức hưởng; cần kết quả tra thẻ."
            );
        }
        return level;
    }

    private async Task<Dictionary<(PriceItemKind, string), PriceLine>> Prices(
        PriceListVersion list,
        CancellationToken cancel
    )
    {
        var lines = new Dictionary<(PriceItemKind, string), PriceLine>();
        await foreach (var line in prices.Lines(list, cancel))
        {
            lines[(line.ItemKind, line.Code)] = line;
        }
        return lines;
    }

    private async Task<JsonElement?> One(string type, string id, CancellationToken cancel) =>
        (await All(type, $"_id={id}", cancel)) is [var found, ..] ? found : null;

    private async Task<IReadOnlyList<JsonElement>> All(
        string type,
        string query,
        CancellationToken cancel
    )
    {
        var found = new List<JsonElement>();
        await foreach (var json in fhir.Scan(type, query, cancel))
        {
            using var document = JsonDocument.Parse(json);
            found.Add(document.RootElement.Clone());
        }
        return found;
    }

    internal static string? Number(JsonElement patient, string system) =>
        Each(patient, "identifier")
            .Where(one => Text(one, "system") == system && Text(one, "use") != "old")
            .Select(one => Text(one, "value"))
            .FirstOrDefault();

    private static string? Extension(JsonElement patient, string name) =>
        Each(patient, "extension")
            .Where(one => Text(one, "url")?.EndsWith(name, StringComparison.Ordinal) == true)
            .Select(one =>
                Codings(one, "valueCodeableConcept").FirstOrDefault().Code
                ?? Text(one, "valueCoding", "code")
            )
            .FirstOrDefault();

    private static decimal? Value(JsonElement quantity) =>
        quantity.ValueKind is JsonValueKind.Object
        && quantity.TryGetProperty("value", out var value)
            ? value.GetDecimal()
            : null;

    /// <summary>yyyyMMddHHmm; what is not known of a birth is zeros.</summary>
    private static string? Born(string? date) =>
        PartialDate.TryParse(date, null, out var born)
            ? $"{born.Year:D4}{(born.Day is null ? "0000" : $"{born.Month:D2}{born.Day:D2}")}0000"
            : null;

    private static string Minute(DateTimeOffset time) =>
        time.InVietnam().ToString("yyyyMMddHHmm", CultureInfo.InvariantCulture);

    private static string Plain(string? html) =>
        html is null ? "" : WebUtility.HtmlDecode(Tag().Replace(html, " ")).Trim();

    [GeneratedRegex("<[^>]*>", RegexOptions.None, 1000)]
    private static partial Regex Tag();
}
