using SharedKernel.Citizens.Match;
using SharedKernel.Contracts;

namespace SharedKernel.Tests.Match;

/// <summary>Who is joined, who goes before a person, and what that person reads.</summary>
public sealed class DecisionTests
{
    private static readonly CitizenDetails Lan = new(
        "Nguyễn Thị Hạ Lan",
        new(1988, 3, 7),
        Sex.Female,
        "001188000123",
        "0912345678",
        "Số 12, ngõ 3, Lê Lợi",
        "00004",
        InsuranceNumber: "0123456789"
    );

    public static TheoryData<string, CitizenDetails, MatchGrade> Others() =>
        new()
        {
            { "the same", Lan, MatchGrade.Certain },
            {
                "typed without marks, moved away",
                Lan with
                {
                    FullName = "nguyen thi ha lan",
                    CommuneCode = "26734",
                    Address = "Ấp 2",
                },
                MatchGrade.Certain
            },
            { "another valid ID", Lan with { PersonalId = "001188000987" }, MatchGrade.Probable },
            {
                "twin sister",
                Lan with
                {
                    FullName = "Nguyễn Thị Hạ Liên",
                    PersonalId = null,
                    InsuranceNumber = null,
                },
                MatchGrade.Probable
            },
            {
                "another person of the same number",
                Lan with
                {
                    FullName = "Trần Văn Bình",
                    BirthDate = new(1961, 11, 30),
                },
                MatchGrade.Probable
            },
            {
                "a stranger",
                new("Trần Văn Bình", new(1961, 11, 30), Sex.Male, "079061000456", "0987654321"),
                MatchGrade.CertainlyNot
            },
        };

    [Theory]
    [MemberData(nameof(Others))]
    public void Grades_as_a_registrar_would(string who, CitizenDetails other, MatchGrade grade)
    {
        var explanation = Explain(other);
        Assert.True(grade == explanation.Grade, $"{who}: {Told(explanation)}");
    }

    [Fact]
    public void Tells_every_field_in_plain_words()
    {
        var told = Explain(Lan with { BirthDate = new(1988, 7, 3), Phone = null });
        Assert.Equal("Họ và tên: giống hệt", told.Fields[0].ToString().Split(" (")[0]);
        Assert.Matches(
            @"^Ngày sinh: đảo ngày và tháng \(\+\d+[,.]\d\)$",
            told.Fields[1].ToString()
        );
        Assert.Equal("Điện thoại: không có ở một hoặc cả hai bên", told.Fields[4].ToString());
    }

    [Fact]
    public void Says_why_it_does_not_decide() =>
        Assert.Equal(
            ["Hai số định danh khác nhau"],
            Explain(Lan with { PersonalId = "001188000987" }).Doubts
        );

    /// <summary>A and C have different IDs. B, without one, fits both: it may join one of them, never both.</summary>
    [Fact]
    public void Two_IDs_never_meet_in_one_group_through_a_third_record()
    {
        var people = new PeopleTable(CitizenSchema.Create());
        foreach (var id in (string?[])["001188000123", null, "001188000987"])
        {
            people.Add(CitizenSchema.Values(Lan with { PersonalId = id, InsuranceNumber = null }));
        }
        var found = FindDuplicates.Run(
            PeopleIndex.Build(people, LinkageModel.Expected(people.Schema, 0.001))
        );
        Assert.DoesNotContain(found.Groups, group => group.Contains(0) && group.Contains(2));
        Assert.Single(found.Groups);
        Assert.Contains(found.ToReview, pair => (pair.Left, pair.Right) == (0, 2));
    }

    [Fact]
    public void Looks_up_who_this_could_be()
    {
        var people = new PeopleTable(CitizenSchema.Create());
        people.Add(CitizenSchema.Values(Lan));
        people.Add(
            CitizenSchema.Values(
                Lan with
                {
                    FullName = "Lê Văn Tám",
                    BirthDate = new(1990),
                    PersonalId = "001090000001",
                }
            )
        );
        var index = PeopleIndex.Build(people, LinkageModel.Expected(people.Schema, 0.001));
        var likely = index.Find(
            5,
            CitizenSchema.Values(Lan with { Phone = null, PersonalId = null })
        );
        Assert.Equal(0, likely[0].Row);
        Assert.Equal(MatchGrade.Certain, likely[0].Explanation.Grade);
    }

    private static Explanation Explain(CitizenDetails other)
    {
        var schema = CitizenSchema.Create();
        var index = PeopleIndex.Build(new PeopleTable(schema), LinkageModel.Expected(schema, 1e-6));
        return index.Explain(CitizenSchema.Values(Lan), CitizenSchema.Values(other));
    }

    private static string Told(Explanation explanation) =>
        $"{explanation.Weight:F1} bits: {string.Join("; ", explanation.Fields)}; {string.Join("; ", explanation.Doubts)}";
}
