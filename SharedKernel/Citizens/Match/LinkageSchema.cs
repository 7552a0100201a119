namespace SharedKernel.Citizens.Match;

/// <summary>
/// What is compared, what is compared with what, and what never merges by itself. The engine knows nothing else of the data, so
/// the same code links our citizens and the foreign test sets.
/// </summary>
public sealed class LinkageSchema
{
    /// <param name="fields">In the order in which records give their values; the most telling first, since a hopeless pair is left early.</param>
    /// <exception cref="ArgumentException">A rule or a doubt names a field that is not there.</exception>
    public LinkageSchema(
        IReadOnlyList<LinkageField> fields,
        IReadOnlyList<BlockingRule> rules,
        IReadOnlyList<Doubt> doubts
    )
    {
        (Fields, Rules, Doubts) = (fields, rules, doubts);
        var names = fields.Select(field => field.Name).ToHashSet(StringComparer.Ordinal);
        var used = rules
            .SelectMany(rule => rule.Key.Concat(rule.Then))
            .Select(part => part.Field)
            .Concat(doubts.SelectMany(doubt => doubt.When).Select(when => when.Field));
        if (used.FirstOrDefault(name => !names.Contains(name)) is { } unknown)
        {
            throw new ArgumentException($"There is no field '{unknown}'.", nameof(fields));
        }
    }

    public IReadOnlyList<LinkageField> Fields { get; }
    public IReadOnlyList<BlockingRule> Rules { get; }
    public IReadOnlyList<Doubt> Doubts { get; }

    internal int IndexOf(string field)
    {
        for (var i = 0; i < Fields.Count; i++)
        {
            if (Fields[i].Name == field)
            {
                return i;
            }
        }
        throw new ArgumentException($"There is no field '{field}'.", nameof(field));
    }
}

/// <param name="Name">For code, such as <c>birthDate</c>.</param>
public sealed record LinkageField(
    string Name,
    string Vietnamese,
    string English,
    Comparison Comparison
);

/// <summary>
/// How well two values agree, one step of a field's scale. <paramref name="M"/> and <paramref name="U"/> are the shares of
/// matching and of unrelated pairs on this step, as expected before any data is seen.
/// </summary>
public sealed record Level(string Vietnamese, string English, double M, double U);

/// <summary>
/// Two records are compared only if they agree on every part of <paramref name="Key"/>. Where more than
/// <paramref name="Most"/> records share a key, the parts of <paramref name="Then"/> divide them further, one by one; so the
/// work grows with the number of records and not with its square.
/// </summary>
/// <param name="Trains">
/// Whether m is estimated on its pairs. Not for rules that gather households: there the pairs that agree in address and phone
/// are mostly parents and children, and EM would take "another name" for a trait of the same person.
/// </param>
public sealed record BlockingRule(
    string Name,
    IReadOnlyList<KeyPart> Key,
    IReadOnlyList<KeyPart> Then,
    bool Trains = false,
    int Most = 50
);

public sealed record KeyPart(string Field, KeyOf Of = KeyOf.Value);

/// <summary>What of a value must agree in a block. A comparison knows some of these and refuses the others.</summary>
public enum KeyOf
{
    Value,

    /// <summary>First three letters.</summary>
    Start,

    /// <summary>Consonants of a word, so that most slips stay in the block.</summary>
    Sound,
    Year,

    /// <summary>Day and month whichever way round, and the year.</summary>
    DayAndMonth,
    GivenName,
    FamilyName,

    /// <summary>All words of a name without diacritics, in any order.</summary>
    Words,
    Commune,
}

/// <summary>
/// A pattern that forbids an automatic decision: the pair goes to a person, however high its weight. All of
/// <paramref name="When"/> must hold; a level of <see cref="Comparison.Missing"/> means that a value is not there.
/// </summary>
public sealed record Doubt(string Vietnamese, string English, params LevelsOf[] When);

public sealed record LevelsOf(string Field, params int[] Levels);
