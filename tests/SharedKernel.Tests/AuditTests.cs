using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Access.Audit;
using SharedKernel.Contracts;
using Testing;

namespace SharedKernel.Tests;

public sealed class AuditTests : IAsyncLifetime
{
    private static readonly Caller Doctor = new(
        "bacsi",
        "Bác sĩ Lan",
        new HashSet<Role> { Role.Doctor, Role.Citizen },
        "40012"
    );

    // A server of its own for each test: one of them tampers.
    private readonly RecordsServer server = new();

    public ValueTask InitializeAsync() => server.InitializeAsync();

    public ValueTask DisposeAsync() => server.DisposeAsync();

    [Fact]
    public async Task Rows_of_many_at_once_are_one_unbroken_chain()
    {
        var audit = server.Services.GetRequiredService<IAudit>();
        await Parallel.ForAsync(
            0,
            500,
            async (i, _) => await audit.Record(Doctor, Read($"Encounter/{i}", $"p{i % 7}"))
        );

        await using var scope = server.Scope();
        var db = scope.ServiceProvider.GetRequiredService<AuditDb>();
        Assert.Equal(
            Enumerable.Range(0, 500).Select(i => $"Encounter/{i}").Order(StringComparer.Ordinal),
            (await db.Rows.Select(row => row.What).ToListAsync()).Order(StringComparer.Ordinal)
        );
        var verdict = await AuditChain.Verify(db);
        Assert.Null(verdict.Fault);
        Assert.Equal(500, verdict.Rows);
    }

    [Fact]
    public async Task Two_hosts_on_one_database_write_one_chain()
    {
        // The second trail is what another host process would have: its own writer on the same database.
        await using var other = ActivatorUtilities.CreateInstance<AuditTrail>(server.Services);
        var trails = new[] { server.Services.GetRequiredService<IAudit>(), other };
        await Parallel.ForAsync(
            0,
            200,
            async (i, _) => await trails[i % 2].Record(Doctor, Read($"Patient/{i}", "p"))
        );

        await using var scope = server.Scope();
        var verdict = await AuditChain.Verify(scope.ServiceProvider.GetRequiredService<AuditDb>());
        Assert.Null(verdict.Fault);
        Assert.Equal(200, verdict.Rows);
    }

    [Fact]
    public async Task A_row_holds_who_when_what_and_about_whom()
    {
        var audit = server.Services.GetRequiredService<IAudit>();
        await audit.Record(
            Doctor,
            new(AuditAction.Update, "Patient/1", ["1", "2", "1"], Allowed: false, "Không có quyền")
        );

        await using var scope = server.Scope();
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
        var audit = server.Services.GetRequiredService<IAudit>();
        await audit.Record(Doctor, Read("Patient?name=a\0b\uD83D", new string('x', 5000)));

        await using var scope = server.Scope();
        var db = scope.ServiceProvider.GetRequiredService<AuditDb>();
        Assert.Equal("Patient?name=a\uFFFDb\uFFFD", (await db.Rows.SingleAsync()).What);
        Assert.Null((await AuditChain.Verify(db)).Fault);
    }

    public static TheoryData<string, string, long> Tampering =>
        new()
        {
            {
                "changed text",
                "UPDATE {0}entry SET \"What\" = 'Patient/none' WHERE \"Sequence\" = 4",
                4
            },
            {
                "changed caller",
                "UPDATE {0}entry SET \"CallerId\" = 'x' WHERE \"Sequence\" = 2",
                2
            },
            { "thinned subjects", "DELETE FROM {0}subject WHERE \"Sequence\" = 5", 5 },
            {
                "removed row",
                "DELETE FROM {0}subject WHERE \"Sequence\" = 3; DELETE FROM {0}entry WHERE \"Sequence\" = 3",
                3
            },
            {
                "removed end",
                "DELETE FROM {0}subject WHERE \"Sequence\" = 9; DELETE FROM {0}entry WHERE \"Sequence\" = 9",
                9
            },
            {
                "two rows exchanged",
                """
                    UPDATE {0}entry SET "What" = CASE "Sequence" WHEN 6 THEN 'Patient/7' ELSE 'Patient/6' END WHERE "Sequence" IN (6, 7)
                    """,
                6
            },
            { "rewritten head", "UPDATE {0}head SET \"Sequence\" = 8", 9 },
        };

    [Theory]
    [MemberData(nameof(Tampering))]
    public async Task Tampering_is_found_and_the_row_is_named(
        string what,
        string sql,
        long sequence
    )
    {
        _ = what;
        var audit = server.Services.GetRequiredService<IAudit>();
        for (var i = 1; i <= 9; i++)
        {
            await audit.Record(Doctor, Read($"Patient/{i}", "p"));
        }
        await using var scope = server.Scope();
        var db = scope.ServiceProvider.GetRequiredService<AuditDb>();
        Assert.Null((await AuditChain.Verify(db)).Fault);

        var schema = db.Database.IsSqlite() ? "" : "audit.";
        await db.Database.ExecuteSqlRawAsync(sql.Replace("{0}", schema));

        Assert.Equal(sequence, (await AuditChain.Verify(db)).Fault?.Sequence);
    }

    private static AuditEntry Read(string what, string subject) =>
        new(AuditAction.Read, what, [subject]);
}
