using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access.Audit;
using SharedKernel.Contracts;

namespace SharedKernel.Tests.Audit;

public sealed class AuditTests : IAsyncLifetime
{
    private static readonly Caller Doctor = new(
        "bacsi",
        "Bác sĩ Lan",
        new HashSet<Role> { Role.Doctor, Role.Citizen },
        "40012"
    );

    // A trail of its own for each test: one of them tampers.
    private readonly AuditStore store = new();

    public ValueTask InitializeAsync() => store.InitializeAsync();

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task Rows_of_many_at_once_are_one_unbroken_chain()
    {
        var audit = store.Trail;
        await Parallel.ForAsync(
            0,
            500,
            async (i, _) => await audit.Record(Doctor, Read($"Encounter/{i}", $"p{i % 7}"))
        );

        await using var scope = store.Scope();
        var db = scope.ServiceProvider.GetRequiredService<AuditDb>();
        Assert.Equal(
            Enumerable.Range(0, 500).Select(i => $"Encounter/{i}").Order(StringComparer.Ordinal),
            (await db.Rows.Select(row => row.What).ToListAsync()).Order(StringComparer.Ordinal)
        );
        var verdict = await store.Verify();
        Assert.Null(verdict.Fault);
        Assert.Equal(500, verdict.Rows);
    }

    [Fact]
    public async Task Two_hosts_on_one_database_write_one_chain()
    {
        // The second trail is what another host process would have: its own writer on the same database.
        await using var other = ActivatorUtilities.CreateInstance<AuditTrail>(store.Services);
        var trails = new[] { store.Trail, other };
        await Parallel.ForAsync(
            0,
            200,
            async (i, _) => await trails[i % 2].Record(Doctor, Read($"Patient/{i}", "p"))
        );

        await using var scope = store.Scope();
        var verdict = await store.Verify();
        Assert.Null(verdict.Fault);
        Assert.Equal(200, verdict.Rows);
    }

    [Fact]
    public async Task A_row_holds_who_when_what_and_about_whom()
    {
        var audit = store.Trail;
        await audit.Record(
            Doctor,
            new(AuditAction.Update, "Patient/1", ["1", "2", "1"], Allowed: false, "Không có quyền")
        );

        await using var scope = store.Scope();
        var row = await scope
            .ServiceProvider.GetRequiredService<AuditDb>()
            .Rows.Include(row => row.Subjects)
            .SingleAsync();
        Assert.Equal(
            ("bacsi", "Bác sĩ Lan", "Citizen,Doctor", "40012", "Patient/1", false),
            (row.CallerId, row.CallerName, row.Roles, row.Organisation, row.What, row.Allowed)
        );
        Assert.Equal("Không có quyền", row.Detail);
        Assert.Equal(["1", "2"], row.Subjects.Select(subject => subject.Subject).Order());
    }

    [Fact]
    public async Task Text_that_a_database_refuses_is_kept_with_a_mark()
    {
        var audit = store.Trail;
        await audit.Record(Doctor, Read("Patient?name=a\0b\uD83D", new string('x', 5000)));

        await using var scope = store.Scope();
        var db = scope.ServiceProvider.GetRequiredService<AuditDb>();
        Assert.Equal("Patient?name=a\uFFFDb\uFFFD", (await db.Rows.SingleAsync()).What);
        Assert.Null((await store.Verify()).Fault);
    }

    public static TheoryData<string, string, long[]> Tampering =>
        new()
        {
            {
                "changed text",
                "UPDATE {0}entry SET \"What\" = 'Patient/none' WHERE \"Sequence\" = 4",
                [4]
            },
            {
                "changed caller",
                "UPDATE {0}entry SET \"CallerId\" = 'x' WHERE \"Sequence\" = 2",
                [2]
            },
            { "thinned subjects", "DELETE FROM {0}subject WHERE \"Sequence\" = 5", [5] },
            {
                "removed row",
                "DELETE FROM {0}subject WHERE \"Sequence\" = 3; DELETE FROM {0}entry WHERE \"Sequence\" = 3",
                [3]
            },
            {
                "removed end",
                "DELETE FROM {0}subject WHERE \"Sequence\" = 9; DELETE FROM {0}entry WHERE \"Sequence\" = 9",
                [9]
            },
            {
                "two rows exchanged",
                """
                    UPDATE {0}entry SET "What" = CASE "Sequence" WHEN 6 THEN 'Patient/7' ELSE 'Patient/6' END WHERE "Sequence" IN (6, 7)
                    """,
                [6, 7]
            },
            { "rewritten head", "UPDATE {0}head SET \"Sequence\" = 8", [9] },
            {
                "changed hash",
                "UPDATE {0}entry SET \"Hash\" = (SELECT \"Hash\" FROM {0}entry WHERE \"Sequence\" = 1) WHERE \"Sequence\" = 4",
                [4]
            },
            {
                "two changed, two removed",
                "UPDATE {0}entry SET \"Detail\" = 'x' WHERE \"Sequence\" IN (2, 8); DELETE FROM {0}subject WHERE \"Sequence\" IN (4, 5); DELETE FROM {0}entry WHERE \"Sequence\" IN (4, 5)",
                [2, 4, 5, 8]
            },
        };

    [Theory]
    [MemberData(nameof(Tampering))]
    public async Task Tampering_is_found_and_every_row_is_named(
        string what,
        string sql,
        long[] sequences
    )
    {
        _ = what;
        var audit = store.Trail;
        for (var i = 1; i <= 9; i++)
        {
            await audit.Record(Doctor, Read($"Patient/{i}", "p"));
        }
        await using var scope = store.Scope();
        var db = scope.ServiceProvider.GetRequiredService<AuditDb>();
        Assert.Null((await store.Verify()).Fault);

        var schema = db.Database.IsSqlite() ? "" : "audit.";
        await db.Database.ExecuteSqlRawAsync(sql.Replace("{0}", schema));

        Assert.Equal(sequences, (await store.Verify()).Faults.Select(fault => fault.Sequence));
    }

    private static AuditEntry Read(string what, string subject) =>
        new(AuditAction.Read, what, [subject]);
}
