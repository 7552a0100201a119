using System.Diagnostics;
using Health.Fhir.Terminology.Diseases;
using SharedKernel.Contracts;

namespace Health.Emr.Tests.Terminology;

public sealed class Icd10SearchTests
{
    [Theory]
    [InlineData("J06.9", "J06.9")]
    [InlineData("j069", "J06.9")]
    [InlineData("viêm họng cấp", "J02")]
    [InlineData("viem hong cap", "J02")]
    [InlineData("tăng huyết áp vô căn", "I10")]
    [InlineData("tang huyet ap vo can", "I10")]
    [InlineData("tha vo can", "I10")]
    [InlineData("cao huyết áp vô căn", "I10")]
    [InlineData("đtđ typ 2", "E11")]
    [InlineData("sxh dengue", "A97")]
    [InlineData("cholera", "A00")]
    [InlineData("asthma", "J45")]
    [InlineData("hen phe quan", "J45")]
    [InlineData("tieu chay", "A09")]
    [InlineData("THA", "I10")]
    [InlineData("ĐTĐ", "E1")]
    [InlineData("COPD", "J44")]
    [InlineData("bptnmt", "J44")]
    [InlineData("vrt cấp", "K35")]
    [InlineData("vpqp", "J18")]
    [InlineData("vgb mạn", "B18")]
    [InlineData("hcth", "N04")]
    [InlineData("rối loạn tiền đình", "H81")]
    [InlineData("zona", "B02")]
    [InlineData("đau nửa đầu", "G43")]
    [InlineData("bệnh thận mạn", "N18")]
    public void Puts_what_is_meant_among_the_first(string typed, string category)
    {
        var hits = Icd10.Of2020.Search(typed, 5);
        Assert.Contains(hits, hit => hit.Code.StartsWith(category, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("viem phoi", "viêm phổi")]
    [InlineData("dai thao duong", "Đái tháo đường")]
    [InlineData("LOET DA DAY", "loét dạ dày")]
    public void Finds_the_same_with_and_without_diacritics(string without, string with)
    {
        var plain = Icd10.Of2020.Search(without, 500).Select(hit => hit.Code).Order();
        var marked = Icd10.Of2020.Search(with, 500).Select(hit => hit.Code).Order();
        Assert.NotEmpty(plain);
        Assert.Equal(plain, marked);
    }

    [Fact]
    public void Takes_beginnings_of_words_in_any_order()
    {
        var hits = Icd10.Of2020.Search("phoi vie vir", 50);
        Assert.Contains(hits, hit => hit.Code.StartsWith("J12", StringComparison.Ordinal));
        Assert.All(
            hits,
            hit =>
            {
                var words = $"{hit.Vietnamese} {hit.English}"
                    .WithoutDiacritics()
                    .Split(' ', '(', '-', '[', '/');
                Assert.All(
                    ["phoi", "vie", "vir"],
                    typed =>
                        Assert.Contains(
                            words,
                            word => word.StartsWith(typed, StringComparison.Ordinal)
                        )
                );
            }
        );
    }

    [Fact]
    public void Written_accents_come_before_plain_ones()
    {
        // "sởi" is measles; without its marks the word is also that of stones ("sỏi").
        Assert.StartsWith("B05", Icd10.Of2020.Search("sởi", 1)[0].Code);
        Assert.Contains(
            "sỏi",
            Icd10.Of2020.Search("sỏi", 1)[0].Vietnamese,
            StringComparison.OrdinalIgnoreCase
        );
    }

    [Theory]
    [InlineData("")]
    [InlineData("   ")]
    [InlineData("…")]
    [InlineData("khongcobenhnaynhuvay")]
    public void Finds_nothing_for_nothing(string typed) =>
        Assert.Empty(Icd10.Of2020.Search(typed, 10));

    [Fact]
    public void Answers_within_5_milliseconds()
    {
        string[] queries =
        [
            "viem",
            "v",
            "benh khac khong dac hieu",
            "tang huyet ap",
            "j06",
            "fracture of",
        ];
        _ = Icd10.Of2020.Search("viem", 10);
        var clock = Stopwatch.StartNew();
        const int rounds = 20;
        for (var i = 0; i < rounds; i++)
        {
            foreach (var query in queries)
            {
                _ = Icd10.Of2020.Search(query, 12);
            }
        }
        var each = clock.Elapsed.TotalMilliseconds / (rounds * queries.Length);
        Assert.True(each < 5, $"{each:F2} ms a search");
    }

    [Fact]
    public void Holds_the_whole_list()
    {
        Assert.Equal(22, Icd10.Of2020.Chapters.Count);
        Assert.Equal(12_137, Icd10.Of2020.Codes.Count);
        Assert.Equal("IX", Icd10.Of2020.Find("i10")!.Chapter);
        Assert.Equal("XXII", Icd10.Of2020.Find("U07.1")!.Chapter);
        Assert.Null(Icd10.Of2020.Find("I10.99"));
    }

    [Fact]
    public void Says_from_when_on_the_list_needs_verification()
    {
        Assert.False(Icd10.On(new(2026, 6, 30)).NeedsVerificationOn(new(2026, 6, 30)));
        Assert.True(Icd10.On(new(2026, 7, 1)).NeedsVerificationOn(new(2026, 7, 1)));
    }
}
