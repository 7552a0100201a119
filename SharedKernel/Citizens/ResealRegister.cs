using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Persistence.Sealing;

namespace SharedKernel.Citizens;

/// <summary>
/// The register's part of a rotation: numbers and phones under the newest key. What was written before numbers were sealed comes out of the
/// clear on the way, and the hashes by which people were found become keyed ones. Pages are small, so that counters go on working.
/// </summary>
public sealed class ResealRegister(CitizensDb db, Vault vault) : IReseal
{
    private const int Page = 1000;

    /// <summary>Hex letters of the plain SHA-256 that a claim was.</summary>
    private const int PlainClaim = 64;

    public async Task<long> Pass(CancellationToken cancel)
    {
        db.ChangeTracker.Clear();
        var head = vault.NewestTextHead();
        return await Mark(head, cancel)
            + await Numbers(head, cancel)
            + await Phones(head, cancel)
            + await Facts(head, cancel)
            + await Claims(cancel)
            + await Blocks(cancel);
    }

    private async Task<long> Mark(string head, CancellationToken cancel)
    {
        var mark = await db.VaultMarks.SingleOrDefaultAsync(cancel);
        if (mark?.Mark.StartsWith(head, StringComparison.Ordinal) == true)
        {
            return 0;
        }
        if (mark is null)
        {
            db.VaultMarks.Add(new VaultMark { Mark = vault.NewMark() });
        }
        else
        {
            mark.Mark = vault.NewMark();
        }
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateException)
        {
            // Another host that starts at the same moment has made it.
            db.ChangeTracker.Clear();
        }
        return 1;
    }

    private async Task<long> Numbers(string head, CancellationToken cancel)
    {
        var changed = 0L;
        while (true)
        {
            var page = await db
                .Identifiers.AsNoTracking()
                .Where(number =>
                    number.Sealed == null || number.Sealed.Substring(0, head.Length) != head
                )
                .OrderBy(number => number.Citizen)
                .Take(Page)
                .ToListAsync(cancel);
            if (page.Count == 0)
            {
                return changed;
            }
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            foreach (var number in page)
            {
                var (key, text) = (
                    SealedNumber.Key(vault, number.Value),
                    vault.Seal(number.Value, SealedNumber.Purpose)
                );
                changed += await db
                    .Identifiers.Where(row =>
                        row.Citizen == number.Citizen
                        && row.Kind == number.Kind
                        && row.Key == number.Key
                    )
                    .ExecuteUpdateAsync(
                        set =>
                            set.SetProperty(row => row.Key, key)
                                .SetProperty(row => row.Sealed, text),
                        cancel
                    );
            }
            await transaction.CommitAsync(cancel);
        }
    }

    private async Task<long> Phones(string head, CancellationToken cancel)
    {
        var changed = 0L;
        while (true)
        {
            var page = await db
                .People.Where(person =>
                    person.SealedPhone != null
                    && person.SealedPhone.Substring(0, head.Length) != head
                )
                .OrderBy(person => person.Id)
                .Take(Page)
                .ToListAsync(cancel);
            page.ForEach(person => person.Reseal(vault));
            changed += await Saved(page.Count, cancel);
            if (page.Count == 0)
            {
                return changed;
            }
        }
    }

    private async Task<long> Facts(string head, CancellationToken cancel)
    {
        var changed = 0L;
        while (true)
        {
            var page = await db
                .Facts.Where(fact =>
                    fact.Field == CitizenField.Phone
                    && fact.Stored.Substring(0, head.Length) != head
                )
                .OrderBy(fact => fact.Id)
                .Take(Page)
                .ToListAsync(cancel);
            page.ForEach(fact => fact.Reseal(vault));
            changed += await Saved(page.Count, cancel);
            if (page.Count == 0)
            {
                return changed;
            }
        }
    }

    private async Task<long> Claims(CancellationToken cancel)
    {
        var changed = 0L;
        while (true)
        {
            var page = await db
                .People.Where(person => person.Claim!.Length == PlainClaim)
                .Select(person => person.Claim!)
                .OrderBy(claim => claim)
                .Take(Page)
                .ToListAsync(cancel);
            if (page.Count == 0)
            {
                return changed;
            }
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            foreach (var plain in page)
            {
                var keyed = SealedNumber.Claim(vault, plain);
                changed += await db
                    .People.Where(person => person.Claim == plain)
                    .ExecuteUpdateAsync(
                        set => set.SetProperty(person => person.Claim, keyed),
                        cancel
                    );
            }
            await transaction.CommitAsync(cancel);
        }
    }

    /// <summary>Plain keys are odd and keyed ones even; see <see cref="Lookup.MatchKeys.Keyed"/>. The keyed one follows from the plain one.</summary>
    private async Task<long> Blocks(CancellationToken cancel)
    {
        var keys = new Lookup.MatchKeys(Match.CitizenSchema.Create(), vault);
        var (changed, after) = (0L, long.MinValue);
        while (true)
        {
            var page = await db
                .MatchKeys.Where(row => row.Key > after && row.Key % 2 != 0)
                .Select(row => row.Key)
                .Distinct()
                .OrderBy(key => key)
                .Take(Page)
                .ToListAsync(cancel);
            if (page.Count == 0)
            {
                return changed;
            }
            await using var transaction = await db.Database.BeginTransactionAsync(cancel);
            foreach (var plain in page)
            {
                var keyed = keys.Keyed(plain);
                // Who was corrected meanwhile has the keyed one already.
                changed += await db
                    .MatchKeys.Where(row =>
                        row.Key == plain
                        && db.MatchKeys.Any(other =>
                            other.Key == keyed && other.Citizen == row.Citizen
                        )
                    )
                    .ExecuteDeleteAsync(cancel);
                changed += await db
                    .MatchKeys.Where(row => row.Key == plain)
                    .ExecuteUpdateAsync(set => set.SetProperty(row => row.Key, keyed), cancel);
            }
            await transaction.CommitAsync(cancel);
            after = page[^1];
        }
    }

    /// <summary>What somebody else has changed at the same moment comes with the next page.</summary>
    private async Task<long> Saved(int count, CancellationToken cancel)
    {
        try
        {
            await db.SaveChangesAsync(cancel);
        }
        catch (DbUpdateConcurrencyException)
        {
            // Counted, so that there is a next look.
        }
        db.ChangeTracker.Clear();
        return count;
    }
}
