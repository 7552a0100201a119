using Health.Emr.DecisionSupport;
using static Health.Emr.Tests.DecisionSupport.Judging;

namespace Health.Emr.Tests.DecisionSupport;

/// <summary>Each pair of Decision 5948 and of the high-priority list, one by one.</summary>
public sealed class InteractionTests
{
    [Fact]
    public void The_Decision_has_369_absolute_and_264_conditional_pairs()
    {
        Assert.Equal(369, Interactions.Pairs.Count(pair => !pair.IsConditional));
        Assert.Equal(264, Interactions.Pairs.Count(pair => pair.IsConditional));
    }

    [Fact]
    public void Every_pair_fires_at_its_level_in_either_order_and_shows_what_to_do() =>
        Assert.All(
            Interactions.Pairs,
            pair =>
            {
                foreach (var a in pair.A.AnyOf)
                {
                    foreach (var b in pair.B.AnyOf)
                    {
                        var (one, other) = (As(a, pair.A), As(b, pair.B));
                        var alert = Single(Check(Adult, one, other));
                        var reverse = Single(Check(Adult, other, one));
                        Assert.Equal(
                            pair.IsConditional ? AlertLevel.Caution : AlertLevel.Stop,
                            alert.Level
                        );
                        Assert.Equal((alert.Level, alert.Key), (reverse.Level, reverse.Key));
                        Assert.Equal(pair.Management, alert.Detail);
                        Assert.Contains(pair.Consequence, alert.Message);
                        Assert.Contains("5948", alert.Source);
                    }
                }
            }
        );

    [Fact]
    public void Every_listed_name_of_the_Decision_leads_to_its_ingredient() =>
        Assert.All(
            Interactions.Pairs.SelectMany(pair => (Interactions.Side[])[pair.A, pair.B]),
            side => Assert.All(side.AnyOf, inn => Assert.Contains(inn, Ingredients.All))
        );

    [Fact]
    public void Fifteen_class_pairs_of_the_panel_stop_wherever_the_Decision_is_silent()
    {
        Assert.Equal(15, Interactions.ClassPairs.Count);
        var pairs = new HashSet<string>();
        foreach (var classes in Interactions.ClassPairs)
        {
            foreach (var a in classes.A)
            {
                foreach (var b in classes.B.Where(b => b != a))
                {
                    var alert = Single(Check(Adult, As(a), As(b)));
                    pairs.Add(alert.Key);
                    if (!alert.Source.Contains("5948", StringComparison.Ordinal))
                    {
                        Assert.Equal(AlertLevel.Stop, alert.Level);
                        Assert.Contains("ONC", alert.Source);
                    }
                }
            }
        }
        // 1,150 pairs of ingredients as published, and febuxostat with the two thiopurines.
        Assert.Equal(1152, pairs.Count);
    }

    [Theory]
    [InlineData("Ibuprofen", "Amlodipin")]
    [InlineData("Paracetamol", "Amoxicillin")]
    [InlineData("Atorvastatin", "Clarithromycin")] // watched, not on either list
    public void What_is_on_no_list_is_silent(string one, string other) =>
        Assert.Null(Check(Adult, Use(one), Use(other)).Level(AlertRule.Interaction));

    [Fact]
    public void What_is_on_the_skin_does_not_interact() =>
        Assert.Null(
            Check(Adult, Use("Itraconazol", DrugRoute.Topical), Use("Simvastatin"))
                .Level(AlertRule.Interaction)
        );

    [Fact]
    public void A_new_drug_is_compared_with_what_is_taken_already_but_not_old_with_old()
    {
        Assert.Equal(
            AlertLevel.Stop,
            Check(Adult, Use("Clarithromycin"), Use("Simvastatin", isNew: false))
                .Level(AlertRule.Interaction)
        );
        Assert.Null(
            Check(Adult, Use("Clarithromycin", isNew: false), Use("Simvastatin", isNew: false))
                .Level(AlertRule.Interaction)
        );
    }

    [Fact]
    public void A_row_that_names_a_route_speaks_for_that_route_alone()
    {
        var byMouth = Check(Adult, Use("Linezolid"), Use("Pseudoephedrin"));
        Assert.NotNull(byMouth.Level(AlertRule.Interaction));
        Assert.Null(
            Check(Adult, Use("Xanh methylen"), Use("Sertralin")).Level(AlertRule.Interaction)
        );
        Assert.NotNull(
            Check(Adult, Use("Xanh methylen", DrugRoute.Injected), Use("Sertralin"))
                .Level(AlertRule.Interaction)
        );
    }

    private static DrugUse As(string inn, Interactions.Side? side = null) =>
        new(
            inn,
            inn,
            [new Component(inn, inn)],
            side?.Route switch
            {
                "iv" => DrugRoute.Injected,
                "oral" or "tablet" => DrugRoute.Oral,
                _ => DrugRoute.Systemic,
            }
        );

    private static Alert Single(IReadOnlyList<Alert> alerts) =>
        Assert.Single(alerts, alert => alert.Rule is AlertRule.Interaction);
}
