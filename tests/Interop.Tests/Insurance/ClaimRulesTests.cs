using System.Xml.Linq;
using CsCheck;
using Interop.Registries.Insurance;

namespace Interop.Tests.Insurance;

/// <summary>The annexes' own examples and sums, and a validator that says where a case is wrong.</summary>
public sealed class ClaimRulesTests
{
    /// <summary>The worked example in QĐ 130/QĐ-BYT: 10,000,000 đ at 50 %, support of 3,000,000 to the facility, level 80 %.</summary>
    [Fact]
    public void The_worked_example_of_the_law()
    {
        var cost = ClaimCosts.Of(
            new(1, 10_000_000, 10_000_000, InsuranceRate: 50, Level: 80, SharedSupport: 3_000_000)
        );
        Assert.Equal(10_000_000, cost.Hospital);
        Assert.Equal(3_500_000, cost.Insurance);
        Assert.Equal(2_800_000, cost.Fund);
        Assert.Equal(700_000, cost.CoPay);
        Assert.Equal(3_500_000, cost.Own);
        Assert.Equal(3_000_000, cost.Others);
    }

    [Fact]
    public void Support_to_a_person_takes_away_their_own_part_first_then_the_share_then_the_fund()
    {
        // Own 50, share 10, fund 40 of 100.
        CostResult With(decimal support) =>
            ClaimCosts.Of(new(1, 100, 100, 50, 80, Support: support));
        Assert.Equal((50m, 10m, 40m), Parts(With(0)));
        Assert.Equal((20m, 10m, 40m), Parts(With(30)));
        Assert.Equal((0m, 5m, 40m), Parts(With(55)));
        Assert.Equal((0m, 0m, 25m), Parts(With(75)));
        Assert.Equal((0m, 0m, 0m), Parts(With(100)));
    }

    [Fact]
    public void Whatever_the_figures_everybody_together_pays_the_price() =>
        Gen.Select(
                Gen.Int[1, 100],
                Gen.Int[0, 5_000_000],
                Gen.Int[0, 4].Select(at => new[] { 0, 30, 50, 80, 100 }[at]),
                Gen.Int[0, 3].Select(at => new[] { 32, 80, 95, 100 }[at]),
                Gen.Int[0, 2_000_000],
                Gen.Bool
            )
            .Sample(
                (quantity, price, rate, level, support, scope) =>
                {
                    var cost = ClaimCosts.Of(
                        new(
                            quantity,
                            price / 1000m,
                            price / 1000m,
                            rate,
                            level,
                            scope,
                            Support: support
                        )
                    );
                    Assert.Equal(
                        Math.Max(0, cost.Hospital - support),
                        cost.Own + cost.CoPay + cost.Fund
                    );
                    Assert.True(cost.Own >= 0 && cost.CoPay >= 0 && cost.Fund >= 0);
                }
            );

    [Fact]
    public void Antiretroviral_drugs_cost_the_patient_no_share()
    {
        var cost = ClaimCosts.Of(new(30, 1_000, 1_000, 100, 80, Antiretroviral: true));
        Assert.Equal((0m, 0m, 24_000m), Parts(cost));
        Assert.Equal(6_000, cost.Others);
    }

    [Theory]
    [InlineData("01", 0)]
    [InlineData("03", 3)]
    [InlineData("05", null)]
    public void Days_of_treatment_by_kind(string kind, int? days) =>
        // Over the end of a leap February.
        Assert.Equal(days, ClaimCosts.Days(kind, new(2028, 2, 28), new(2028, 3, 1)));

    [Fact]
    public void The_level_is_the_whole_at_a_station_for_small_sums_and_after_exemption()
    {
        Assert.Equal(80, ClaimCosts.Level(80, 351_000, 2_340_000, false, false));
        Assert.Equal(100, ClaimCosts.Level(80, 350_999, 2_340_000, false, false));
        Assert.Equal(100, ClaimCosts.Level(80, 1_000_000, 2_340_000, true, false));
        Assert.Equal(100, ClaimCosts.Level(95, 1_000_000, 2_340_000, false, true));
    }

    [Fact]
    public void Fields_stand_in_the_order_of_the_annexes_by_the_day_of_the_case()
    {
        var day = new DateOnly(2026, 11, 1);
        Assert.Equal(
            [26, 66, 39, 47, 12, 9],
            Enumerable.Range(0, 6).Select(n => InsuranceTables.FieldsOn($"XML{n}", day).Count)
        );
        var summary = InsuranceTables.FieldsOn("XML1", day).Select(field => field.Name).ToList();
        Assert.Equal(summary.IndexOf("GIOI_TINH") + 1, summary.IndexOf("NHOM_MAU"));
        Assert.Equal(
            ["T_BNTT", "T_BNCCT", "T_BHTT", "T_NGUONKHAC", "T_BHTT_GDV"],
            summary.Skip(summary.IndexOf("T_BNTT")).Take(5)
        );
        int? Max(DateOnly on) =>
            InsuranceTables.FieldsOn("XML2", on).Single(field => field.Name == "MUC_HUONG").Max;
        Assert.Equal(3, Max(new(2026, 6, 30)));
        Assert.Equal(4, Max(new(2026, 7, 1)));
    }

    [Fact]
    public void A_good_case_has_no_errors() => Assert.Empty(ValidateClaim.Run(Case()));

    public static TheoryData<string, string, string?, string, string> Wrong =>
        new()
        {
            { "XML1", "HO_TEN", null, "required", "HO_TEN" },
            { "XML1", "GIOI_TINH", "4", "value", "GIOI_TINH" },
            { "XML1", "NGAY_SINH", "19901332", "type", "NGAY_SINH" },
            { "XML1", "SO_CCCD", "12345", "value", "SO_CCCD" },
            { "XML1", "MATINH_CU_TRU", "0001", "length", "MATINH_CU_TRU" },
            { "XML1", "SO_NGAY_DTRI", "2", "sum", "SO_NGAY_DTRI" },
            { "XML1", "T_TONGCHI_BH", "1", "sum", "T_TONGCHI_BH" },
            { "XML1", "MA_BENH_KT", "A;B;C;D;E;F;G;H;I;J;K;L;M", "value", "MA_BENH_KT" },
            { "XML2", "MA_LK", "other", "xml1", "MA_LK" },
            { "XML2", "TT_THAU", null, "required", "TT_THAU" },
            { "XML2", "T_BHTT", "9", "amount", "T_BHTT" },
            { "XML2", "DON_GIA", "1.000,5", "type", "DON_GIA" },
            { "XML2", "NGAY_TH_YL", "202610310759", "order", "NGAY_TH_YL" },
            { "XML3", "GOI_VTYT", "G0", "value", "GOI_VTYT" },
            { "XML3", "NGUOI_THUC_HIEN", null, "required", "NGUOI_THUC_HIEN" },
        };

    [Theory]
    [MemberData(nameof(Wrong))]
    public void A_wrong_field_is_named_with_table_row_and_rule(
        string table,
        string field,
        string? value,
        string rule,
        string named
    )
    {
        var claim = Case();
        claim.Rows(table)[0][field] = value;
        Assert.Contains(
            ValidateClaim.Run(claim),
            error =>
                error.Table == table && error.Row == 1 && error.Field == named && error.Rule == rule
        );
    }

    [Fact]
    public void A_birth_known_to_the_year_is_written_with_zeros()
    {
        var claim = Case();
        claim.Rows("XML1")[0]["NGAY_SINH"] = "195000000000";
        Assert.Empty(ValidateClaim.Run(claim));
    }

    [Fact]
    public void An_envelope_holds_each_table_in_order_and_is_read_back()
    {
        var claim = Case();
        var bytes = ClaimEnvelope.Write(claim, new(2026, 11, 2), null, DateTimeOffset.UnixEpoch);
        var root = XDocument.Load(new MemoryStream(bytes)).Root!;
        Assert.Equal("GIAMDINHHS", root.Name);
        Assert.Equal(
            ["XML1", "XML2", "XML3"],
            root.Descendants("LOAIHOSO").Select(element => element.Value)
        );
        var back = ClaimEnvelope.Read(bytes);
        Assert.Equal(claim.Ended, back.Ended);
        Assert.Empty(ValidateClaim.Run(back));
        Assert.Equal("Nguyễn Văn Á", back.Rows("XML1")[0]["HO_TEN"]);
    }

    [Fact]
    public void An_envelope_with_a_document_type_is_refused() =>
        Assert.Throws<System.Xml.XmlException>(() =>
            ClaimEnvelope.Read(
                """<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]><GIAMDINHHS>&a;</GIAMDINHHS>"""u8.ToArray()
            )
        );

    private static (decimal Own, decimal Share, decimal Fund) Parts(CostResult cost) =>
        (cost.Own, cost.CoPay, cost.Fund);

    internal static ClaimCase Case()
    {
        ClaimRow Row(string fields)
        {
            var row = new ClaimRow();
            foreach (var field in fields.Split('|'))
            {
                row[field.Split('=')[0].Trim()] = field.Split('=')[1];
            }
            return row;
        }
        const string none =
            "|T_NGUONKHAC_NSNN=0|T_NGUONKHAC_VTNN=0|T_NGUONKHAC_VTTN=0|T_NGUONKHAC_CL=0|T_NGUONKHAC=0";
        return new(
            "79001",
            new(2026, 10, 31),
            new Dictionary<string, IReadOnlyList<ClaimRow>>
            {
                ["XML1"] =
                [
                    Row(
                        "MA_LK=LK1|STT=1|MA_BN=BN1|HO_TEN=Nguyễn Văn Á|SO_CCCD=001090012345|NGAY_SINH=199008150000|GIOI_TINH=1|MA_QUOCTICH=000|MA_DANTOC=01|MA_NGHE_NGHIEP=00000|DIA_CHI=Phường Cửa Nam, Hà Nội|MATINH_CU_TRU=01|MAXA_CU_TRU=00004|MA_THE_BHYT=DN4010123456789|LY_DO_VV=Ho|CHAN_DOAN_VAO=Viêm phổi|CHAN_DOAN_RV=Viêm phổi|MA_BENH_CHINH=J18.9|MA_DOITUONG_KCB=1.1|NGAY_VAO=202610310800|NGAY_RA=202610311000|SO_NGAY_DTRI=0|KET_QUA_DTRI=2|MA_LOAI_RV=1|T_THUOC=50000|T_VTYT=0|T_TONGCHI_BV=86500|T_TONGCHI_BH=86500|T_BNTT=0|T_BNCCT=17300|T_BHTT=69200|T_NGUONKHAC=0|T_BHTT_GDV=69200|NAM_QT=2026|THANG_QT=10|MA_LOAI_KCB=01|MA_KHOA=K01|MA_CSKCB=79001|CAN_NANG=60|MA_HSBA=H1"
                    ),
                ],
                ["XML2"] =
                [
                    Row(
                        "MA_LK=LK1|STT=1|MA_THUOC=05.1|MA_NHOM=4|TEN_THUOC=Amoxicilin|DON_VI_TINH=viên|HAM_LUONG=500mg|DUONG_DUNG=1.01|LIEU_DUNG=1 viên/lần * 2 lần/ngày * 5 ngày [2 viên/ngày]|SO_DANG_KY=VD-1|TT_THAU=57/QĐ-TTMS;G1;N1;2022|PHAM_VI=1|TYLE_TT_BH=100|SO_LUONG=10|DON_GIA=5000|THANH_TIEN_BV=50000|THANH_TIEN_BH=50000|MUC_HUONG=80|T_BNTT=0|T_BNCCT=10000|T_BHTT=40000|MA_KHOA=K01|MA_BAC_SI=CCHN1|NGAY_YL=202610310800|MA_PTTT=1|NGUON_CTRA=1"
                            + none
                    ),
                ],
                ["XML3"] =
                [
                    Row(
                        "MA_LK=LK1|STT=1|MA_DICH_VU=13.1896|MA_NHOM=1|TEN_DICH_VU=Khám|DON_VI_TINH=lần|PHAM_VI=1|SO_LUONG=1|DON_GIA_BV=36500|DON_GIA_BH=36500|TYLE_TT_DV=100|TYLE_TT_BH=100|THANH_TIEN_BV=36500|THANH_TIEN_BH=36500|MUC_HUONG=80|T_BNTT=0|T_BNCCT=7300|T_BHTT=29200|MA_KHOA=K01|MA_BAC_SI=CCHN1|NGUOI_THUC_HIEN=CCHN1|MA_BENH=J18.9|NGAY_YL=202610310800|NGAY_TH_YL=202610310805|MA_PTTT=1"
                            + none
                    ),
                ],
            },
            []
        );
    }
}
