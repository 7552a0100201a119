namespace Health.Fhir.Tests.Faults;

/// <summary>The checker itself: it accepts what one resource could have answered and finds what it could not.</summary>
public sealed class LinearizabilityTests
{
    private static string? Of(params Call<Register>[] calls) =>
        Linearizability.Fault(calls, new Register(1, "a"));

    [Fact]
    public void Calls_that_overlap_may_come_in_any_order() =>
        Assert.Null(
            Of(
                Register.Write(null, "b", 3, 0, 10),
                Register.Write(null, "c", 2, 1, 9),
                Register.Read(2, "c", 2, 8),
                Register.Read(3, "b", 3, 12),
                Register.Refused(1, 5, 11)
            )
        );

    [Fact]
    public void A_write_without_an_answer_may_have_happened_or_not()
    {
        var unanswered = Register.Write(1, "b", null, 0, long.MaxValue);
        Assert.Null(Of(unanswered, Register.Read(1, "a", 5, 6)));
        Assert.Null(Of(unanswered, Register.Read(1, "a", 5, 6), Register.Read(2, "b", 7, 8)));
        Assert.NotNull(Of(unanswered, Register.Read(2, "b", 5, 6), Register.Read(1, "a", 7, 8)));
    }

    [Fact]
    public void A_lost_update_is_found() =>
        Assert.NotNull(Of(Register.Write(1, "b", 2, 0, 10), Register.Write(1, "c", 2, 1, 9)));

    [Fact]
    public void A_version_gap_is_found() => Assert.NotNull(Of(Register.Write(1, "b", 3, 0, 10)));

    [Fact]
    public void A_read_of_what_was_replaced_before_it_began_is_found() =>
        Assert.NotNull(Of(Register.Write(1, "b", 2, 0, 1), Register.Read(1, "a", 2, 3)));

    [Fact]
    public void Reads_that_go_back_are_found() =>
        Assert.NotNull(
            Of(
                Register.Write(1, "b", 2, 0, 10),
                Register.Read(2, "b", 1, 2),
                Register.Read(1, "a", 3, 4)
            )
        );

    [Fact]
    public void A_refusal_without_a_reason_is_found() =>
        Assert.NotNull(Of(Register.Refused(1, 0, 1), Register.Write(1, "b", 2, 2, 3)));

    [Fact]
    public void Two_conditional_creates_that_both_succeed_are_found()
    {
        Assert.NotNull(
            Linearizability.Fault(
                [Named.Create("1", true, 0, 10), Named.Create("2", true, 1, 9)],
                Named.Nobody
            )
        );
        Assert.NotNull(
            Linearizability.Fault(
                [Named.Create("1", true, 0, 1), Named.Search([], 2, 3)],
                Named.Nobody
            )
        );
        Assert.Null(
            Linearizability.Fault(
                [
                    Named.Create("1", true, 0, 10),
                    Named.Create("1", false, 1, 9),
                    Named.Search([], 0, 3),
                    Named.Search(["1"], 4, 12),
                ],
                Named.Nobody
            )
        );
    }

    [Fact]
    public void Half_a_transaction_is_found()
    {
        var before = new Pair(new(1, "a"), new(1, "a"));
        Assert.NotNull(
            Linearizability.Fault(
                [Pair.Write(1, "b", (2, 2), 0, 10), Pair.Read(new(new(2, "b"), new(1, "a")), 1, 2)],
                before
            )
        );
        Assert.Null(
            Linearizability.Fault(
                [Pair.Write(1, "b", (2, 2), 0, 10), Pair.Read(before, 1, 2), Pair.Refused(1, 3, 9)],
                before
            )
        );
    }
}
