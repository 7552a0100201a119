using SharedKernel.Citizens.Match;
using SharedKernel.Contracts;
using SharedKernel.Persistence.Sealing;

namespace SharedKernel.Citizens.Lookup;

/// <summary>
/// The blocking rules of the engine as keys in a table: of every rule a coarse key, and a finer one that is asked where the coarse
/// block is too large. The same hashes as in memory (<see cref="PeopleTable"/>), and then a keyed hash of them: a hash that anybody can
/// compute would tell a number to whoever tries them all.
/// </summary>
public sealed class MatchKeys
{
    private readonly LinkageSchema schema;
    private readonly Vault vault;
    private readonly Rule[] rules;

    private sealed record Rule(
        (int Field, KeyOf Of)[] Key,
        (int Field, KeyOf Of)[] Fine,
        bool Divides,
        int Most
    );

    /// <summary>Plain keys; see <see cref="Keyed"/>.</summary>
    /// <param name="Coarse">0 where the person has no such key.</param>
    /// <param name="Fine">0 where the rule divides no further.</param>
    /// <param name="Most">Blocks larger than this are read by the finer key.</param>
    public readonly record struct Block(long Coarse, long Fine, int Most);

    public MatchKeys(LinkageSchema schema, Vault vault)
    {
        (this.schema, this.vault) = (schema, vault);
        rules =
        [
            .. schema.Rules.Select(rule => new Rule(
                Parts(rule.Key),
                Parts([.. rule.Key, .. rule.Then]),
                rule.Then.Count > 0,
                rule.Most
            )),
        ];
    }

    /// <summary>All keys of a person, each once.</summary>
    public IEnumerable<long> Of(CitizenDetails details) =>
        Blocks(details)
            .SelectMany(block => new[] { block.Coarse, block.Fine })
            .Where(key => key != 0)
            .Distinct()
            .Select(Keyed);

    /// <summary>The key as it is stored: even, while the plain ones that were stored before are odd.</summary>
    public long Keyed(long plain) => vault.Hash(BitConverter.GetBytes(plain)) & ~1L;

    /// <summary>No plain key is left in the table.</summary>
    public bool AreAllKeyed => vault.Ring.ResealedUnder(CitizensDb.SchemaName) > 0;

    /// <summary>Where to look for somebody, the most telling rule first.</summary>
    public IEnumerable<Block> Blocks(CitizenDetails details)
    {
        var table = new PeopleTable(schema);
        table.Add(CitizenSchema.Values(details));
        // A number on an old card is looked for among the numbers in force, and the other way round.
        table.Add(
            CitizenSchema.Values(
                new("", null, Sex.Unknown, PersonalId: details.OldIdentityNumber ?? "")
            )
        );
        for (var row = 0; row < table.Count; row++)
        {
            for (var rule = 0; rule < rules.Length; rule++)
            {
                var coarse = Plain(table.Key(row, rules[rule].Key), 2 * rule);
                if (coarse != 0)
                {
                    yield return new(
                        coarse,
                        rules[rule].Divides
                            ? Plain(table.Key(row, rules[rule].Fine), 2 * rule + 1)
                            : 0,
                        rules[rule].Most
                    );
                }
            }
        }
    }

    /// <summary>Rules share the table, so the rule is part of the key.</summary>
    private static long Plain(ulong key, int rule) =>
        key == 0 ? 0 : unchecked((long)Hash.Mix(key + (ulong)(rule + 1)) | 1);

    private (int, KeyOf)[] Parts(IReadOnlyList<KeyPart> parts) =>
        [.. parts.Select(part => (schema.IndexOf(part.Field), part.Of))];
}
