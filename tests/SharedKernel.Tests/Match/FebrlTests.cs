using SharedKernel.Citizens.Match;
using Testing;

namespace SharedKernel.Tests.Match;

public sealed class FebrlTests(ITestOutputHelper output)
{
    /// <summary>One schema and one pair of thresholds for the three sets, and no label is seen by the engine.</summary>
    [Theory]
    [InlineData(1, 1.0)]
    [InlineData(2, 0.999)]
    [InlineData(3, 0.999)]
    public void Finds_who_is_one_person_without_a_false_merge(int set, double leastF1)
    {
        var path = Repository.SharedOrSkip($"data/linkage/febrl_dataset{set}.csv");
        var febrl = Febrl.Read(path);
        var found = FindDuplicates.Run(PeopleIndex.Build(febrl.People));
        var quality = LinkageQuality.Of(found, febrl.Truth);
        output.WriteLine($"FEBRL {set}: {quality}, {found.Compared} pairs compared");
        Assert.Equal(0, quality.FalseMerges);
        Assert.True(quality.F1 >= leastF1, quality.ToString());
    }
}
