using SharedKernel.Contracts;

namespace SharedKernel.Citizens.Facts;

/// <summary>
/// Which of several facts is shown: by source first, then by date. A correction outranks a card, a card what was told, and anything a
/// stand-in. Of equal sources the latest holds; but what was merely told does not overwrite the name, birth, sex or ethnicity that was
/// told first, while the latest phone and residence hold, because people move.
/// </summary>
internal static class Survivorship
{
    public static Fact? Pick(IEnumerable<Fact> facts, CitizenField field) =>
        facts
            .Where(fact => fact.Field == field)
            .OrderByDescending(fact => Rank(fact.Source))
            .ThenBy(fact => FirstHolds(fact) ? fact.At.UtcTicks : -fact.At.UtcTicks)
            .ThenBy(fact => fact.Id)
            .FirstOrDefault();

    /// <summary>Writes what holds into the person's row.</summary>
    public static void Show(Person person, IReadOnlyCollection<Fact> facts)
    {
        (person.BirthDate, person.Sex, person.Phone, person.Ethnicity) = (
            null,
            default,
            null,
            null
        );
        (person.Address, person.CommuneCode, person.OldCommuneCode) = (null, null, null);
        foreach (var field in Enum.GetValues<CitizenField>())
        {
            if (Pick(facts, field) is { } fact)
            {
                FactValue.Apply(person, field, fact.Value);
            }
        }
    }

    /// <summary>False for what is known already from a source that counts as much.</summary>
    public static bool IsNews(IReadOnlyCollection<Fact> facts, Fact told)
    {
        var holds = Pick(facts, told.Field);
        if (holds?.Value == told.Value)
        {
            return Rank(told.Source) > Rank(holds.Source);
        }
        // What was told first holds, and telling the other again and again adds nothing.
        return !FirstHolds(told)
            || !facts.Any(had => had.Field == told.Field && had.Value == told.Value);
    }

    private static bool FirstHolds(Fact fact) =>
        Rank(fact.Source) == 1 && fact.Field is not (CitizenField.Phone or CitizenField.Residence);

    private static int Rank(FactSource source) =>
        source switch
        {
            FactSource.Temporary => 0,
            FactSource.IdentityCard => 2,
            FactSource.Correction => 3,
            _ => 1,
        };
}
