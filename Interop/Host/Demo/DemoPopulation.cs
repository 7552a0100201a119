using SharedKernel.Contracts;

namespace Interop.Host.Demo;

/// <param name="Household">People with the same number live together.</param>
/// <param name="Guardian">Index of a parent in <see cref="DemoPopulation.People"/>, for children.</param>
internal sealed record DemoPerson(
    CitizenId Id,
    CitizenDetails Details,
    int Household,
    int? Guardian
);

/// <summary>
/// The people of the demo world, already registered with the kernel: families of a made-up commune, always the same ones. The
/// shares of family names are those of the country; no real person is meant.
/// </summary>
internal sealed record DemoPopulation(IReadOnlyList<DemoPerson> People)
{
    public const string StationCode = "40151";
    public const string StationName = "Trạm Y tế xã An Hòa";
    public const string HospitalCode = "40012";
    public const string HospitalName = "Bệnh viện Đa khoa khu vực An Hòa";
    public const string SchoolCode = "4017001";
    public const string SchoolName = "Trường THCS An Hòa";

    private const int Seed = 942;
    private const int Households = 15;

    /// <summary>Legacy code of Nghệ An, with which the personal IDs of the demo begin.</summary>
    private const string Province = "040";

    private static readonly (string Name, int Weight)[] FamilyNames =
    [
        ("Nguyễn", 38),
        ("Trần", 12),
        ("Lê", 10),
        ("Phạm", 7),
        ("Hoàng", 5),
        ("Phan", 5),
        ("Vũ", 3),
        ("Võ", 3),
        ("Đặng", 3),
        ("Bùi", 3),
        ("Đỗ", 2),
        ("Hồ", 2),
        ("Ngô", 2),
        ("Cao", 1),
    ];

    private static readonly string[] OldMen =
    [
        "Văn Thìn",
        "Đình Khoa",
        "Xuân Lộc",
        "Văn Bính",
        "Sỹ Cần",
        "Văn Tuất",
    ];
    private static readonly string[] OldWomen =
    [
        "Thị Nhàn",
        "Thị Lựu",
        "Thị Thơm",
        "Thị Sửu",
        "Thị Bốn",
        "Thị Mùi",
    ];

    private static readonly string[] Men =
    [
        "Văn Hùng",
        "Đức Thắng",
        "Minh Tuấn",
        "Quang Dũng",
        "Văn Nam",
        "Hữu Phước",
        "Anh Tuấn",
        "Trọng Nghĩa",
        "Văn Sơn",
        "Mạnh Cường",
        "Xuân Trường",
        "Công Thành",
        "Ngọc Hải",
        "Văn Long",
        "Tiến Đạt",
    ];

    private static readonly string[] Women =
    [
        "Thị Hoa",
        "Thị Thu Hà",
        "Thị Lan Anh",
        "Thị Mai",
        "Thị Hồng Nhung",
        "Thị Hiền",
        "Thị Thanh Thủy",
        "Thị Ngọc Bích",
        "Thị Phượng",
        "Thị Kim Oanh",
        "Thị Tuyết",
        "Thị Minh Nguyệt",
        "Thị Vân",
        "Thị Hương Giang",
        "Thị Thắm",
    ];

    private static readonly string[] Boys =
    [
        "Gia Bảo",
        "Minh Khang",
        "Đức Anh",
        "Hải Đăng",
        "Quốc Huy",
        "Tuấn Kiệt",
        "Nhật Minh",
        "Bảo Long",
        "Thiên Phúc",
        "Anh Khoa",
        "Hoàng Nam",
        "Duy Khánh",
    ];

    private static readonly string[] Girls =
    [
        "Ngọc Anh",
        "Bảo Châu",
        "Khánh Linh",
        "Phương Thảo",
        "Minh Thư",
        "Hà My",
        "Quỳnh Chi",
        "Thùy Dương",
        "Gia Hân",
        "Yến Nhi",
        "Mai Phương",
        "Tường Vy",
    ];

    /// <summary>Those who are in this grade of lower secondary school if they never repeated one.</summary>
    /// <param name="schoolYear">The year it begins in: 2026 for 2026–2027.</param>
    public IEnumerable<DemoPerson> PupilsOf(int grade, int schoolYear) =>
        People.Where(person => person.Details.BirthDate?.Year == schoolYear - 5 - grade);

    /// <summary>The same people on every call in one year; the youngest child is born in <paramref name="today"/>'s year.</summary>
    public static async Task<DemoPopulation> Register(
        ICitizens citizens,
        DateOnly today,
        CancellationToken cancel
    )
    {
        var people = new List<DemoPerson>();
        foreach (var (details, household, guardian) in Generate(today))
        {
            var registration = await citizens.Register(details, cancel);
            people.Add(
                new(registration.Citizen.Id, registration.Citizen.Details, household, guardian)
            );
        }
        return new(people);
    }

    private static List<(CitizenDetails Details, int Household, int? Guardian)> Generate(
        DateOnly today
    )
    {
        // A fixed seed is the point here: the same families at every first start.
        var random = new Random(Seed);
        var people = new List<(CitizenDetails, int, int?)>();
        var names = new HashSet<string>();
        for (var household = 0; household < Households; household++)
        {
            var (family, hamlet) = (Pick(FamilyNames, random), 1 + household % 6);
            var address = $"Xóm {hamlet}, xã An Hòa, tỉnh Nghệ An";
            var phone = $"09{random.Next(10, 99)}{random.Next(100_000, 999_999)}";
            int Add(string family, string[] given, Sex sex, int year, int? guardian)
            {
                string name;
                do
                {
                    name = $"{family} {given[random.Next(given.Length)]}";
                } while (!names.Add(name));
                var birth = Birth(year, today, random);
                people.Add(
                    (
                        new CitizenDetails(
                            name,
                            birth,
                            sex,
                            PersonalId(sex, birth.Year, random),
                            guardian is null ? phone : null,
                            address,
                            Ethnicity: "01"
                        ),
                        household,
                        guardian
                    )
                );
                return people.Count - 1;
            }

            var father = Add(family, Men, Sex.Male, today.Year - random.Next(36, 48), null);
            Add(
                Pick(FamilyNames, random),
                Women,
                Sex.Female,
                today.Year - random.Next(34, 45),
                null
            );
            if (household % 3 == 0)
            {
                var old = household % 2 == 0;
                Add(
                    family,
                    old ? OldMen : OldWomen,
                    old ? Sex.Male : Sex.Female,
                    today.Year - random.Next(66, 82),
                    null
                );
            }
            // Two of the ages of the lower-secondary school in most houses, and small children in some.
            int[] ages =
            [
                11 + household % 4,
                .. household % 3 == 1
                    ? (int[])[household % 6, 14 - household % 4]
                    : [13 - household % 3],
            ];
            foreach (var age in ages)
            {
                var girl = random.Next(2) == 0;
                Add(
                    family,
                    girl ? Girls : Boys,
                    girl ? Sex.Female : Sex.Male,
                    today.Year - age,
                    father
                );
            }
        }
        return people;
    }

    private static string Pick((string Name, int Weight)[] from, Random random)
    {
        var left = random.Next(from.Sum(entry => entry.Weight));
        return from.First(entry => (left -= entry.Weight) < 0).Name;
    }

    private static PartialDate Birth(int year, DateOnly today, Random random)
    {
        var last = year == today.Year ? today.DayOfYear : 365;
        return new(new DateOnly(year, 1, 1).AddDays(random.Next(last)));
    }

    private static string PersonalId(Sex sex, int year, Random random)
    {
        var century = (year - 1900) / 100 * 2 + (sex is Sex.Female ? 1 : 0);
        return $"{Province}{century}{year % 100:D2}{random.Next(900_000, 1_000_000)}";
    }
}
