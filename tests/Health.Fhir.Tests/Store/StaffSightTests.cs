using Health.Fhir.Store;
using Microsoft.Extensions.Time.Testing;
using SharedKernel.Access;
using SharedKernel.Access.Law;
using SharedKernel.Contracts;

namespace Health.Fhir.Tests.Store;

/// <summary>What staff see depends on the clock and on the law of the day; RelationTests tries every path.</summary>
public sealed class StaffSightTests(StoreFixture store) : IClassFixture<StoreFixture>
{
    private static readonly DateTimeOffset Start = new(2026, 11, 2, 8, 0, 0, TimeSpan.Zero);

    private static readonly Caller Doctor = new(
        "dr-an",
        "BS. An",
        new HashSet<Role> { Role.Doctor },
        "40012"
    );

    private static Visible Seen(
        TimeProvider clock,
        Caller? caller = null,
        params UseRule[] rules
    ) =>
        Visible.To(
            caller ?? Doctor,
            Permission.ReadHealthRecords,
            new AccessTable(rules.Length > 0 ? new LawOfUse(rules) : new LawOfUse(), clock)
        );

    [Fact]
    public async Task An_emergency_ends_by_the_clock_to_the_second_and_for_others_never_began()
    {
        var clock = new FakeTimeProvider(Start);
        await using var host = store.NewStore(clock: clock);
        var patient = await Patient();
        await store.Create(
            $$$"""{"resourceType":"Consent","status":"active","scope":{"text":"x"},"category":[{"coding":[{"system":"http://terminology.hl7.org/CodeSystem/v3-ActCode","code":"EMRGONLY"}]}],"patient":{"reference":"Patient/{{{patient}}}"},"policyRule":{"text":"x"},"provision":{"type":"permit","period":{"start":"2026-11-02T15:00:00+07:00","end":"2026-11-02T19:00:00+07:00"},"actor":[{"role":{"text":"x"},"reference":{"reference":"Practitioner/dr-an"}}]}}"""
        );

        Assert.NotNull(await host.Read("Patient", patient, Seen(clock)));
        Assert.Null(
            await host.Read("Patient", patient, Seen(clock, Doctor with { Id = "dr-binh" }))
        );
        // An emergency is for treatment alone.
        Assert.Null(
            await host.Read(
                "Patient",
                patient,
                Seen(clock, Doctor with { Purpose = PurposeOfUse.Research })
            )
        );
        clock.Advance(TimeSpan.FromHours(4) - TimeSpan.FromSeconds(1));
        Assert.NotNull(await host.Read("Patient", patient, Seen(clock)));
        clock.Advance(TimeSpan.FromSeconds(2));
        Assert.Null(await host.Read("Patient", patient, Seen(clock)));
    }

    [Fact]
    public async Task The_law_of_the_day_decides_whether_a_refusal_wins_over_who_treats()
    {
        var clock = new FakeTimeProvider(Start);
        await using var host = store.NewStore(clock: clock);
        var patient = await Patient();
        await store.Create(
            $$$"""{"resourceType":"Encounter","status":"finished","class":{"code":"AMB"},"subject":{"reference":"Patient/{{{patient}}}"},"serviceProvider":{"reference":"Organization/40012"}}"""
        );
        await store.Create(
            $$$"""{"resourceType":"Consent","status":"active","scope":{"text":"x"},"category":[{"text":"x"}],"patient":{"reference":"Patient/{{{patient}}}"},"policyRule":{"text":"x"},"provision":{"type":"deny","actor":[{"role":{"text":"x"},"reference":{"reference":"Organization/40012"}}]}}"""
        );
        UseRule[] rules =
        [
            new("TREAT", true, false, new(2020, 1, 1), new(2026, 11, 30), "old", true),
            new("TREAT", true, true, new(2026, 12, 1), null, "new", true),
        ];

        Assert.NotNull(await host.Read("Patient", patient, Seen(clock, null, rules)));
        clock.SetUtcNow(new(2026, 12, 1, 0, 0, 0, TimeSpan.Zero));
        Assert.Null(await host.Read("Patient", patient, Seen(clock, null, rules)));
        // No rule, nothing given.
        var research = Doctor with
        {
            Purpose = PurposeOfUse.Research,
        };
        Assert.Null(await host.Read("Patient", patient, Seen(clock, research, rules)));
    }

    [Fact]
    public async Task Who_is_launched_for_a_patient_sees_that_one_as_far_as_the_user_does()
    {
        var (treated, hidden) = (await Patient(), await Patient());
        await store.Create(
            $$$"""{"resourceType":"EpisodeOfCare","status":"active","patient":{"reference":"Patient/{{{treated}}}"},"managingOrganization":{"reference":"Organization/40012"}}"""
        );
        foreach (
            var (patient, launched, sees) in new[]
            {
                (treated, treated, true),
                (hidden, hidden, false),
                (treated, hidden, false),
            }
        )
        {
            var app = Doctor with
            {
                Scopes = new HashSet<string> { "patient/*.rs" },
                Patient = launched,
            };
            Assert.Equal(
                sees,
                await store.Store.Read("Patient", patient, Seen(TimeProvider.System, app))
                    is not null
            );
        }
    }

    [Fact]
    public async Task Staff_without_an_organisation_see_nobody_and_what_is_nobodys()
    {
        var patient = await Patient();
        var basic = await store.Create("""{"resourceType":"Basic","code":{"text":"x"}}""");
        var task = await store.Create(
            $$$"""{"resourceType":"Task","status":"requested","intent":"order","for":{"reference":"Patient/{{{patient}}}"}}"""
        );
        var seen = Seen(TimeProvider.System, Doctor with { Organisation = null });

        Assert.Null(await store.Store.Read("Patient", patient, seen));
        Assert.NotNull(await store.Store.Read("Basic", basic.Id, seen));
        // In no compartment, and yet about somebody.
        Assert.Null(await store.Store.Read("Task", task.Id, seen));
    }

    [Fact]
    public async Task What_consents_open_follows_from_the_bodies()
    {
        var patient = await Patient();
        var consent = await store.Create(
            $$$"""{"resourceType":"Consent","status":"active","scope":{"text":"x"},"category":[{"text":"x"}],"patient":{"reference":"Patient/{{{patient}}}"},"policyRule":{"text":"x"},"provision":{"type":"permit"}}"""
        );
        Assert.NotNull(await store.Store.Read("Patient", patient, Seen(TimeProvider.System)));
        Assert.Empty((await store.Store.Verify()).Faults);

        await store.Transact(new Write(WriteVerb.Delete, "Consent") { Id = consent.Id });

        Assert.Null(await store.Store.Read("Patient", patient, Seen(TimeProvider.System)));
        Assert.Empty((await store.Store.Verify()).Faults);
    }

    private async Task<string> Patient() =>
        (await store.Create("""{"resourceType":"Patient","active":true}""")).Id;
}
