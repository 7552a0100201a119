namespace Health.Emr.Fees;

/// <summary>
/// Who pays what of one line, as the insurer's tables XML2 and XML3 compute it (annex of QĐ 130/QĐ-BYT 2023 with 4750 and 3176): quantities
/// and prices have three decimals, amounts two.
/// </summary>
/// <param name="Total">THANH_TIEN_BV.</param>
/// <param name="InScope">THANH_TIEN_BH: what insurance shares in.</param>
/// <param name="Insurance">T_BHTT.</param>
/// <param name="CoPay">T_BNCCT: what the patient pays of the insured part.</param>
/// <param name="OwnPay">T_BNTT: what the patient pays of the rest.</param>
/// <param name="Others">T_NGUONKHAC.</param>
public sealed record InsuranceShare(
    decimal Total,
    decimal InScope,
    decimal Insurance,
    decimal CoPay,
    decimal OwnPay,
    decimal Others
)
{
    /// <param name="UnitPrice">DON_GIA_BV: what is charged.</param>
    /// <param name="InsuredPrice">DON_GIA_BH: what insurance knows as the price; 0 when it is out of scope. Of drugs the same as what is charged.</param>
    /// <param name="ServiceRate">TYLE_TT_DV: percent of the price that is charged, such as 50 for a shared bed.</param>
    /// <param name="InsuredRate">TYLE_TT_BH: percent that insurance takes as its base.</param>
    /// <param name="Support">What another source gives for this patient (NSNN, VTNN, VTTN, CL): it pays the patient's parts first.</param>
    /// <param name="FacilitySupport">What another source gives to the facility for the item: taken off before anything is shared.</param>
    /// <param name="CoPayIsOthers">Antiretroviral drugs: another source pays what the patient would pay along.</param>
    public sealed record Line(
        decimal Quantity,
        decimal UnitPrice,
        decimal InsuredPrice,
        decimal ServiceRate = 100,
        decimal InsuredRate = 100,
        decimal Support = 0,
        decimal FacilitySupport = 0,
        bool CoPayIsOthers = false
    );

    /// <param name="level">MUC_HUONG in percent.</param>
    public static InsuranceShare Of(Line line, decimal level)
    {
        var total = Amount(line.Quantity * line.UnitPrice * line.ServiceRate / 100);
        // What the facility was given is nobody's cost any more.
        var cost = total - line.FacilitySupport;
        var insured = Amount(line.Quantity * line.InsuredPrice * line.ServiceRate / 100);
        var inScope = Amount(Math.Max(0, insured - line.FacilitySupport) * line.InsuredRate / 100);
        var insurance = Amount(inScope * level / 100);
        var coPay = inScope - insurance;
        var own = cost - inScope;
        var (ownLeft, coPayLeft, insuranceLeft) = (
            Math.Max(0, own - line.Support),
            Math.Max(0, coPay - Math.Max(0, line.Support - own)),
            Math.Max(0, insurance - Math.Max(0, line.Support - own - coPay))
        );
        var others =
            line.FacilitySupport
            + (own - ownLeft)
            + (coPay - coPayLeft)
            + (insurance - insuranceLeft);
        return line.CoPayIsOthers
            ? new(total, inScope, insuranceLeft, 0, ownLeft, others + coPayLeft)
            : new(total, inScope, insuranceLeft, coPayLeft, ownLeft, others);
    }

    private static decimal Amount(decimal exact) =>
        Math.Round(exact, 2, MidpointRounding.AwayFromZero);
}
