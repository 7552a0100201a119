using System.Net;
using System.Net.Http.Json;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Citizens;
using SharedKernel.Citizens.Facts;
using SharedKernel.Contracts;

namespace SharedKernel.Tests.Citizens;

/// <summary>Merging and undoing it lose nothing, in whatever order and whoever writes at the same time.</summary>
[Collection<RegisterTests>]
public sealed class MergeTests(Register register)
{
    [Fact]
    public async Task A_merge_shows_one_person_by_source_and_date_and_undoing_it_shows_both_as_they_were()
    {
        var id = "040175" + register.NextSerial();
        var first = await register.Id(
            new("Đinh Thị Vân", new(1975), Sex.Female, id, Phone: "0901000001")
        );
        var second = await register.Id(
            new(
                "Dinh Thi Van",
                new(1975, 9, 2),
                Sex.Unknown,
                Phone: "0901000002",
                Ethnicity: "05",
                InsuranceNumber: "7" + register.NextSerial() + "001"
            )
        );
        var before = (await register.Find(first), await register.Find(second));

        var merged = await register.Merge(second, first);

        Assert.Equal(first, merged.Survivor);
        Assert.Equal([second], merged.Replaced);
        var person = (await register.Find(second))!;
        Assert.Equal(first, person.Id);
        // Told first and equal in source: the name; told last: the phone; known to one alone: ethnicity and insurance.
        Assert.Equal("Đinh Thị Vân", person.Details.FullName);
        Assert.Equal("0901000002", person.Details.Phone);
        Assert.Equal(("05", id), (person.Details.Ethnicity, person.Details.PersonalId));
        Assert.NotNull(person.Details.InsuranceNumber);
        Assert.Equal(person, await register.Find(first));
        var found = await register.Do(
            (SearchCitizens search) => search.Run(person.Details.InsuranceNumber!, 5)
        );
        Assert.Equal(first, Assert.Single(found).Id);

        await register.Unmerge(second);

        Assert.Equal(before, (await register.Find(first), await register.Find(second)));
    }

    [Fact]
    public async Task A_correction_outranks_what_was_told_whenever_it_was_made()
    {
        var first = await register.Id(new("Hà Văn Sai", new(1966), Sex.Male, Phone: "0902111111"));
        await register.Do(
            (CorrectCitizen correct) =>
                correct.Run(first, new("Hà Văn Đúng", new(1967, 2, 2), Sex.Male))
        );
        var second = await register.Id(new("Hà Văn Sai", new(1966), Sex.Male, Phone: "0902111112"));
        await register.Merge(first, second, keep: second);

        var person = (await register.Find(first))!;
        Assert.Equal((second, "Hà Văn Đúng"), (person.Id, person.Details.FullName));
        Assert.Equal(new PartialDate(1967, 2, 2), person.Details.BirthDate);
    }

    [Fact]
    public async Task Any_merge_of_a_chain_can_be_undone()
    {
        var ids = new List<CitizenId>();
        foreach (var name in new[] { "Ông Một", "Ông Hai", "Ông Ba", "Ông Bốn" })
        {
            ids.Add(await register.Id(new(name, null, Sex.Male)));
        }
        await register.Merge(ids[0], ids[1], keep: ids[1]);
        await register.Merge(ids[1], ids[2], keep: ids[2]);
        await register.Merge(ids[2], ids[3], keep: ids[3]);
        Assert.Equal(ids[3], (await register.Find(ids[0]))!.Id);

        await register.Unmerge(ids[1]);

        // Two records again, and the name that was told first.
        Assert.Equal("Ông Một", await Shown(ids[1]));
        Assert.Equal(ids[1], (await register.Find(ids[0]))!.Id);
        Assert.Equal(ids[3], (await register.Find(ids[2]))!.Id);
    }

    [Fact]
    public async Task Merging_twice_holds_once_and_nonsense_is_refused()
    {
        var one = await register.Id(new("Lò Thị Một", null, Sex.Female));
        var two = await register.Id(new("Lò Thị Một Hai", null, Sex.Female));
        var request = new
        {
            one = one.Value,
            other = two.Value,
            keep = (Guid?)null,
        };
        for (var time = 0; time < 2; time++)
        {
            var answer = await register.Client.PostAsJsonAsync("/api/citizens/merges", request);
            Assert.Equal(HttpStatusCode.OK, answer.StatusCode);
        }
        Assert.Equal(1, await Told<CitizensMerged>(two));
        foreach (
            var wrong in new[]
            {
                request with
                {
                    other = one.Value,
                },
                request with
                {
                    other = Guid.CreateVersion7(),
                },
                request with
                {
                    other = (await register.Id(new("Ai Khác", null, Sex.Male))).Value,
                    keep = Guid.CreateVersion7(),
                },
            }
        )
        {
            var answer = await register.Client.PostAsJsonAsync("/api/citizens/merges", wrong);
            Assert.Equal(HttpStatusCode.BadRequest, answer.StatusCode);
        }
        for (var time = 0; time < 2; time++)
        {
            var undone = await register.Client.DeleteAsync($"/api/citizens/merges/{two}");
            Assert.Equal(HttpStatusCode.NoContent, undone.StatusCode);
        }
        Assert.Equal(1, await Told<CitizensUnmerged>(two));
        Assert.Equal(
            HttpStatusCode.NotFound,
            (await register.Client.DeleteAsync($"/api/citizens/merges/{one}")).StatusCode
        );
    }

    [Fact]
    public async Task A_merge_that_races_registrations_and_corrections_loses_none_of_them()
    {
        var (one, two) = (Woman("0906000000"), Woman("0906000001"));
        var (first, second) = (await register.Id(one), await register.Id(two));
        var writes = Enumerable
            .Range(0, 6)
            .SelectMany(i =>
                new Func<Task>[]
                {
                    () => register.Add(one with { Phone = $"09070000{i:D2}" }),
                    () => register.Add(two with { Address = $"ngõ {i}" }),
                    () => i % 2 == 0 ? register.Merge(first, second) : Undo(first, second),
                }
            );
        await Task.WhenAll(writes.Select(write => Task.Run(write)));

        // Whatever the last of them was, the facts are all there and what is shown follows from them.
        await register.Merge(first, second);
        var facts = await register.Do((ReadFacts read) => read.Run(first));
        for (var i = 0; i < 6; i++)
        {
            Assert.Contains(facts, fact => fact.Value == $"09070000{i:D2}");
            Assert.Contains(facts, fact => fact.Value == $"ngõ {i}");
        }
        var person = (await register.Find(second))!;
        Assert.Equal(person, await register.Find(first));
        Assert.Equal(
            facts.Single(fact => fact is { Field: CitizenField.Phone, Holds: true }).Value,
            person.Details.Phone
        );

        CitizenDetails Woman(string phone) =>
            new(
                "Sầm Thị Đua",
                new(1970, 7, 7),
                Sex.Female,
                "040170" + register.NextSerial(),
                phone
            );
    }

    private async Task Undo(CitizenId first, CitizenId second)
    {
        foreach (var id in new[] { first, second })
        {
            try
            {
                await register.Unmerge(id);
            }
            catch (NotFound)
            {
                // Not merged yet.
            }
        }
    }

    private async Task<string> Shown(CitizenId id) => (await register.Find(id))!.Details.FullName;

    private Task<int> Told<TEvent>(CitizenId id) =>
        register.Do(
            (CitizensDb db) =>
                db.Outbox.CountAsync(message =>
                    message.Type == typeof(TEvent).Name && message.Body.Contains(id.ToString())
                )
        );
}
