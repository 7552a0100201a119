using SharedKernel.Citizens.Match;

namespace SharedKernel.Tests.Match;

/// <summary>
/// The synthetic people of FEBRL (Christen 2008). Their labels, <c>rec-N-org</c> and <c>rec-N-dup-K</c>, are read for scoring only;
/// the engine sees the ten fields.
/// </summary>
internal sealed record Febrl(PeopleTable People, int[] Truth)
{
    public static readonly LinkageSchema Schema = new(
        [
            new("soc_sec_id", "Số an sinh", "Social security", new NumberComparison()),
            new("date_of_birth", "Ngày sinh", "Birth date", new DateComparison()),
            new("surname", "Họ", "Surname", new TextComparison()),
            new("given_name", "Tên", "Given name", new TextComparison()),
            new("address_1", "Đường", "Street", new TextComparison()),
            new("suburb", "Khu", "Suburb", new TextComparison()),
            new("address_2", "Nhà", "Building", new TextComparison()),
            new("postcode", "Mã bưu chính", "Postcode", new NumberComparison(telling: false)),
            new("street_number", "Số nhà", "Number", new NumberComparison(telling: false)),
            new("state", "Bang", "State", new CodeComparison(8)),
        ],
        [
            new("social security", [new("soc_sec_id")], [], Trains: true),
            new(
                "names",
                [new("surname"), new("given_name")],
                [new("date_of_birth", KeyOf.Year)],
                Trains: true
            ),
            new("birth date", [new("date_of_birth")], [new("surname", KeyOf.Start)], Trains: true),
            new("street", [new("address_1", KeyOf.Sound)], [new("surname", KeyOf.Sound)]),
            new("building", [new("address_2", KeyOf.Sound)], [new("surname", KeyOf.Sound)]),
            new(
                "suburb and surname",
                [new("suburb", KeyOf.Sound), new("surname", KeyOf.Start)],
                [new("given_name", KeyOf.Start)]
            ),
            new(
                "postcode and given name",
                [new("postcode"), new("given_name", KeyOf.Start)],
                [new("surname", KeyOf.Start)]
            ),
            new(
                "social security start and birth year",
                [new("soc_sec_id", KeyOf.Start), new("date_of_birth", KeyOf.Year)],
                [new("surname", KeyOf.Start)]
            ),
            new(
                "postcode and number",
                [new("postcode"), new("street_number")],
                [new("surname", KeyOf.Start)]
            ),
        ],
        []
    );

    public static Febrl Read(string path)
    {
        var lines = File.ReadLines(path).Select(line => line.Split(", ")).ToArray();
        var columns = Schema.Fields.Select(field => Array.IndexOf(lines[0], field.Name)).ToArray();
        var people = new PeopleTable(Schema);
        foreach (var line in lines.Skip(1))
        {
            people.Add([.. columns.Select(column => line[column].Trim())]);
        }
        return new(people, [.. lines.Skip(1).Select(line => int.Parse(line[0].Split('-')[1]))]);
    }
}
