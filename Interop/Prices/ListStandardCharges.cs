using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Interop.Prices;

/// <summary>
/// A price list in the layout of the US hospital price transparency file (CMS JSON 3.0.0, https://github.com/CMSgov/hospital-price-transparency), so that tools made for it read our prices. It is the layout and
/// no claim under US law: the amounts are đồng, codes are the facility's own (LOCAL), the state is VN, and the attestation is theirs word for word because the layout fixes it.
/// </summary>
public sealed class ListStandardCharges(DownloadPrices prices, IPriceLists lists) : IFeature
{
    private const string Attestation =
        "To the best of its knowledge and belief, this hospital has included all applicable standard charge information in accordance with the requirements of 45 CFR 180.50, and the information encoded is true, accurate, and complete as of the date in the file. This hospital has included all payer-specific negotiated charges in dollars that can be expressed as a dollar amount. For payer-specific negotiated charges that cannot be expressed as a dollar amount in the machine-readable file or not knowable in advance, the hospital attests that the payer-specific negotiated charge is based on a contractual algorithm, percentage or formula that precludes the provision of a dollar amount and has provided all necessary information available to the hospital for the public to be able to derive the dollar amount, including, but not limited to, the specific fee schedule or components referenced in such percentage, algorithm or formula.";

    public async Task<JsonObject> Run(string facility, string? version, CancellationToken cancel)
    {
        var list = await prices.Asked(facility, version, cancel);
        var charges = new JsonArray();
        await foreach (var line in lists.Lines(list, cancel))
        {
            if (Charges(line) is { Count: > 0 } standard)
            {
                charges.Add(Item(line, standard));
            }
        }
        return new JsonObject
        {
            ["hospital_name"] = list.FacilityName,
            ["last_updated_on"] = PriceFile.Day(list.PublishedAt.VietnamDay()),
            ["version"] = "3.0.0",
            ["location_name"] = new JsonArray(list.FacilityName),
            ["hospital_address"] = new JsonArray($"{list.FacilityName}, Việt Nam"),
            ["license_information"] = new JsonObject
            {
                ["license_number"] = facility,
                ["state"] = "VN",
            },
            // No such number outside the US; the layout asks for ten digits.
            ["type_2_npi"] = new JsonArray("0000000000"),
            ["attestation"] = new JsonObject
            {
                ["attestation"] = Attestation,
                ["attester_name"] = list.PublishedBy,
                ["confirm_attestation"] = true,
            },
            ["standard_charge_information"] = charges,
        };
    }

    private static JsonObject Item(PriceLine line, JsonArray charges)
    {
        var item = new JsonObject
        {
            ["description"] = line.Name,
            ["code_information"] = new JsonArray(
                new JsonObject { ["code"] = line.Code, ["type"] = "LOCAL" }
            ),
            ["standard_charges"] = charges,
        };
        if (line.ItemKind is PriceItemKind.Drug)
        {
            item["drug_information"] = new JsonObject { ["unit"] = 1, ["type"] = "UN" };
        }
        return item;
    }

    /// <summary>Self-pay is the gross charge, insurance a payer; on-demand and support prices are charges of their own with a note.</summary>
    private static JsonArray Charges(PriceLine line)
    {
        var charges = new JsonArray();
        if (line.SelfPay is not null || line.Insurance is not null)
        {
            var charge = new JsonObject { ["setting"] = "both" };
            if (line.SelfPay is { } own)
            {
                charge["gross_charge"] = own;
                charge["discounted_cash"] = own;
            }
            if (line.Insurance is { } paid)
            {
                charge["minimum"] = paid;
                charge["maximum"] = paid;
                charge["payers_information"] = new JsonArray(
                    new JsonObject
                    {
                        ["payer_name"] = "Bảo hiểm xã hội Việt Nam",
                        ["plan_name"] = "Bảo hiểm y tế",
                        ["standard_charge_dollar"] = paid,
                        ["methodology"] = "fee schedule",
                        ["additional_payer_notes"] = "VND",
                    }
                );
            }
            charges.Add(charge);
        }
        foreach (
            var (amount, note) in new[]
            {
                (line.OnDemand, "Khám, chữa bệnh theo yêu cầu (VND)"),
                (line.Support, "Dịch vụ hỗ trợ (VND)"),
            }
        )
        {
            if (amount is { } known)
            {
                charges.Add(
                    new JsonObject
                    {
                        ["setting"] = "both",
                        ["gross_charge"] = known,
                        ["additional_generic_notes"] = note,
                    }
                );
            }
        }
        return charges;
    }

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGroup("/open-data/prices/{facility}")
            .AllowAnonymous()
            .OpenToAllOrigins()
            .MapGet(
                "/standard-charges.json",
                async (
                    string facility,
                    string? version,
                    ListStandardCharges list,
                    CancellationToken cancel
                ) =>
                    Results.Bytes(
                        PriceFile.Bytes(await list.Run(facility, version, cancel)),
                        "application/json"
                    )
            );
}
