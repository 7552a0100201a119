using Health.Fhir.Store.Place;
using Health.Fhir.Store.Rows;
using SharedKernel.Contracts;

namespace Health.Fhir.Store.Writing;

/// <summary>
/// Decides every write of a transaction in memory, against the rows as they stand: what it becomes, or why it is refused. No row
/// is written before all is decided, so a refused transaction costs the others of its group nothing.
/// </summary>
internal sealed class WriteDecisions(GroupKeys keys, WriterParts parts)
{
    private readonly HashSet<long> touched = [];

    /// <summary>Decides every write of one transaction, or refuses it; null when it must wait for another of the group.</summary>
    public Planned[][]? Plan(PendingTransaction transaction)
    {
        var plans = new Planned[transaction.Items.Length][];
        var own = new HashSet<long>();
        foreach (var item in transaction.Items)
        {
            plans[item.Position] = item.IsNew
                ? [Create(item)]
                : [.. item.Targets().Select(id => Change(transaction.Rows, item, id))];
            foreach (var plan in plans[item.Position].Where(plan => plan.Changes))
            {
                if (touched.Contains(plan.Key))
                {
                    return null;
                }
                if (!own.Add(plan.Key))
                {
                    throw item.Refuse(
                        new InvalidInput(
                            plan.Reference,
                            $"{plan.Reference} is written twice in one transaction."
                        )
                    );
                }
                Demand(transaction, item, plan);
            }
        }
        touched.UnionWith(own);
        return plans;
    }

    private Planned Create(PendingWrite item) =>
        new(item, item.Id!, item.ResourceKey, default, WriteOutcome.Created)
        {
            Raw = item.CreatedBody!,
            Compartments = keys.CompartmentsOf(item.Indexed!, item.ResourceKey),
            Now = new StoredVersion(
                1,
                StoredAs.Created,
                item.CreatedAt.ToUnixTimeMilliseconds(),
                0,
                0,
                parts.Codec.Encode(item.Type, item.CreatedBody!)
            ),
        };

    private Planned Change(WritableRows? rows, PendingWrite item, string id)
    {
        var key = keys[item.Type, id];
        var was = keys.Current(key);
        if (rows is not null && was.Number > 0 && !rows.Resources.Contains(key))
        {
            // Before anything is said of the version that is there. To delete what one cannot see is to delete what is not there.
            return item.Write.Verb is WriteVerb.Delete
                ? new Planned(item, id, key, default, WriteOutcome.NothingToDelete)
                : throw item.Refuse(new AccessDenied(Permission.WriteHealthRecords));
        }
        var exists = was.Number > 0 && was.StoredAs is not StoredAs.Deleted;
        if (item.Existing is not null)
        {
            return new Planned(item, id, key, was, WriteOutcome.Existed);
        }
        if (item.Write.IfMatch is { } expected && (!exists || expected != was.Number))
        {
            throw item.Refuse(
                new PreconditionFailed(
                    exists
                        ? $"The current version of {item.Write.Type}/{id} is {was.Number}, not {expected}."
                        : $"{item.Write.Type}/{id} does not exist."
                )
            );
        }
        if (item.Write.IfAbsent && exists)
        {
            throw item.Refuse(
                new PreconditionFailed(
                    $"{item.Write.Type}/{id} exists already, at version {was.Number}."
                )
            );
        }
        var at = Math.Max(parts.Clock.GetUtcNow().ToUnixTimeMilliseconds(), was.Updated + 1);
        if (item.Write.Verb is WriteVerb.Delete)
        {
            if (exists)
            {
                AskRules(item, was, null);
            }
            return exists
                ? new Planned(item, id, key, was, WriteOutcome.Deleted)
                {
                    Compartments = [was.Compartment],
                    Now = was with
                    {
                        Number = was.Number + 1,
                        StoredAs = StoredAs.Deleted,
                        Updated = at,
                        Shape = 0,
                        Body = [],
                    },
                }
                : new Planned(item, id, key, was, WriteOutcome.NothingToDelete);
        }
        var body = item.Body(id, was.Number + 1, DateTimeOffset.FromUnixTimeMilliseconds(at));
        if (exists)
        {
            AskRules(item, was, body);
        }
        return new Planned(item, id, key, was, exists ? WriteOutcome.Updated : WriteOutcome.Created)
        {
            Raw = body,
            Compartments = keys.CompartmentsOf(item.Indexed!, key),
            Now = new StoredVersion(
                was.Number + 1,
                StoredAs.Updated,
                at,
                0,
                0,
                parts.Codec.Encode(item.Type, body)
            ),
        };
    }

    /// <summary>What other modules' law says of changing what is stored.</summary>
    private void AskRules(PendingWrite item, StoredVersion was, ReadOnlyMemory<byte>? next)
    {
        foreach (var rule in parts.Rules)
        {
            if (!rule.Governs(item.Write.Type))
            {
                continue;
            }
            try
            {
                rule.Check(parts.Codec.Decode(was.Body), next);
            }
            catch (Refusal refusal)
            {
                throw item.Refuse(refusal);
            }
        }
    }

    /// <summary>
    /// Who may write only some compartments may neither write outside them nor take a resource from there. Staff write what is nobody's
    /// too, and take a person in by what they write: a registration or a visit at their own organisation.
    /// </summary>
    private void Demand(PendingTransaction transaction, PendingWrite item, Planned plan)
    {
        var writable = transaction.Writable;
        if (writable.Patients is { } patients)
        {
            var allowed = patients
                .Select(id => Key.CompartmentOf(keys[Key.Patient, id]))
                .ToHashSet();
            if (
                plan.Compartments.Length == 0
                || !plan.Compartments.All(allowed.Contains)
                || (plan.Was.Number > 0 && !allowed.Contains(plan.Was.Compartment))
            )
            {
                throw item.Refuse(new AccessDenied(Permission.WriteHealthRecords));
            }
        }
        if (
            writable.Staff is { } staff
            && plan.Outcome is not WriteOutcome.Deleted
            && !plan.Compartments.All(compartment =>
                transaction.Rows!.Compartments.Contains(compartment)
                || TakesIn(transaction, staff, compartment)
            )
        )
        {
            throw item.Refuse(new AccessDenied(Permission.WriteHealthRecords));
        }
    }

    private bool TakesIn(PendingTransaction transaction, StaffView staff, int compartment) =>
        staff.Organisation.Length > 0
        && transaction.Items.Any(item =>
            item.Indexed is { } indexed
            && TreatingFacts.TakesIn(indexed, staff.Organisation)
            && (item.IsNew || !keys.IsStored(keys[item.Type, item.Id!]))
            && keys.CompartmentsOf(
                indexed,
                item.IsNew ? item.ResourceKey : keys[item.Type, item.Id!]
            )
                is [var first, ..]
            && first == compartment
        );
}
