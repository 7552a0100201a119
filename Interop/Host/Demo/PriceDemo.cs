using SharedKernel.Contracts;
using SharedKernel.Payments.PriceLists;

namespace Interop.Host.Demo;

/// <summary>
/// The published price lists of the hospital and the station, each with an older version. The names are those of usual services;
/// codes and prices are made up, and the facilities' names say that it is sample data.
/// </summary>
internal static class PriceDemo
{
    /// <summary>Group of codes, what stands before each name, unit, lowest price, and the names.</summary>
    private static readonly (
        string Group,
        string Prefix,
        string Unit,
        long From,
        string[] Names
    )[] HospitalServices =
    [
        (
            "KB",
            "",
            "Lượt",
            42_100,
            [
                "Khám nội tổng hợp",
                "Khám nhi",
                "Khám ngoại",
                "Khám sản phụ khoa",
                "Khám mắt",
                "Khám tai mũi họng",
                "Khám răng hàm mặt",
                "Khám da liễu",
                "Khám y học cổ truyền",
            ]
        ),
        (
            "GB",
            "Ngày giường điều trị ",
            "Ngày",
            182_700,
            [
                "nội khoa loại 3",
                "nội khoa loại 2",
                "ngoại khoa loại 3",
                "sản khoa",
                "nhi khoa",
                "hồi sức cấp cứu",
            ]
        ),
        (
            "SA",
            "Siêu âm ",
            "Lần",
            43_900,
            [
                "ổ bụng tổng quát",
                "tuyến giáp",
                "tuyến vú hai bên",
                "thai",
                "phần mềm",
                "khớp",
                "Doppler tim",
                "Doppler mạch máu chi dưới",
            ]
        ),
        (
            "XQ",
            "Chụp X-quang ",
            "Lần",
            56_700,
            [
                "ngực thẳng",
                "cột sống cổ thẳng nghiêng",
                "cột sống thắt lưng thẳng nghiêng",
                "khớp gối thẳng nghiêng",
                "bàn tay thẳng",
                "khớp vai thẳng",
                "bụng không chuẩn bị",
                "hàm toàn cảnh",
            ]
        ),
        (
            "CT",
            "Chụp cắt lớp vi tính ",
            "Lần",
            536_000,
            [
                "sọ não không tiêm thuốc cản quang",
                "lồng ngực không tiêm thuốc cản quang",
                "ổ bụng có tiêm thuốc cản quang",
                "cột sống thắt lưng",
            ]
        ),
        (
            "XN",
            "Xét nghiệm ",
            "Lần",
            13_600,
            [
                "đường huyết mao mạch",
                "glucose máu",
                "ure máu",
                "creatinin máu",
                "AST (GOT)",
                "ALT (GPT)",
                "cholesterol toàn phần",
                "triglycerid",
                "HbA1c",
                "tổng phân tích tế bào máu ngoại vi",
                "tổng phân tích nước tiểu",
                "CRP định lượng",
                "HBsAg test nhanh",
                "kháng nguyên Dengue NS1 test nhanh",
                "TSH",
                "FT4",
                "nhóm máu ABO",
            ]
        ),
        (
            "TD",
            "",
            "Lần",
            35_400,
            [
                "Điện tim thường",
                "Đo chức năng hô hấp",
                "Nội soi dạ dày tá tràng không sinh thiết",
                "Nội soi tai mũi họng",
                "Đo thị lực và khúc xạ máy",
            ]
        ),
        (
            "TT",
            "",
            "Lần",
            64_300,
            [
                "Thay băng vết thương dài dưới 15 cm",
                "Khâu vết thương phần mềm nông dài dưới 10 cm",
                "Bó bột cẳng tay",
                "Nhổ răng vĩnh viễn lung lay",
                "Lấy cao răng hai hàm",
                "Châm cứu",
                "Xoa bóp bấm huyệt",
                "Khí dung",
            ]
        ),
        (
            "PT",
            "Phẫu thuật ",
            "Lần",
            2_657_000,
            [
                "nội soi cắt ruột thừa",
                "lấy thai lần đầu",
                "thoát vị bẹn",
                "kết hợp xương cẳng tay",
                "lấy thể thủy tinh bằng Phaco đặt kính nội nhãn",
            ]
        ),
    ];

    private static readonly (
        string Group,
        string Prefix,
        string Unit,
        long From,
        string[] Names
    )[] StationServices =
    [
        (
            "KB",
            "",
            "Lượt",
            36_500,
            ["Khám bệnh tại trạm y tế", "Khám thai", "Khám sức khỏe trẻ em"]
        ),
        ("TD", "", "Lần", 32_800, ["Điện tim thường"]),
        ("SA", "Siêu âm ", "Lần", 43_900, ["ổ bụng tổng quát", "thai"]),
        (
            "XN",
            "Xét nghiệm ",
            "Lần",
            15_200,
            [
                "đường huyết mao mạch",
                "nước tiểu 10 thông số",
                "HBsAg test nhanh",
                "kháng nguyên Dengue NS1 test nhanh",
            ]
        ),
        (
            "TT",
            "",
            "Lần",
            20_400,
            [
                "Thay băng vết thương dài dưới 15 cm",
                "Khâu vết thương phần mềm nông dài dưới 10 cm",
                "Cắt chỉ",
                "Tiêm bắp",
                "Truyền dịch",
                "Khí dung",
                "Xoa bóp bấm huyệt",
            ]
        ),
    ];

    /// <summary>Name, unit, self-pay price.</summary>
    private static readonly (string Name, string Unit, long Price)[] Drugs =
    [
        ("Paracetamol 500 mg", "Viên", 480),
        ("Paracetamol 250 mg", "Gói", 1_650),
        ("Ibuprofen 400 mg", "Viên", 890),
        ("Amoxicilin 500 mg", "Viên", 1_250),
        ("Amoxicilin + acid clavulanic 875/125 mg", "Viên", 6_900),
        ("Cefuroxim 500 mg", "Viên", 5_400),
        ("Cefixim 200 mg", "Viên", 4_100),
        ("Azithromycin 500 mg", "Viên", 7_800),
        ("Ciprofloxacin 500 mg", "Viên", 1_900),
        ("Metronidazol 250 mg", "Viên", 350),
        ("Amlodipin 5 mg", "Viên", 620),
        ("Losartan 50 mg", "Viên", 1_450),
        ("Perindopril 5 mg", "Viên", 4_700),
        ("Bisoprolol 5 mg", "Viên", 1_980),
        ("Furosemid 40 mg", "Viên", 410),
        ("Metformin 850 mg", "Viên", 980),
        ("Gliclazid 30 mg giải phóng chậm", "Viên", 2_350),
        ("Insulin người hỗn hợp 30/70 100 IU/ml", "Lọ", 69_000),
        ("Atorvastatin 20 mg", "Viên", 1_750),
        ("Aspirin 81 mg", "Viên", 340),
        ("Clopidogrel 75 mg", "Viên", 3_600),
        ("Omeprazol 20 mg", "Viên", 720),
        ("Esomeprazol 40 mg", "Viên", 5_900),
        ("Oresol 4,1 g", "Gói", 1_800),
        ("Loratadin 10 mg", "Viên", 530),
        ("Salbutamol 100 mcg/liều xịt", "Bình", 76_500),
        ("Salbutamol 2,5 mg/2,5 ml khí dung", "Ống", 4_575),
        ("Budesonid 500 mcg/2 ml khí dung", "Ống", 13_834),
        ("Prednisolon 5 mg", "Viên", 260),
        ("Natri clorid 0,9% 500 ml", "Chai", 8_900),
        ("Glucose 5% 500 ml", "Chai", 9_450),
        ("Vitamin B1 100 mg", "Viên", 310),
        ("Sắt fumarat + acid folic", "Viên", 1_150),
        ("Diazepam 5 mg", "Viên", 1_260),
    ];

    private static readonly (string Name, string Unit, long Price)[] Devices =
    [
        ("Bơm tiêm nhựa 5 ml kèm kim", "Cái", 940),
        ("Bơm tiêm nhựa 10 ml kèm kim", "Cái", 1_280),
        ("Kim luồn tĩnh mạch 22G", "Cái", 9_800),
        ("Dây truyền dịch", "Bộ", 4_950),
        ("Băng cuộn 10 cm × 5 m", "Cuộn", 2_600),
        ("Gạc vô trùng 10 × 10 cm", "Gói", 5_300),
        ("Găng phẫu thuật vô trùng", "Đôi", 6_200),
        ("Ống thông tiểu Foley 2 nhánh", "Cái", 17_500),
        ("Chỉ khâu nylon 3/0", "Sợi", 21_000),
        ("Bột bó 10 cm", "Cuộn", 15_800),
        ("Que thử đường huyết", "Que", 6_800),
        ("Mặt nạ khí dung trẻ em", "Cái", 23_500),
    ];

    public static async Task Load(
        IServiceProvider services,
        DemoPopulation population,
        CancellationToken cancel
    )
    {
        _ = population;
        await Publish(
            services,
            DemoPopulation.HospitalCode,
            DemoPopulation.HospitalName,
            [
                .. ServiceLines(HospitalServices, withDemand: true),
                .. Goods(PriceItemKind.Drug, Drugs),
                .. Goods(PriceItemKind.Device, Devices),
            ],
            cancel
        );
        await Publish(
            services,
            DemoPopulation.StationCode,
            DemoPopulation.StationName,
            [
                .. ServiceLines(StationServices, withDemand: false),
                .. Goods(PriceItemKind.Drug, Drugs.Where((_, index) => index % 4 == 0)),
                .. Goods(PriceItemKind.Device, Devices.Where((_, index) => index % 4 == 0)),
            ],
            cancel
        );
    }

    /// <summary>Last year's prices first, then today's, through the features that people use; a second start adds nothing.</summary>
    private static async Task Publish(
        IServiceProvider services,
        string facility,
        string name,
        IReadOnlyList<PriceLine> lines,
        CancellationToken cancel
    )
    {
        var lists = services.GetRequiredService<IPriceLists>();
        if ((await lists.Versions(facility, cancel)).Count > 0)
        {
            return;
        }
        var edit = services.GetRequiredService<EditPriceDraft>();
        await edit.Open(facility, new($"{name} (dữ liệu mẫu)"), cancel);
        var thisMonth = services.GetRequiredService<TimeProvider>().Today().AddDays(-20);
        var now = new DateOnly(thisMonth.Year, thisMonth.Month, 1);
        // A few items came later; the others cost a little less.
        var old = lines.Where((_, index) => index % 17 != 16).Select(line => Scaled(line, 0.94));
        await PublishOn(now.AddMonths(-11), old);
        await PublishOn(now, lines);

        async Task PublishOn(DateOnly from, IEnumerable<PriceLine> version)
        {
            await edit.Run(facility, [.. version], cancel);
            var dayBefore = new DateTimeOffset(from, new TimeOnly(9, 0), VietnamTime.Offset);
            var publish = ActivatorUtilities.CreateInstance<PublishPriceList>(
                services,
                edit,
                new StoppedClock(dayBefore.AddDays(-7))
            );
            await publish.Run(facility, new(from), cancel);
        }
    }

    private static IEnumerable<PriceLine> ServiceLines(
        IEnumerable<(string Group, string Prefix, string Unit, long From, string[] Names)> groups,
        bool withDemand
    ) =>
        groups.SelectMany(group =>
            group.Names.Select(
                (name, index) =>
                {
                    var price = group.From + (index * group.From / 9).Rounded(100);
                    return new PriceLine(
                        PriceItemKind.Service,
                        $"{group.Group}.{index + 1:D3}",
                        group.Prefix + name,
                        group.Unit,
                        Insurance: price,
                        SelfPay: (price * 11 / 10).Rounded(100),
                        OnDemand: withDemand ? (price * 18 / 10).Rounded(1000) : null,
                        Support: withDemand && group.Group == "GB" ? 60_000 : null
                    );
                }
            )
        );

    private static IEnumerable<PriceLine> Goods(
        PriceItemKind kind,
        IEnumerable<(string Name, string Unit, long Price)> goods
    ) =>
        goods.Select(
            (good, index) =>
                new PriceLine(
                    kind,
                    kind is PriceItemKind.Drug ? $"T{index + 1:D4}" : $"VT{index + 1:D4}",
                    good.Name,
                    good.Unit,
                    kind is PriceItemKind.Drug
                        ? $"VD-{30000 + (index * 37)}-{18 + (index % 6)}"
                        : $"2600{index + 11}/26/Mẫu-PCBB",
                    Insurance: good.Price,
                    SelfPay: good.Price
                )
        );

    private static PriceLine Scaled(PriceLine line, double by) =>
        line with
        {
            Insurance = Scaled(line.Insurance, by),
            SelfPay = Scaled(line.SelfPay, by),
            OnDemand = Scaled(line.OnDemand, by),
        };

    private static long? Scaled(long? amount, double by) =>
        amount is { } known ? ((long)(known * by)).Rounded(10) : null;

    private static long Rounded(this long amount, long to) => (amount + to / 2) / to * to;

    private sealed class StoppedClock(DateTimeOffset at) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => at.ToUniversalTime();
    }
}
