using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Citizens;
using SharedKernel.Citizens.Lookup;
using SharedKernel.Citizens.Review;
using SharedKernel.Contracts;

namespace SharedKernel.Tests.Citizens;

/// <summary>The whole register is gone through; what a person decides is kept and never asked again.</summary>
[Collection<RegisterTests>]
public sealed class ReviewTests(Register register)
{
    [Fact]
    public async Task A_double_is_found_by_going_through_the_register_and_decided_once()
    {
        var (one, two) = await Twins("Mạc Thị Lặp", "Mac Thi Lap", "0908000001");
        await Forget(one, two);

        var run = await register.Do((Deduplicate feature) => feature.Run());
        Assert.Null(run.Error);
        Assert.True(run.Added >= 1);
        Assert.NotNull(run.FinishedAt);
        Assert.Equal(ReviewDecision.Open, (await Pair(one, two))!.Decision);
        // Too few people to learn from.
        Assert.Equal(0, await register.Do((CitizensDb db) => db.Models.CountAsync()));

        await Decide(one, two, ReviewDecision.Different);
        await register.Do((Deduplicate feature) => feature.Run());
        Assert.Equal(ReviewDecision.Different, (await Pair(one, two))!.Decision);
        var found = await register.Do(
            (MatchCitizens match) =>
                match.Run(new("Mạc Thị Lặp", new(1991, 2, 13), Sex.Female, Phone: "0908000001"), 5)
        );
        Assert.Contains(found, match => match.Citizen.Id == one);
    }

    [Fact]
    public async Task Same_merges_and_later_comes_back_after_the_others()
    {
        var (one, two) = await Twins("Giàng Thị Say", "Giang Thi Say", "0908000002");
        var (three, four) = await Twins("Giàng A Tủa", "Giang A Tua", "0908000003");
        await Decide(one, two, ReviewDecision.Later);
        await Decide(three, four, ReviewDecision.Later);

        var next = await Open();
        while (next is not null && next.Left.Id != one && next.Right.Id != one)
        {
            // What other tests left here comes first.
            await Decide(next.Left.Id, next.Right.Id, ReviewDecision.Different);
            next = await Open();
        }
        Assert.NotNull(next);
        Assert.True(next.Waiting >= 2);
        Assert.Equal(7, next.Explanation.Fields.Count);

        await Decide(one, two, ReviewDecision.Same);
        Assert.Equal((await register.Find(one))!.Id, (await register.Find(two))!.Id);
        await register.Unmerge(two);
        // Undoing a merge is a decision too.
        Assert.Equal(ReviewDecision.Different, (await Pair(one, two))!.Decision);
    }

    [Fact]
    public async Task Only_who_may_review_reviews()
    {
        await using var scope = register.Services.CreateAsyncScope();
        scope
            .ServiceProvider.GetRequiredService<ICurrentCaller>()
            .Become(new Caller("n", "Y tá", new HashSet<Role> { Role.StationNurse }));
        var review = scope.ServiceProvider.GetRequiredService<ReviewPairs>();
        await Assert.ThrowsAsync<AccessDenied>(() => review.Next());
        await Assert.ThrowsAsync<AccessDenied>(() =>
            review.Decide(CitizenId.New(), CitizenId.New(), ReviewDecision.Same)
        );
        await Assert.ThrowsAsync<AccessDenied>(() =>
            scope.ServiceProvider.GetRequiredService<Deduplicate>().Ask()
        );
    }

    private async Task<(CitizenId, CitizenId)> Twins(string name, string again, string phone)
    {
        var one = new CitizenDetails(name, new(1991, 2, 13), Sex.Female, Phone: phone);
        return (await register.Id(one), await register.Id(one with { FullName = again }));
    }

    private async Task Forget(CitizenId one, CitizenId two)
    {
        var (left, right) = ReviewPair.Of(one, two);
        await register.Do(
            (CitizensDb db) =>
                db
                    .Reviews.Where(pair => pair.Left == left && pair.Right == right)
                    .ExecuteDeleteAsync()
        );
        await register.Do(
            (CitizensDb db) => db.MatchKeys.Where(key => key.Citizen == two).ExecuteDeleteAsync()
        );
    }

    private Task<ReviewPairs.Case?> Open() => register.Do((ReviewPairs review) => review.Next());

    private Task<bool> Decide(CitizenId one, CitizenId two, ReviewDecision decision) =>
        register.Do(
            async (ReviewPairs review) =>
            {
                await review.Decide(one, two, decision);
                return true;
            }
        );

    private Task<ReviewPair?> Pair(CitizenId one, CitizenId other)
    {
        var (left, right) = ReviewPair.Of(one, other);
        return register.Do(
            (CitizensDb db) =>
                db
                    .Reviews.AsNoTracking()
                    .SingleOrDefaultAsync(pair => pair.Left == left && pair.Right == right)
        );
    }
}
