using CsCheck;
using SharedKernel.Contracts;
using Testing;

namespace SharedKernel.Tests;

public sealed class PersonalIdTests
{
    [Theory]
    [InlineData("001090012345", "Hà Nội", Sex.Male, 1990)]
    [InlineData("040185000001", "Nghệ An", Sex.Female, 1985)]
    [InlineData("096201000001", "Cà Mau", Sex.Male, 2001)]
    [InlineData("079325999999", "Hồ Chí Minh", Sex.Female, 2025)]
    [InlineData("024199000001", "Bắc Giang", Sex.Female, 1999)] // 24 is Bắc Ninh since July 2025
    [InlineData("001900000001", "Hà Nội", Sex.Female, 2300)]
    [InlineData("003090000001", null, Sex.Male, 1990)]
    [InlineData("140090000001", null, Sex.Male, 1990)]
    public void Says_place_sex_and_birth_year(string text, string? province, Sex sex, int year)
    {
        var id = PersonalId.Parse(text);
        Assert.Equal((province, sex, year), (id.Province, id.Sex, id.BirthYear));
        Assert.Equal(text, id.ToString());
    }

    [Theory]
    [InlineData("")]
    [InlineData(null)]
    [InlineData("00109001234")]
    [InlineData("0010900123456")]
    [InlineData("00109001234a")]
    [InlineData("００１０９００１２３４５")] // full-width digits
    [InlineData("001090012345\n")]
    public void Is_exactly_twelve_digits(string? text) =>
        Assert.False(PersonalId.TryParse(text, null, out _));

    [Theory]
    [InlineData("001090012345", Sex.Male, "1990-08-15", PersonalIdDoubts.None)]
    [InlineData("001090012345", Sex.Unknown, null, PersonalIdDoubts.None)]
    [InlineData("001090012345", Sex.Female, "1990", PersonalIdDoubts.Sex)]
    [InlineData("001090012345", Sex.Male, "2090", PersonalIdDoubts.BirthYear)]
    [InlineData(
        "999090012345",
        Sex.Female,
        "1991",
        PersonalIdDoubts.Place | PersonalIdDoubts.Sex | PersonalIdDoubts.BirthYear
    )]
    public void Doubts_name_what_contradicts(
        string id,
        Sex sex,
        string? birth,
        PersonalIdDoubts doubts
    ) =>
        Assert.Equal(
            doubts,
            PersonalId.Parse(id).DoubtsAbout(sex, birth is null ? null : PartialDate.Parse(birth))
        );

    [Fact]
    public void Any_twelve_digits_are_an_ID_and_stay_as_they_are() =>
        Gen.Char['0', '9']
            .Array[12]
            .Select(digits => new string(digits))
            .Sample(text => PersonalId.Parse(text).ToString() == text);

    [Fact]
    public void The_provinces_are_the_63_of_the_published_list()
    {
        var file = Repository.SharedOrSkip("data/codes/provinces63_legacy.json");
        using var list = System.Text.Json.JsonDocument.Parse(File.ReadAllText(file));
        foreach (var province in list.RootElement.EnumerateArray())
        {
            var id = PersonalId.Parse($"{province.GetProperty("cccdCode")}090012345");
            Assert.Equal(province.GetProperty("name").GetString(), id.Province);
        }
        Assert.Equal(
            list.RootElement.GetArrayLength(),
            Enumerable
                .Range(0, 1000)
                .Count(code => PersonalId.Parse($"{code:D3}090012345").Province is not null)
        );
    }
}
