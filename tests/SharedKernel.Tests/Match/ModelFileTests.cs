using CsCheck;
using SharedKernel.Citizens.Match;

namespace SharedKernel.Tests.Match;

/// <summary>A learned model that was written and read weighs as the one that was written.</summary>
public sealed class ModelFileTests
{
    [Fact]
    public void Weighs_the_same_after_it_was_kept()
    {
        var model = Records.Index.Model;
        var read = ModelFile.Read(ModelFile.Write(model), model.Schema);
        var (before, after) = (new Weigher(model), new Weigher(read!));
        Gen.Select(Records.Any, Records.Any)
            .Sample(
                (left, right) =>
                    Assert.Equal(
                        before.Explain(left, right).Weight,
                        after.Explain(left, right).Weight,
                        1e-9
                    ),
                iter: 2000
            );
    }

    [Fact]
    public void Of_another_shape_is_not_read()
    {
        var schema = CitizenSchema.Create();
        var fewer = new LinkageSchema([.. schema.Fields.Take(2)], [], []);
        Assert.Null(ModelFile.Read(ModelFile.Write(LinkageModel.Expected(schema, 0.001)), fewer));
    }
}
