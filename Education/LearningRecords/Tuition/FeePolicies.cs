using System.Text.Json;
using System.Text.Json.Serialization;
using SharedKernel.Ui;

namespace Education.LearningRecords.Tuition;

[JsonConverter(typeof(JsonStringEnumConverter<FeePolicyKind>))]
public enum FeePolicyKind
{
    Exempt,
    Reduce,
    Support,
}

[JsonConverter(typeof(JsonStringEnumConverter<FeeSchools>))]
public enum FeeSchools
{
    Any,
    Public,
    Private,
}

[JsonConverter(typeof(JsonStringEnumConverter<FeeLevel>))]
public enum FeeLevel
{
    /// <summary>Grades 1 to 12.</summary>
    General,
    Vocational,
    University,
}

/// <summary>One policy of the law, with the days between which it holds.</summary>
/// <param name="Percent">Of tuition, for what exempts or reduces.</param>
/// <param name="MonthlyAmount">In đồng; null where the provincial People's Council sets it and the school's fee plan names it.</param>
/// <param name="MaxMonths">In a school year.</param>
/// <param name="ToFamily">Paid out to the family, and so never taken off an invoice.</param>
/// <param name="Automatic">Holds for every pupil of such a school: nobody applies.</param>
/// <param name="NeedsVerification">Not compared with the gazette yet.</param>
public sealed record FeePolicy(
    string Code,
    string Vietnamese,
    string English,
    string LegalRef,
    DateOnly ValidFrom,
    FeePolicyKind Kind,
    FeeSchools Schools,
    IReadOnlyList<FeeLevel> Levels,
    IReadOnlyList<string> Evidence,
    DateOnly? ValidTo = null,
    int Percent = 0,
    long? MonthlyAmount = null,
    int? MaxMonths = null,
    bool ToFamily = false,
    bool Automatic = false,
    bool NeedsVerification = false
)
{
    public string Text => T.Of(Vietnamese, English);

    public bool Holds(DateOnly day) => ValidFrom <= day && (ValidTo is null || day <= ValidTo);

    public bool IsFor(bool isPrivate) =>
        Schools is FeeSchools.Any || Schools is FeeSchools.Private == isPrivate;
}

/// <summary>Who pays no or less tuition (Decree 238/2025/NĐ-CP, Resolution 217/2025/QH15). The policies are in fee-policies.json.</summary>
public static class FeePolicies
{
    private const string Resource = "Education.LearningRecords.Tuition.fee-policies.json";

    public static IReadOnlyList<FeePolicy> All { get; } = Load();

    /// <summary>Those that a family of a general school can apply for.</summary>
    public static IEnumerable<FeePolicy> AppliedFor =>
        All.Where(policy => !policy.Automatic && policy.Levels.Contains(FeeLevel.General));

    public static FeePolicy? Find(string code) => All.FirstOrDefault(policy => policy.Code == code);

    private static IReadOnlyList<FeePolicy> Load()
    {
        using var stream = typeof(FeePolicies).Assembly.GetManifestResourceStream(Resource)!;
        return JsonSerializer.Deserialize<PolicyFile>(stream, JsonSerializerOptions.Web)!.Policies;
    }

    private sealed record PolicyFile(string Source, IReadOnlyList<FeePolicy> Policies);
}
