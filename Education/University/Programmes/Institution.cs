using Education.University.Rules;

namespace Education.University.Programmes;

/// <summary>A university with what the circular leaves to it.</summary>
public sealed class Institution
{
    /// <summary>Mã trường; also the organisation of its staff's accounts.</summary>
    public required string Code { get; init; }
    public required string Name { get; set; }

    /// <summary>Which attempt at a course counts (article 10.2).</summary>
    public AttemptRule Attempts { get; set; }

    /// <summary>Which of the conditions of article 11.1 apply.</summary>
    public WarningCriteria Warnings { get; set; } = WarningCriteria.All;

    /// <summary>The warning in a row that means dismissal: 2 or 3.</summary>
    public int DismissedAt { get; set; } = 2;

    public int MostCreditsPerTerm { get; set; } = 25;

    /// <summary>Its own letters; empty where the circular's table holds.</summary>
    public List<ScaleLetter> Letters { get; } = [];

    public GradeScale Scale(RuleSet rules) =>
        new(
            rules,
            [
                .. Letters.Select(letter => new ScaleStep(
                    letter.Letter,
                    letter.FromTenths / 10m,
                    letter.PointTenths / 10m
                )),
            ]
        );
}

/// <summary>A row of an institution's table of letters; tenths, since SQLite keeps decimals as text.</summary>
public sealed class ScaleLetter
{
    public required string InstitutionCode { get; init; }
    public required string Letter { get; init; }
    public required int FromTenths { get; init; }
    public required int PointTenths { get; init; }
}
