using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Citizens;
using SharedKernel.Citizens.Lookup;
using SharedKernel.Citizens.Review;
using SharedKernel.Contracts;

namespace SharedKernel.Tests.Citizens;

/// <summary>"This looks like …" at the counter, by the engine that de-duplicates the register.</summary>
[Collection<RegisterTests>]
public sealed class LookalikeTests(Register register)
{
    [Fact]
    public async Task A_misspelt_name_and_a_transposed_birth_date_find_the_person_with_reasons()
    {
        var known = await register.Add(
            new(
                "Trịnh Thị Bạch Mai",
                new(1979, 4, 12),
                Sex.Female,
                Phone: "0987 111 222",
                Address: "Số 5, xóm Đông",
                CommuneCode: "16813"
            )
        );
        var found = await register.Do(
            (MatchCitizens match) =>
                match.Run(
                    new(
                        "trinh thi bach mai",
                        new(1979, 12, 4),
                        Sex.Female,
                        Phone: "0987111222",
                        CommuneCode: "16813"
                    ),
                    5
                )
        );

        var best = found[0];
        Assert.Equal(known.Citizen.Id, best.Citizen.Id);
        Assert.True(best.Weight > 8, string.Join("; ", best.Reasons));
        Assert.Contains(
            best.Reasons,
            reason => reason.StartsWith("Ngày sinh: ", StringComparison.Ordinal)
        );
        Assert.Contains(
            best.Reasons,
            reason => reason.StartsWith("Điện thoại: ", StringComparison.Ordinal)
        );
    }

    [Fact]
    public async Task A_person_is_found_by_a_number_that_is_another_s_old_one()
    {
        var old = "27" + register.NextSerial() + "1";
        var known = await register.Id(
            new("Phùng Văn Tạo", new(1961, 2, 3), Sex.Male, OldIdentityNumber: old)
        );
        var found = await register.Do(
            (MatchCitizens match) =>
                match.Run(
                    new(
                        "Phùng Văn Tạo",
                        new(1961),
                        Sex.Male,
                        PersonalId: "027061" + register.NextSerial(),
                        OldIdentityNumber: old
                    ),
                    5
                )
        );
        Assert.Equal(known, found[0].Citizen.Id);
        Assert.True(found[0].SamePersonalId);
    }

    [Fact]
    public async Task What_the_counter_says_is_another_person_is_not_asked_again()
    {
        var details = new CitizenDetails(
            "Lại Thị Mận",
            new(1990, 6, 1),
            Sex.Female,
            Phone: "0911000111",
            Address: "xóm Bến"
        );
        var first = await register.Id(details);
        var likely = details with { FullName = "Lai Thi Man" };
        var second = await register.Do(
            (RegisterCitizen feature) => feature.Run(likely, FactSource.Register, [first])
        );

        Assert.True(second.IsNew);
        Assert.Empty(second.Warnings);
        var pair = await Pair(first, second.Citizen.Id);
        Assert.Equal(ReviewDecision.Different, pair!.Decision);
    }

    [Fact]
    public async Task One_personal_ID_told_for_two_people_makes_a_case_and_no_merge()
    {
        var id = "038085" + register.NextSerial();
        var first = await register.Add(new("Nguyễn Văn Hải", new(1985, 1, 9), Sex.Male, id));
        var other = new CitizenDetails("Trần Thị Lụa", new(1962, 11, 25), Sex.Female, id);
        var second = await register.Add(other);

        Assert.True(second.IsNew);
        Assert.NotEqual(first.Citizen.Id, second.Citizen.Id);
        Assert.Null(second.Citizen.Details.PersonalId);
        Assert.Contains(second.Warnings, warning => warning.Contains("Nguyễn Văn Hải"));
        Assert.Equal(
            first.Citizen.Id,
            (await register.Do((FindCitizens find) => find.Run(id)))!.Id
        );
        var pair = await Pair(first.Citizen.Id, second.Citizen.Id);
        Assert.Equal(
            (ReviewReason.SamePersonalId, ReviewDecision.Open),
            (pair!.Reason, pair.Decision)
        );
        // The second comes again: no third record.
        var again = await register.Add(other);
        Assert.False(again.IsNew);
        Assert.Equal(second.Citizen.Id, again.Citizen.Id);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Two_counters_at_once_make_one_record(bool withPersonalId)
    {
        var details = new CitizenDetails(
            withPersonalId ? "Cù Thị Đôi" : "Cù Văn Đôi",
            new(1993, 3, 3),
            withPersonalId ? Sex.Female : Sex.Male,
            withPersonalId ? "040193" + register.NextSerial() : null,
            Phone: "0903000333",
            Address: "thôn Chung"
        );
        using var gate = new Barrier(8);
        var answers = await Task.WhenAll(
            Enumerable
                .Range(0, 8)
                .Select(_ =>
                    Task.Run(async () =>
                    {
                        using var client = register.NewClient();
                        gate.SignalAndWait();
                        return await client.PostAsJsonAsync("/api/citizens", details);
                    })
                )
        );

        Assert.Single(answers, answer => answer.StatusCode is HttpStatusCode.Created);
        Assert.Equal(7, answers.Count(answer => answer.StatusCode is HttpStatusCode.OK));
        var ids = await Task.WhenAll(
            answers.Select(async answer =>
                (await answer.Content.ReadFromJsonAsync<CitizenRegistration>())!.Citizen.Id
            )
        );
        Assert.Single(ids.Distinct());
    }

    [Fact]
    public async Task Of_two_lookalikes_registered_at_once_the_pair_waits_for_a_person()
    {
        var one = new CitizenDetails(
            "Đàm Thị Sáo",
            new(1988, 8, 8),
            Sex.Female,
            Phone: "0905777888"
        );
        var both = await Task.WhenAll(
            register.Add(one),
            register.Add(one with { FullName = "Dam Thi Sao" })
        );
        Assert.NotNull(await Pair(both[0].Citizen.Id, both[1].Citizen.Id));
    }

    [Fact]
    public async Task A_newborn_gets_a_temporary_number_and_keeps_its_record_when_it_is_named()
    {
        var born = await register.Add(
            new("Con bà Nguyễn Thị Thắm", new(2026, 11, 20), Sex.Unknown, Address: "xóm Mới")
        );
        Assert.Equal(TemporaryIdentity.Newborn, born.Citizen.Details.Temporary);
        var temporary = born.Citizen.Details.TemporaryNumber!;
        Assert.StartsWith("TAM-", temporary, StringComparison.Ordinal);

        var id = "040226" + register.NextSerial();
        var named = await register.Do(
            (CorrectCitizen correct) =>
                correct.Run(
                    born.Citizen.Id,
                    new("Nguyễn Bảo An", new(2026, 11, 20), Sex.Male, id, Address: "xóm Mới")
                )
        );

        Assert.Equal(born.Citizen.Id, named.Id);
        Assert.Equal("Nguyễn Bảo An", named.Details.FullName);
        Assert.Equal(
            (id, TemporaryIdentity.None, null),
            (named.Details.PersonalId, named.Details.Temporary, named.Details.TemporaryNumber)
        );
        // Still found as what it was called at first.
        var search = (string text) => register.Do((SearchCitizens feature) => feature.Run(text, 5));
        Assert.Equal(named.Id, Assert.Single(await search("con ba nguyen thi tham")).Id);
        Assert.Equal(named.Id, Assert.Single(await search(id)).Id);
    }

    [Fact]
    public async Task A_new_personal_ID_retires_the_old_one_with_its_end()
    {
        var (old, now) = ("040080" + register.NextSerial(), "040080" + register.NextSerial());
        var person = await register.Id(new("Tạ Văn Đổi", new(1980, 5, 5), Sex.Male, old));
        await register.Do(
            (CorrectCitizen correct) =>
                correct.Run(person, new("Tạ Văn Đổi", new(1980, 5, 5), Sex.Male, now))
        );

        Assert.Equal(person, (await register.Do((FindCitizens find) => find.Run(old)))!.Id);
        var found = await register.Do((FindCitizens find) => find.Run(now));
        Assert.Equal((now, old), (found!.Details.PersonalId, found.Details.OldIdentityNumber));
        var row = (
            await register.Do(
                (CitizensDb db) =>
                    db.Identifiers.Where(number => number.Citizen == person).ToListAsync()
            )
        ).Single(number => number.Value == old);
        Assert.Equal(IdentifierUse.Old, row.Use);
        Assert.NotNull(row.To);
    }

    [Fact]
    public async Task Whoever_may_not_register_may_not_ask()
    {
        await using var scope = register.Services.CreateAsyncScope();
        var feature = scope.ServiceProvider.GetRequiredService<MatchCitizens>();
        await Assert.ThrowsAsync<AccessDenied>(() => feature.Run(new("Ai Đó", null, Sex.Male), 5));
    }

    private Task<ReviewPair?> Pair(CitizenId one, CitizenId other)
    {
        var (left, right) = ReviewPair.Of(one, other);
        return register.Do(
            (CitizensDb db) =>
                db.Reviews.SingleOrDefaultAsync(pair => pair.Left == left && pair.Right == right)
        );
    }
}
