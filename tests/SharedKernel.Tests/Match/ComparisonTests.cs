using CsCheck;
using SharedKernel.Citizens.Match;

namespace SharedKernel.Tests.Match;

public sealed class ComparisonTests
{
    [Theory]
    [InlineData("1990-05-12", "1990-05-12", DateComparison.SameDay)]
    [InlineData("1990-05-12", "19900512", DateComparison.SameDay)]
    [InlineData("1990-05-12", "1990-12-05", DateComparison.Swapped)]
    [InlineData("1990-05-12", "1990-05-17", DateComparison.OneDigit)]
    [InlineData("1990-05-12", "1909-05-12", DateComparison.OneDigit)] // neighbours swapped
    [InlineData("1990-05-12", "1990", DateComparison.SameYear)]
    [InlineData("1990-05-12", "1990-05", DateComparison.SameYear)]
    [InlineData("1990-05-12", "1990-06", DateComparison.Other)]
    [InlineData("1990-05-12", "1990-01-01", DateComparison.SameYear)] // 1 January: the day was not known
    [InlineData("1990-05-12", "1991-05-13", DateComparison.TwoDigits)]
    [InlineData("1990-05-12", "1962-08-30", DateComparison.Other)]
    [InlineData("1990-05-12", "", Comparison.Missing)]
    [InlineData("1990-05-12", "unknown", Comparison.Missing)]
    public void Dates(string left, string right, int level) =>
        BothWays(new DateComparison(newYearIsYearOnly: true), left, right, level);

    [Theory]
    [InlineData("001090012345", "001090012345", PersonalIdComparison.Same)]
    [InlineData("001090012345", "001090012346", PersonalIdComparison.OneDigit)]
    [InlineData("001090012345", "001090012354", PersonalIdComparison.OneDigit)]
    [InlineData("001090012345", "001090013246", PersonalIdComparison.Other)]
    [InlineData("001090012345", "079185000123", PersonalIdComparison.Other)]
    [InlineData("001090012345 012345678", " 012345678", PersonalIdComparison.Same)] // the card before
    [InlineData("001090012345 ", "012345678", Comparison.Missing)]
    [InlineData("001090012345", " ", Comparison.Missing)]
    public void Personal_ids(string left, string right, int level) =>
        BothWays(new PersonalIdComparison(), left, right, level);

    [Theory]
    [InlineData("0912 345 678", "+84912345678", 0)]
    [InlineData("0912345678", "0084912345678", 0)]
    [InlineData("0912345678", "0912345687", 1)]
    [InlineData("0912345678", "0987654321", 2)]
    [InlineData("0912345678", "113", Comparison.Missing)]
    public void Phones(string left, string right, int level) =>
        BothWays(new PhoneComparison(), left, right, level);

    [Theory]
    [InlineData("00004|Số 12 ngõ 3 Lê Lợi", "00004|12 ngõ 3, Lê Lợi", 0)]
    [InlineData("00004|Số 12 ngõ 3 Lê Lợi", "00004|", 1)]
    [InlineData("00004|Số 12 ngõ 3 Lê Lợi", "|12 ngo 3 le loi", 2)]
    [InlineData("00004|Số 12 ngõ 3 Lê Lợi", "00001|Số 12 ngõ 3 Lê Lợi", 0)] // merged into 00004
    [InlineData("00004|Thôn Đoài", "00007|Thôn Đông", 3)]
    [InlineData("00004|", "|Thôn Đông", Comparison.Missing)]
    [InlineData("|", "00004|Thôn Đông", Comparison.Missing)]
    public void Addresses(string left, string right, int level) =>
        BothWays(
            new AddressComparison(code => code == "00001" ? "00004" : null),
            left,
            right,
            level
        );

    [Theory]
    [InlineData("martha", "marhta", 0.9611)]
    [InlineData("dixon", "dicksonx", 0.8133)]
    [InlineData("dwayne", "duane", 0.84)]
    public void Jaro_Winkler_is_Winklers(string a, string b, double similarity) =>
        Assert.Equal(similarity, StringDistance.JaroWinkler(a, b), 0.0001);

    [Fact]
    public void The_order_of_two_records_never_matters() =>
        Gen.Select(Records.Any, Records.Any)
            .Sample(pair =>
            {
                var (left, right) = pair;
                var there = Records.Index.Explain(left, right);
                var back = Records.Index.Explain(right, left);
                Assert.Equal(there.Weight, back.Weight, 9);
                Assert.Equal(there.Fields.Select(f => f.Level), back.Fields.Select(f => f.Level));
            });

    [Fact]
    public void A_better_level_never_weighs_less() =>
        Assert.All(
            Records.Index.Model.FieldWeights,
            weights => Assert.Equal(weights.OrderDescending(), weights)
        );

    [Fact]
    public void A_field_that_agrees_never_lowers_the_weight() =>
        Gen.Select(Records.Any, Records.Any, Records.Any, Gen.Int[0, 6])
            .Sample(
                (left, right, third, field) =>
                {
                    (left[field], right[field]) = (null, null);
                    var without = Records.Index.Explain(left, right).Weight;
                    (left[field], right[field]) = (third[field], third[field]);
                    Assert.True(Records.Index.Explain(left, right).Weight >= without - 1e-9);
                }
            );

    private static void BothWays(Comparison comparison, string left, string right, int level)
    {
        Assert.Equal(level, comparison.Compare(left, right));
        Assert.Equal(level, comparison.Compare(right, left));
    }
}
