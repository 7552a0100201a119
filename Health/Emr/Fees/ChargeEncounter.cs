using System.Security.Cryptography;
using System.Text;
using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;
using Invoice = SharedKernel.Contracts.Invoice;

namespace Health.Emr.Fees;

/// <summary>
/// The fees of a visit: what was done is noted as ChargeItems from the facility's published price list
/// (https://hl7.org/fhir/R4/chargeitem.html), then becomes an invoice, with the share that health insurance pays.
/// </summary>
public sealed class ChargeEncounter(
    FhirSession fhir,
    Workplace workplace,
    IPriceLists prices,
    IInvoices invoices,
    IAccess access,
    ICurrentCaller current,
    TimeProvider clock
) : IFeature
{
    public const string Insurer = "BHYT";

    /// <summary>Codes of a facility's price list, with the kind of item before the code: <c>Service/KB.001</c>.</summary>
    private const string ItemCodes = "http://fhir.ehealth.gov.vn/core/CodeSystem/price-list-item";

    public sealed record Item(PriceItemKind Kind, string? Code, decimal Quantity);

    /// <param name="Insured">Insurance prices, shared with the insurer; otherwise the patient pays the self-pay price.</param>
    /// <param name="Level">Percent on the card (MUC_HUONG); null reads it from a card of the old form.</param>
    public sealed record Bill(
        bool Insured,
        decimal? Level = null,
        bool CommuneStation = false,
        bool FullCostReached = false,
        decimal OffRoute = 100
    );

    /// <param name="Line">The item as it is published today; null when it is not any more.</param>
    public sealed record Charged(string Id, string Code, decimal Quantity, PriceLine? Line);

    /// <param name="Open">Not on an invoice yet.</param>
    public sealed record View(
        Encounter Encounter,
        Patient Patient,
        PriceListVersion? PriceList,
        IReadOnlyList<Charged> Open,
        IReadOnlyList<Invoice> Invoices
    );

    public static void Map(IEndpointRouteBuilder routes)
    {
        var fees = routes
            .MapGroup("/health/encounters/{id}/fees")
            .Requires(Permission.WriteHealthRecords);
        fees.MapPost(
            "",
            async (string id, Item item, ChargeEncounter feature, CancellationToken cancel) =>
            {
                await feature.Add(id, item, cancel);
                return Results.NoContent();
            }
        );
        fees.MapDelete(
            "/{item}",
            async (string id, string item, ChargeEncounter feature, CancellationToken cancel) =>
            {
                await feature.Remove(id, item, cancel);
                return Results.NoContent();
            }
        );
        fees.MapPost(
            "/invoice",
            (string id, Bill bill, ChargeEncounter feature, CancellationToken cancel) =>
                feature.Run(id, bill, cancel)
        );
    }

    /// <exception cref="NotFound">There is no such visit.</exception>
    public async Task<View> Read(string id, CancellationToken cancel = default)
    {
        var encounter = await OwnVisit(id, cancel);
        var patient =
            await fhir.Read<Patient>(VnCore.IdOf(encounter.Subject)!, cancel)
            ?? throw new NotFound("Patient");
        var list = await prices.InForce(Facility(encounter), clock.Today(), cancel);
        var items = await Billable(id, cancel);
        var lines = await Lines(list, [.. items.Select(Key).Distinct()], cancel);
        return new(
            encounter,
            patient,
            list,
            [
                .. items.Select(item => new Charged(
                    item.Id!,
                    Key(item).Code,
                    item.Quantity?.Value ?? 1,
                    lines.GetValueOrDefault(Key(item))
                )),
            ],
            await invoices.Of($"Encounter/{id}", cancel)
        );
    }

    /// <exception cref="InvalidInput">The item is not in the price list in force.</exception>
    public async Task Add(string id, Item item, CancellationToken cancel = default)
    {
        var encounter = await OwnVisit(id, cancel);
        var list = await ListInForce(encounter, cancel);
        var key = (item.Kind, Code: item.Code?.Trim() ?? "");
        if (!(await Lines(list, [key], cancel)).TryGetValue(key, out var line))
        {
            throw new InvalidInput(
                "code",
                T.Of(
                    $"“{item.Code}” không có trong bảng giá đang có hiệu lực; giá chưa công bố thì không được thu.",
                    $"“{item.Code}” is not in the price list in force; what is not published cannot be charged."
                )
            );
        }
        if (item.Quantity is <= 0 or > 10_000 || decimal.Round(item.Quantity, 3) != item.Quantity)
        {
            throw new InvalidInput(
                "quantity",
                T.Of(
                    "số lượng phải lớn hơn 0, tối đa 10.000, 3 chữ số thập phân.",
                    "a quantity is above 0, at most 10,000, with at most 3 decimals."
                )
            );
        }
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        changes.Create(
            new ChargeItem
            {
                Status = ChargeItem.ChargeItemStatus.Billable,
                Code = new CodeableConcept(ItemCodes, $"{key.Kind}/{key.Code}", line.Name, null),
                Subject = encounter.Subject!,
                Context = VnCore.Reference(encounter),
                PerformingOrganization = post.Organisation,
                Quantity = new Quantity { Value = item.Quantity, Unit = line.Unit },
                Enterer = post.Practitioner,
                EnteredDateElement = new FhirDateTime(clock.GetUtcNow().InVietnam()),
            }
        );
        await fhir.Commit(changes, cancel);
    }

    /// <exception cref="Conflict">It is on an invoice already.</exception>
    public async Task Remove(string id, string item, CancellationToken cancel = default)
    {
        await OwnVisit(id, cancel);
        var found =
            (await Billable(id, cancel)).FirstOrDefault(one => one.Id == item)
            ?? throw new Conflict(
                T.Of(
                    "Khoản này đã lên hóa đơn hoặc không còn.",
                    "This item is on an invoice already, or is gone."
                )
            );
        found.Status = ChargeItem.ChargeItemStatus.NotBillable;
        var changes = new FhirChanges();
        changes.Update(found, found.Meta?.VersionId);
        await fhir.Commit(changes, cancel);
    }

    /// <summary>Makes one invoice of all that is open. Cut off between the two databases it is repeated without a second invoice.</summary>
    public async Task<Invoice> Run(string id, Bill bill, CancellationToken cancel = default)
    {
        var encounter = await OwnVisit(id, cancel);
        var list = await ListInForce(encounter, cancel);
        var items = await Billable(id, cancel);
        if (items.Count == 0)
        {
            throw new InvalidInput(
                "items",
                T.Of("chưa có khoản nào để lập hóa đơn.", "there is nothing to charge yet.")
            );
        }
        var patient =
            await fhir.Read<Patient>(VnCore.IdOf(encounter.Subject)!, cancel)
            ?? throw new NotFound("Patient");
        var lines = await Lines(list, [.. items.Select(Key).Distinct()], cancel);
        var invoice = await invoices.Issue(
            new(
                list.Facility,
                InvoicePurpose.HospitalFee,
                patient.FullName(),
                bill.Insured
                    ? Insured(items, lines, patient.Insurance(), bill)
                    :
                    [
                        .. items.Select(item => new Charge(
                            Key(item).Kind,
                            Key(item).Code,
                            PriceKind.SelfPay,
                            item.Quantity?.Value ?? 1
                        )),
                    ],
                $"Encounter/{id}/{Fingerprint(items)}",
                CitizenId.TryParse(patient.Id, null, out var citizen) ? citizen : null,
                $"Encounter/{id}"
            ),
            cancel
        );
        var changes = new FhirChanges();
        foreach (var item in items)
        {
            item.Status = ChargeItem.ChargeItemStatus.Billed;
            changes.Update(item, item.Meta?.VersionId);
        }
        await fhir.Commit(changes, cancel);
        return invoice;
    }

    /// <summary>
    /// Each item at its insurance price, or at the self-pay price where it has none. What the insurer pays is rounded to whole đồng, line by
    /// line.
    /// </summary>
    private List<Charge> Insured(
        IReadOnlyList<ChargeItem> items,
        IReadOnlyDictionary<(PriceItemKind, string), PriceLine> lines,
        string? card,
        Bill bill
    )
    {
        var rules =
            InsuranceRules.On(clock.Today())
            ?? throw new InvalidInput("insurance", "No rules of health insurance hold today.");
        var level =
            bill.Level
            ?? rules.LevelOf(card)
            ?? throw new InvalidInput(
                "level",
                T.Of(
                    "số thẻ này không cho biết mức hưởng; tra cổng giám định rồi chọn mức.",
                    "this card's number does not tell the level; look it up at the insurer's portal and choose it."
                )
            );
        if (level is < 0 or > 100 || bill.OffRoute is < 0 or > 100)
        {
            throw new InvalidInput(
                "level",
                T.Of("mức hưởng từ 0 đến 100 %.", "a level is 0 to 100 %.")
            );
        }
        decimal Insurable(ChargeItem item) => lines.GetValueOrDefault(Key(item))?.Insurance ?? 0;
        var inScope = items.Sum(item => (item.Quantity?.Value ?? 1) * Insurable(item));
        level = rules.Level(
            level,
            inScope,
            bill.CommuneStation,
            bill.FullCostReached,
            bill.OffRoute
        );
        return
        [
            .. items.Select(item =>
            {
                var (kind, code) = Key(item);
                var quantity = item.Quantity?.Value ?? 1;
                var price = Insurable(item);
                var share = InsuranceShare.Of(new(quantity, price, price), level);
                return new Charge(
                    kind,
                    code,
                    price > 0 ? PriceKind.Insurance : PriceKind.SelfPay,
                    quantity,
                    price > 0 ? [new(Insurer, (long)Math.Floor(share.Insurance))] : null
                );
            }),
        ];
    }

    private async Task<Encounter> OwnVisit(string id, CancellationToken cancel)
    {
        var encounter =
            await fhir.Read<Encounter>(id, cancel) ?? throw new NotFound($"Encounter {id}");
        access.Demand(
            current.Caller,
            Permission.WriteHealthRecords,
            organisation: Facility(encounter)
        );
        // Treating reaches every patient; charging only one's own house.
        return
            access.ReachOf(current.Caller, Permission.Administer) is Reach.All
            || current.Caller.Organisation == Facility(encounter)
            ? encounter
            : throw new AccessDenied(Permission.WriteHealthRecords);
    }

    private static string Facility(Encounter encounter) =>
        VnCore.IdOf(encounter.ServiceProvider) ?? "";

    private async Task<PriceListVersion> ListInForce(
        Encounter encounter,
        CancellationToken cancel
    ) =>
        await prices.InForce(Facility(encounter), clock.Today(), cancel)
        ?? throw new Conflict(
            T.Of(
                "Cơ sở chưa công bố bảng giá có hiệu lực hôm nay, nên chưa thể thu.",
                "The facility has published no price list that holds today, so nothing can be charged."
            )
        );

    private async Task<IReadOnlyList<ChargeItem>> Billable(string id, CancellationToken cancel) =>
        [
            .. (await fhir.Search<ChargeItem>($"context=Encounter/{id}&_count=500", cancel)).Where(
                item => item.Status is ChargeItem.ChargeItemStatus.Billable
            ),
        ];

    private async Task<IReadOnlyDictionary<(PriceItemKind Kind, string Code), PriceLine>> Lines(
        PriceListVersion? list,
        IReadOnlyCollection<(PriceItemKind Kind, string Code)> wanted,
        CancellationToken cancel
    )
    {
        var found = new Dictionary<(PriceItemKind, string), PriceLine>();
        if (list is null || wanted.Count == 0)
        {
            return found;
        }
        await foreach (var line in prices.Lines(list, cancel))
        {
            if (wanted.Contains((line.ItemKind, line.Code)))
            {
                found[(line.ItemKind, line.Code)] = line;
            }
        }
        return found;
    }

    private static (PriceItemKind Kind, string Code) Key(ChargeItem item)
    {
        var code = item.Code?.Coding.Find(coding => coding.System == ItemCodes)?.Code ?? "";
        var slash = code.IndexOf('/', StringComparison.Ordinal);
        return slash > 0 && Enum.TryParse<PriceItemKind>(code[..slash], out var kind)
            ? (kind, code[(slash + 1)..])
            : (PriceItemKind.Service, code);
    }

    private static string Fingerprint(IEnumerable<ChargeItem> items) =>
        Convert.ToHexStringLower(
            SHA256.HashData(
                Encoding.UTF8.GetBytes(
                    string.Join(' ', items.Select(item => item.Id).Order(StringComparer.Ordinal))
                )
            )
        )[..16];
}
