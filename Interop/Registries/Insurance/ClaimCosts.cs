namespace Interop.Registries.Insurance;

/// <param name="Price">Unit price of the hospital.</param>
/// <param name="InsurancePrice">Unit price that insurance pays; of a drug the same.</param>
/// <param name="ServiceRate">TYLE_TT_DV in percent; 100 for drugs.</param>
/// <param name="InsuranceRate">TYLE_TT_BH in percent.</param>
/// <param name="Level">MUC_HUONG in percent.</param>
/// <param name="InScope">PHAM_VI is 1 or 3: the fund pays its part.</param>
/// <param name="Support">What others pay for this line (NSNN, VTNN, VTTN, CL), given to the person.</param>
/// <param name="SharedSupport">Support of the whole facility: it lowers the price itself, before insurance is reckoned.</param>
public sealed record CostInput(
    decimal Quantity,
    decimal Price,
    decimal InsurancePrice,
    decimal InsuranceRate,
    decimal Level,
    bool InScope = true,
    decimal ServiceRate = 100,
    decimal Support = 0,
    decimal SharedSupport = 0,
    bool Antiretroviral = false
);

/// <param name="Hospital">THANH_TIEN_BV.</param>
/// <param name="Insurance">THANH_TIEN_BH.</param>
/// <param name="Own">T_BNTT: the patient pays, outside insurance.</param>
/// <param name="CoPay">T_BNCCT: the patient's share within insurance.</param>
/// <param name="Fund">T_BHTT.</param>
/// <param name="Others">T_NGUONKHAC.</param>
public sealed record CostResult(
    decimal Hospital,
    decimal Insurance,
    decimal Own,
    decimal CoPay,
    decimal Fund,
    decimal Others
);

/// <summary>
/// Who pays how much of a line of XML2 or XML3 (annex of QĐ 130/QĐ-BYT 2023 and QĐ 4750/QĐ-BYT 2023, fields THANH_TIEN_BV to T_BHTT). Quantities and prices have at most three
/// decimals, amounts are rounded to two, halves up.
/// </summary>
public static class ClaimCosts
{
    public static CostResult Of(CostInput line)
    {
        var hospital = Round(line.Quantity * line.Price * line.ServiceRate / 100);
        var shared = Math.Min(line.SharedSupport, hospital);
        var insurance = line.InScope
            ? Round(
                (line.Quantity * line.InsurancePrice * line.ServiceRate / 100 - shared)
                    * line.InsuranceRate
                    / 100
            )
            : 0;
        insurance = Math.Max(0, insurance);
        var own = hospital - shared - insurance;
        var fund = Round(insurance * line.Level / 100);
        var coPay = insurance - fund;
        if (line.Antiretroviral)
        {
            // The patient's share of antiretroviral drugs is paid for them.
            return new(hospital, insurance, own, 0, fund, shared + coPay);
        }
        // Personal support takes away first what the patient pays alone, then the share, then the fund's part.
        var given = line.Support;
        return new(
            hospital,
            insurance,
            Math.Max(0, own - given),
            Math.Max(0, coPay - Math.Max(0, given - own)),
            fund - Math.Min(fund, Math.Max(0, given - own - coPay)),
            shared + given
        );
    }

    /// <summary>
    /// MUC_HUONG: 100 at a commune station, when all in-scope costs are below 15 % of the base salary, or once the year's share is exempt
    /// (on-route only); else the card's own.
    /// </summary>
    public static decimal Level(
        decimal card,
        decimal inScope,
        decimal baseSalary,
        bool communeStation,
        bool exempt
    ) => communeStation || exempt || inScope < 0.15m * baseSalary ? 100 : card;

    public static decimal Round(decimal amount) =>
        Math.Round(amount, 2, MidpointRounding.AwayFromZero);

    /// <summary>SO_NGAY_DTRI by MA_LOAI_KCB; null where drug or service days decide (05, 08) or no rule is known.</summary>
    public static int? Days(string kind, DateOnly entered, DateOnly left) =>
        kind switch
        {
            "01" or "07" or "09" => 0,
            "02" or "03" or "04" or "06" => left.DayNumber - entered.DayNumber + 1,
            _ => null,
        };
}
