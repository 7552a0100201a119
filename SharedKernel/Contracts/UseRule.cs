namespace SharedKernel.Contracts;

/// <summary>One rule of law, from a day on: what an organisation may use health records for without having been asked.</summary>
/// <param name="Purpose">Code of <see cref="PurposeCodes"/>.</param>
/// <param name="ToTreating">Whoever treats a person needs no consent.</param>
/// <param name="RefusalWins">A person's refusal takes it away again.</param>
/// <param name="To">The last day; null while it holds.</param>
/// <param name="Source">Law and article.</param>
public sealed record UseRule(
    string Purpose,
    bool ToTreating,
    bool RefusalWins,
    DateOnly From,
    DateOnly? To,
    string Source,
    bool NeedsVerification
);

/// <summary>What the law gives without asking, for pages that tell people so.</summary>
public interface ILawOfUse
{
    /// <summary>Null when no rule of that day speaks of it: then nothing is given.</summary>
    UseRule? RuleOf(PurposeOfUse purpose, DateOnly on);
}
