using CsCheck;
using SharedKernel.Citizens.Match;

namespace SharedKernel.Tests.Match;

/// <summary>Citizens in the order of <see cref="CitizenSchema"/>, drawn from few values so that many agree, and a register of them.</summary>
internal static class Records
{
    private static readonly string[] Families =
    [
        "Nguyễn",
        "Trần",
        "Lê",
        "Hoàng",
        "Huỳnh",
        "nguyen",
    ];
    private static readonly string[] Middles = ["Văn", "Thị", "Đức", "", "Hồng"];
    private static readonly string[] Givens = ["Anh", "Ánh", "Lan", "Hùng", "Hung", "Hà"];

    public static readonly Gen<string?[]> Any = Gen.Int[0, 1_000_000].Select(Record);

    public static readonly PeopleIndex Index = Build();

    private static string?[] Record(int seed)
    {
        var random = new Random(seed);
        string Pick(string[] from) => from[random.Next(from.Length)];
        var (year, day, number) = (random.Next(1950, 1956), random.Next(13), random.Next(1000));
        string?[] values =
        [
            $"{Pick(Families)} {Pick(Middles)} {Pick(Givens)}",
            day == 0 ? $"{year}" : $"{year}-{random.Next(1, 13):D2}-{day:D2}",
            $"001{number % 2}{year % 100:D2}{number:D6}",
            $"{number % 10:D10}",
            $"09123{number % 20:D5}",
            $"{number % 5 + 1:D5}|Thôn {number % 7}",
            number % 2 == 0 ? "Male" : "Female",
        ];
        for (var field = 1; field < values.Length; field++)
        {
            values[field] = random.Next(3) == 0 ? null : values[field];
        }
        return values;
    }

    private static PeopleIndex Build()
    {
        var people = new PeopleTable(CitizenSchema.Create());
        for (var seed = 0; seed < 400; seed++)
        {
            people.Add(Record(seed));
        }
        return PeopleIndex.Build(people);
    }
}
