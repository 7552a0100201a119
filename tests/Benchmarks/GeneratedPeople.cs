using SharedKernel.Contracts;

namespace Benchmarks;

/// <summary>
/// Made-up citizens as two registers would hold them: families in communes, and some people several times with the errors of
/// keyboards, counters and life. The same seed gives the same people. <see cref="Records"/> yields (person, details); records of one
/// person have its number, for scoring only.
/// </summary>
/// <remarks>
/// Family names follow published shares (Nguyễn 38 %). Traps: twins who share all but the given name and the ID; fathers and sons of
/// one name, house and phone; strangers of one common name.
/// </remarks>
public sealed class GeneratedPeople(int count, int seed)
{
    private const double Duplicated = 0.13;
    private const int Communes = 3321;
    private const int ThisYear = 2025;

    private static readonly (string Name, int Weight)[] Families =
    [
        ("Nguyễn", 384),
        ("Trần", 121),
        ("Lê", 95),
        ("Phạm", 70),
        ("Hoàng", 30),
        ("Huỳnh", 21),
        ("Phan", 45),
        ("Vũ", 20),
        ("Võ", 19),
        ("Đặng", 21),
        ("Bùi", 20),
        ("Đỗ", 14),
        ("Hồ", 13),
        ("Ngô", 13),
        ("Dương", 10),
        ("Lý", 5),
        ("Đinh", 9),
        ("Đoàn", 9),
        ("Trịnh", 8),
        ("Trương", 12),
        ("Lương", 8),
        ("Mai", 7),
        ("Tô", 5),
        ("Tạ", 5),
        ("Hà", 8),
        ("Cao", 8),
        ("Lưu", 5),
        ("Thái", 4),
        ("Chu", 4),
        ("Quách", 2),
        ("Nông", 2),
        ("Triệu", 2),
        ("Giàng", 1),
        ("Lò", 2),
        ("Niê", 1),
        ("Tống", 2),
    ];

    private static readonly string[] MaleMiddles =
        "Văn Văn Văn Đức Hữu Minh Quang Xuân Công Đình Ngọc Thanh Anh Gia Tuấn Quốc Trọng Duy Mạnh Thành Bá Viết Hoàng Nhật".Split(
            ' '
        );
    private static readonly string[] FemaleMiddles =
        "Thị Thị Thị Ngọc Thu Thanh Minh Kim Hồng Phương Bích Thuỳ Mỹ Diệu Khánh Bảo Quỳnh Hải Cẩm Tuyết Lan Như Tường Gia".Split(
            ' '
        );
    private static readonly string[] MaleGivens = (
        "Hùng Dũng Tuấn Anh Minh Nam Sơn Long Hải Cường Thắng Hiếu Đức Quân Huy Khoa Phúc Thành Trung Tùng Việt Bình Hoà Tâm Toàn "
        + "Thịnh Phong Khánh Bảo Quang Vinh Hưng Kiên Đạt Lộc Tài Nghĩa Khôi Duy Tiến Thuận Lâm Giang Hậu Phát Nhân Tín Trí Khang An "
        + "Bách Chiến Chung Công Cảnh Dương Điệp Định Đông Hà Hào Hoan Hội Kỳ Lực Luân Mạnh Nguyên Nhật Ninh Pháp Phương Quốc Quý Sáng "
        + "Tân Thái Thạch Thiện Thông Tuyên Tường Vũ Vương Xuân Ý Đăng Hoàng Lợi Thọ Sinh Trường Thanh Thế Chính Tính"
    ).Split(' ');
    private static readonly string[] FemaleGivens = (
        "Lan Hương Hoa Hằng Linh Trang Thảo Hà Mai Ngọc Anh Thu Nga Hạnh Phương Yến Thuỷ Vân Oanh Nhung Dung Huyền Loan Quỳnh My Vy "
        + "Ngân Châu Trâm Thư Nhi Hiền Tuyết Liên Xuân Hồng Cúc Đào Bích Diệp Duyên Giang Hân Hậu Hoà Khanh Kiều Lam Lệ Liễu Lý Mến Minh "
        + "Na Nguyệt Nhàn Như Nương Phượng Phúc Quyên Sen Sương Tâm Thanh Thắm Thoa Thơm Thuý Tiên Trinh Trúc Tú Uyên Vi Xoan Ý Ánh Chi "
        + "Chinh Đan Điệp Gấm Gái Hiếu Hoài Huệ Khuê Mơ Mỹ Nguyên Tường Thuỳ Thương Tình Vui Yên"
    ).Split(' ');
    private static readonly string[] Streets =
        "Lê Lợi;Trần Phú;Nguyễn Huệ;Hùng Vương;Quang Trung;Hai Bà Trưng;Lý Thường Kiệt;Phan Bội Châu;Điện Biên Phủ;Nguyễn Trãi;Lê Duẩn;Võ Văn Kiệt;Trường Chinh;Bà Triệu;Ngô Quyền".Split(
            ';'
        );

    private readonly Random random = new(seed);
    private readonly int familyWeights = Families.Sum(family => family.Weight);

    /// <summary>As many records as asked for, in random order.</summary>
    public (int Person, CitizenDetails Details)[] Records()
    {
        var records = new List<(int, CitizenDetails)>(count + 8);
        var person = 0;
        while (records.Count < count)
        {
            foreach (var member in Household())
            {
                records.Add((person, member));
                if (random.NextDouble() < Duplicated)
                {
                    var copies = random.Next(100) switch
                    {
                        < 85 => 1,
                        < 97 => 2,
                        _ => 3,
                    };
                    for (var copy = 0; copy < copies; copy++)
                    {
                        records.Add((person, Again(member)));
                    }
                }
                person++;
            }
        }
        var chosen = records.GetRange(0, count).ToArray();
        random.Shuffle(chosen);
        return chosen;
    }

    private IEnumerable<CitizenDetails> Household()
    {
        // Communes differ in size by an order of magnitude.
        var commune = $"{(int)(Communes * Math.Pow(random.NextDouble(), 1.6)) * 9 + 4:D5}";
        var address = Address();
        var phone = Phone();
        var family = Family();
        var year = ThisYear - 20 - (int)(random.NextDouble() * 65);
        var father = Person(family, Sex.Male, Day(year), commune, address, phone);
        yield return father;
        if (random.NextDouble() < 0.85)
        {
            yield return Person(
                Family(),
                Sex.Female,
                Day(year + random.Next(-2, 6)),
                commune,
                address,
                Chance(0.3) ? phone : Phone()
            );
        }
        var children = random.Next(4);
        for (var child = 0; child < children; child++)
        {
            var born = year + 22 + random.Next(14);
            if (born > ThisYear - 1)
            {
                break;
            }
            var sex = Chance(0.5) ? Sex.Male : Sex.Female;
            var day = Day(born);
            var sibling = Person(
                family,
                sex,
                day,
                commune,
                address,
                ThisYear - born < 18 || Chance(0.2) ? phone : Phone()
            );
            if (sex == Sex.Male && Chance(0.01))
            {
                sibling = sibling with { FullName = father.FullName };
            }
            yield return sibling;
            if (Chance(0.012))
            {
                // The twin differs by the last word, sometimes by a mark alone.
                var twin = Person(family, sex, day, commune, address, sibling.Phone!);
                var words = sibling.FullName.Split(' ');
                words[^1] =
                    twin.FullName.Split(' ')[^1] is var other && other != words[^1]
                        ? other
                        : words[^1] + "h";
                yield return twin with
                {
                    FullName = string.Join(' ', words),
                };
            }
        }
    }

    private CitizenDetails Person(
        string family,
        Sex sex,
        DateOnly day,
        string commune,
        string address,
        string phone
    )
    {
        var (middles, givens) =
            sex == Sex.Male ? (MaleMiddles, MaleGivens) : (FemaleMiddles, FemaleGivens);
        var middle = Pick(middles) + (Chance(0.25) ? " " + Skewed(givens) : "");
        var century = (day.Year - 1900) / 100 * 2 + (sex == Sex.Male ? 0 : 1);
        var id = $"{random.Next(1, 97):D3}{century}{day.Year % 100:D2}{random.Next(1_000_000):D6}";
        return new(
            $"{family} {middle} {Skewed(givens)}",
            new(day),
            sex,
            id,
            phone,
            address,
            commune,
            InsuranceNumber: $"{random.NextInt64(10_000_000_000):D10}"
        );
    }

    /// <summary>The same person, written down another time, at another counter.</summary>
    private CitizenDetails Again(CitizenDetails one)
    {
        var again = one with
        {
            FullName = NameAgain(one.FullName),
            BirthDate = DateAgain(one.BirthDate!.Value),
            PersonalId =
                Chance(0.35) ? null
                : Chance(0.01) ? DigitSlip(one.PersonalId!)
                : one.PersonalId,
            InsuranceNumber =
                Chance(0.4) ? null
                : Chance(0.01) ? DigitSlip(one.InsuranceNumber!)
                : one.InsuranceNumber,
            Phone =
                Chance(0.2) ? null
                : Chance(0.25) ? Phone()
                : Chance(0.02) ? DigitSlip(one.Phone!)
                : one.Phone,
            Sex = Chance(0.003) ? (one.Sex == Sex.Male ? Sex.Female : Sex.Male) : one.Sex,
        };
        return Chance(0.15)
                ? again with
                {
                    CommuneCode = $"{random.Next(Communes) * 9 + 4:D5}",
                    Address = Address(),
                }
            : Chance(0.2) ? again with { Address = null }
            : again;
    }

    private string NameAgain(string name)
    {
        var words = name.Split(' ');
        return random.NextDouble() switch
        {
            < 0.15 => name.WithoutDiacritics(),
            < 0.20 => TypingSlip(name),
            < 0.22 => string.Join(' ', words.Skip(1).Append(words[0])),
            < 0.24 when words.Length > 3 => string.Join(' ', words.Where((_, i) => i != 1)),
            < 0.26 => name.Replace("oà", "òa")
                .Replace("uỷ", "ủy")
                .Replace("Hoàng", "Huỳnh")
                .Replace("Vũ", "Võ"),
            < 0.40 => name.ToUpperInvariant(),
            _ => name,
        };
    }

    private PartialDate DateAgain(PartialDate date) =>
        random.NextDouble() switch
        {
            < 0.02 when date.Day <= 12 => new(date.Year, date.Day, date.Month),
            < 0.05 => new(date.Year),
            < 0.07 => new(date.Year, 1, 1),
            < 0.09 => new(date.Year, date.Month, random.Next(1, 29)),
            < 0.10 => new(
                date.Year + (Chance(0.5) ? 1 : -1),
                date.Month,
                Math.Min(date.Day!.Value, 28)
            ),
            _ => date,
        };

    private string TypingSlip(string text)
    {
        var at = random.Next(1, text.Length - 1);
        return random.Next(3) switch
        {
            0 => text.Remove(at, 1),
            1 => text.Insert(at, ((char)('a' + random.Next(26))).ToString()),
            _ => text[..at] + text[at + 1] + text[at] + text[(at + 2)..],
        };
    }

    private string DigitSlip(string digits)
    {
        var at = random.Next(3, digits.Length);
        return digits[..at] + (char)('0' + random.Next(10)) + digits[(at + 1)..];
    }

    private DateOnly Day(int year) => new DateOnly(year, 1, 1).AddDays(random.Next(365));

    private string Phone() => $"0{Pick(["3", "5", "7", "8", "9"])}{random.Next(100_000_000):D8}";

    private string Address() =>
        Chance(0.5)
            ? $"Số {random.Next(1, 400)} {Pick(Streets)}"
            : $"Thôn {random.Next(1, 25)} xóm {random.Next(1, 9)}";

    private string Family()
    {
        var at = random.Next(familyWeights);
        foreach (var (name, weight) in Families)
        {
            at -= weight;
            if (at < 0)
            {
                return name;
            }
        }
        return Families[0].Name;
    }

    private bool Chance(double share) => random.NextDouble() < share;

    private string Pick(string[] from) => from[random.Next(from.Length)];

    /// <summary>The first of the list far more often than the last.</summary>
    private string Skewed(string[] from) =>
        from[(int)(from.Length * Math.Pow(random.NextDouble(), 1.7))];
}
