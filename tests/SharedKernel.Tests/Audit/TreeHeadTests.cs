using System.Text.Json;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Time.Testing;
using SharedKernel.Access.Audit;
using SharedKernel.Contracts;

namespace SharedKernel.Tests.Audit;

/// <summary>What the chain alone cannot show, the signed heads do; and what they prove of one row.</summary>
public sealed class TreeHeadTests : IAsyncLifetime
{
    private static readonly Caller Doctor = new(
        "bacsi",
        "Bác sĩ Lan",
        new HashSet<Role> { Role.Doctor },
        "40012"
    );

    private readonly AuditStore store = new();

    public ValueTask InitializeAsync() => store.InitializeAsync();

    public ValueTask DisposeAsync() => store.DisposeAsync();

    [Fact]
    public async Task Whoever_rewrites_the_whole_chain_is_found_by_the_signed_head()
    {
        await Append(5);
        var early = await Sign();
        await Append(4);
        var late = await Sign();
        await Rewrite(7);

        var verdict = await store.Verify();

        Assert.Equal((6, 9), (verdict.Fault!.Sequence, verdict.Fault.To));
        Assert.Single(verdict.Faults);
        // Without the heads in the database it looks whole; with what others kept of them it does not.
        await Execute("DELETE FROM {0}tree_head");
        Assert.Null((await store.Verify()).Fault);
        Assert.Equal((6, 9), From(await store.Verify(early, late)));
        Assert.Equal((1, 9), From(await store.Verify(late)));
    }

    [Fact]
    public async Task An_end_cut_off_with_all_that_tells_of_it_is_missed_by_those_who_kept_a_head()
    {
        await Append(6);
        var kept = await Sign();
        await Execute("DELETE FROM {0}tree_head");
        // The trail of four rows as it was, head and all.
        await Execute(
            "DELETE FROM {0}subject WHERE \"Sequence\" > 4; DELETE FROM {0}entry WHERE \"Sequence\" > 4"
        );
        await Rewrite(1, unchanged: true);
        Assert.Null((await store.Verify()).Fault);

        Assert.Equal([5, 6], (await store.Verify(kept)).Faults.Select(fault => fault.Sequence));
    }

    [Fact]
    public async Task A_head_signed_with_another_key_is_named()
    {
        await Append(3);
        await using var scope = store.Scope();
        var db = scope.ServiceProvider.GetRequiredService<AuditDb>();
        var root = await new AuditTree(db).Root(3);
        var forger = AuditKey.In(Path.Combine(store.Folder, "forger"));
        var at = TimeProvider.System.GetUtcNow();
        db.TreeHeads.Add(
            new()
            {
                Size = 3,
                At = at,
                Checkpoint = new Checkpoint(SignTreeHead.Origin, 3, root, at).Sign(forger),
            }
        );
        await db.SaveChangesAsync();

        Assert.Equal(3, (await store.Verify()).Fault?.Sequence);
    }

    [Fact]
    public async Task Any_row_is_proven_by_the_public_key_alone_and_nothing_else_is()
    {
        // More than two kept subtrees and a ragged end.
        await Append(600);
        await Sign();
        await using var scope = store.Scope();
        var key = AuditPublicKey.Parse(
            scope
                .ServiceProvider.GetRequiredService<AuditKey>()
                .Public(SignTreeHead.Origin)
                .ToString()
        )!;
        var prove = scope.ServiceProvider.GetRequiredService<ProveAuditRow>();
        foreach (var sequence in (long[])[1, 2, 255, 256, 257, 512, 513, 599, 600])
        {
            var proof = await prove.Run(sequence);
            Assert.Equal(600, proof.TreeSize);
            Assert.Null(proof.Fault(key));
            Assert.NotNull(
                (proof with { Entry = proof.Entry.Replace("bacsi", "bacsj") }).Fault(key)
            );
            Assert.NotNull((proof with { Sequence = sequence + 1 }).Fault(key));
            Assert.NotNull((proof with { TreeSize = 599 }).Fault(key));
            Assert.NotNull((proof with { Hashes = [.. proof.Hashes.Skip(1)] }).Fault(key));
            Assert.NotNull((proof with { Hashes = [.. proof.Hashes, new byte[32]] }).Fault(key));
        }
        // The reading of the proofs is in the trail by now, past the head: a new one is signed for it.
        Assert.Null((await prove.Run(605)).Fault(key));
        await Assert.ThrowsAsync<NotFound>(() => prove.Run(999_999));
    }

    [Fact]
    public async Task Each_published_head_extends_the_one_before_it()
    {
        var heads = new List<Checkpoint>();
        await using var scope = store.Scope();
        var key = AuditPublicKey.Parse(
            scope
                .ServiceProvider.GetRequiredService<AuditKey>()
                .Public(SignTreeHead.Origin)
                .ToString()
        )!;
        foreach (var more in (int[])[1, 1, 2, 3, 250, 300])
        {
            await Append(more);
            heads.Add(Checkpoint.Open(await Sign(), key)!);
        }
        var signed = scope.ServiceProvider.GetRequiredService<SignTreeHead>();
        foreach (var old in heads)
        {
            foreach (var young in heads.Where(head => head.Size >= old.Size))
            {
                var proof = await signed.Consistency(old.Size, young.Size);
                Assert.True(
                    MerkleTree.Extends(old.Size, old.Root, young.Size, young.Root, proof),
                    $"{old.Size} to {young.Size}"
                );
                var other = old.Root.ToArray();
                other[0] ^= 1;
                Assert.False(MerkleTree.Extends(old.Size, other, young.Size, young.Root, proof));
            }
        }
    }

    [Fact]
    public async Task A_head_is_signed_once_a_day_in_Viet_Nam()
    {
        // 23:30 in Viet Nam.
        var clock = new FakeTimeProvider(new(2026, 11, 23, 16, 30, 0, TimeSpan.Zero));
        await using var scope = store.Scope();
        var heads = ActivatorUtilities.CreateInstance<SignTreeHead>(scope.ServiceProvider, clock);
        await heads.RunDaily();
        Assert.Empty(await heads.All(0));
        await Append(1);
        await heads.RunDaily();
        await Append(1);
        await heads.RunDaily();
        Assert.Equal([1], (await heads.All(0)).Select(head => head.Size));
        clock.Advance(TimeSpan.FromHours(1));
        await heads.RunDaily();
        Assert.Equal([1, 2], (await heads.All(0)).Select(head => head.Size));
    }

    [Fact]
    public async Task A_trail_from_before_the_tree_gets_one_with_its_next_row()
    {
        await Append(300);
        await Execute("DELETE FROM {0}node; UPDATE {0}head SET \"Frontier\" = {1}", EmptyBytes);
        await Append(1);
        Assert.Null((await store.Verify()).Fault);
        await Sign();
        Assert.Null((await store.Verify()).Fault);
    }

    [Fact]
    public async Task A_wrong_tree_over_right_rows_is_named()
    {
        await Append(300);
        await Execute("UPDATE {0}node SET \"Hash\" = (SELECT \"Hash\" FROM {0}head)");
        Assert.Equal((1, 256), From(await store.Verify()));
    }

    [Fact]
    public async Task The_trail_reads_as_FHIR_AuditEvents_of_the_basic_patterns()
    {
        var audit = store.Trail;
        await audit.Record(Doctor, new(AuditAction.Read, "Patient/p1", ["p1"]));
        await audit.Record(Doctor, new(AuditAction.Read, "Observation?code=1", ["p1"]));
        await audit.Record(
            Doctor,
            new(AuditAction.Update, "Patient/p1", ["p1", "p2"], false, "no")
        );
        await audit.Record(Caller.Nobody, new(AuditAction.Execute, "sign-in", [], false));

        await using var scope = store.Scope();
        var answer = await scope.ServiceProvider.GetRequiredService<AuditEvents>().Run(new("p1"));
        // The parser is strict: unknown elements, wrong codes and missing required ones are errors.
        var bundle = JsonSerializer.Deserialize<Bundle>(
            answer.ToJsonString(),
            new JsonSerializerOptions().ForFhir(ModelInfo.ModelInspector)
        )!;
        var events = bundle.Entry.Select(entry => (AuditEvent)entry.Resource!).ToList();
        Assert.Equal(["3", "2", "1"], events.Select(one => one.Id));
        Assert.Equal(
            [null, "IHE.BasicAudit.PatientQuery", "IHE.BasicAudit.PatientRead"],
            events.Select(one => one.Meta?.Profile.Single()!.Split('/')[^1])
        );
        Assert.Equal(AuditEvent.AuditEventOutcome.N4, events[0].Outcome);
        Assert.Equal(
            ["Patient/p1", "Patient/p2"],
            events[0].Entity.Skip(1).Select(on => on.What!.Reference)
        );
        Assert.Equal(
            "bacsi",
            events[2].Agent.Single(agent => agent.Requestor == true).Who!.Identifier!.Value
        );
        Assert.Equal("Observation?code=1"u8.ToArray(), events[1].Entity[0].Query);
        Assert.Equal("Patient/p1", events[2].Entity[0].What!.Reference);
    }

    private string EmptyBytes =>
        store.Database.Provider is Persistence.DatabaseProvider.Sqlite ? "X''" : "''";

    private async Task Append(int rows)
    {
        var audit = store.Trail;
        await Parallel.ForAsync(
            0,
            rows,
            async (i, _) => await audit.Record(Doctor, new(AuditAction.Read, $"Patient/{i}", ["p"]))
        );
    }

    private async Task<string> Sign()
    {
        await using var scope = store.Scope();
        return (await scope.ServiceProvider.GetRequiredService<SignTreeHead>().Run())!.Checkpoint;
    }

    private static (long, long?) From(AuditVerdict verdict) =>
        (verdict.Fault!.Sequence, verdict.Fault.To);

    private async Task Execute(string sql, string? more = null)
    {
        await using var scope = store.Scope();
        var db = scope.ServiceProvider.GetRequiredService<AuditDb>();
        await db.Database.ExecuteSqlRawAsync(
            sql.Replace("{0}", db.Database.IsSqlite() ? "" : "audit.").Replace("{1}", more)
        );
    }

    /// <summary>What an intruder with the program and the database would do: change a row, then compute chain and tree anew.</summary>
    private async Task Rewrite(long sequence, bool unchanged = false)
    {
        if (!unchanged)
        {
            await Execute(
                $"UPDATE {{0}}entry SET \"What\" = 'Patient/none' WHERE \"Sequence\" = {sequence}"
            );
        }
        await using var scope = store.Scope();
        var db = scope.ServiceProvider.GetRequiredService<AuditDb>();
        await db.Nodes.ExecuteDeleteAsync();
        var (hash, frontier) = (new byte[32], new MerkleFrontier());
        foreach (
            var row in await db
                .Rows.Include(row => row.Subjects)
                .OrderBy(row => row.Sequence)
                .ToListAsync()
        )
        {
            row.Hash = hash = AuditChain.Hash(hash, row);
            AuditTree.Append(frontier, row, node => db.Nodes.Add(node));
        }
        var head = await db.Head.SingleAsync();
        (head.Sequence, head.Hash, head.Frontier) = (frontier.Size, hash, frontier.ToBytes());
        await db.SaveChangesAsync();
    }
}
