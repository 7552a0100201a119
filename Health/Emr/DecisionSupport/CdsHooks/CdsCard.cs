using System.Security.Cryptography;
using System.Text.Json.Serialization;
using SharedKernel.Ui;

namespace Health.Emr.DecisionSupport.CdsHooks;

/// <summary>An alert as a card (https://cds-hooks.hl7.org/2.0/#cds-service-response).</summary>
/// <param name="Indicator"><c>info</c>, <c>warning</c> or <c>critical</c>.</param>
[method: JsonConstructor]
public sealed record CdsCard(
    string Uuid,
    string Summary,
    string Detail,
    string Indicator,
    CdsCard.From Source,
    IReadOnlyList<CdsCard.Suggestion>? Suggestions,
    string? SelectionBehavior,
    IReadOnlyList<CdsCard.Code>? OverrideReasons
)
{
    private const int MostOfASummary = 140;

    public sealed record From(string Label);

    public sealed record Code(
        string System,
        [property: JsonPropertyName("code")] string Value,
        string Display
    );

    public sealed record Action(string Type, string Description, string ResourceId);

    public sealed record Suggestion(string Label, string Uuid, IReadOnlyList<Action> Actions);

    /// <param name="drafts">By reference, the drugs that can still be taken back.</param>
    public static CdsCard Of(Alert alert, IReadOnlyDictionary<string, DrugUse> drafts)
    {
        var interrupts = alert.Level is AlertLevel.Stop;
        Suggestion[] suggestions = interrupts
            ?
            [
                .. alert
                    .Refs.Where(drafts.ContainsKey)
                    .Select(reference => new Suggestion(
                        T.Of($"Bỏ {drafts[reference].Name}", $"Remove {drafts[reference].Name}"),
                        Guid.CreateVersion7().ToString(),
                        [
                            new Action(
                                "delete",
                                T.Of("Bỏ thuốc này khỏi đơn", "Remove this drug"),
                                $"MedicationRequest/{reference}"
                            ),
                        ]
                    )),
            ]
            : [];
        return new CdsCard(
            NewId(alert.Rule),
            alert.Message.Length <= MostOfASummary
                ? alert.Message
                : string.Concat(alert.Message.AsSpan(0, MostOfASummary - 1), "…"),
            alert.Detail is null
                ? alert.Message
                : $"{alert.Message}\n\n{alert.Detail.Replace("\n", "\n\n", StringComparison.Ordinal)}",
            alert.Level switch
            {
                AlertLevel.Stop => "critical",
                AlertLevel.Caution => "warning",
                _ => "info",
            },
            new From(alert.Source),
            suggestions.Length > 0 ? suggestions : null,
            suggestions.Length > 0 ? "at-most-one" : null,
            interrupts
                ?
                [
                    .. DecisionSupport.OverrideReasons.All.Select(reason => new Code(
                        DecisionSupport.OverrideReasons.System,
                        reason.Code,
                        reason.Text
                    )),
                ]
                : null
        );
    }

    /// <summary>
    /// A custom UUID (RFC 9562, version 8) that begins with the number of the rule, so that feedback can be counted by rule without
    /// keeping what was asked about whom.
    /// </summary>
    private static string NewId(AlertRule rule)
    {
        var bytes = RandomNumberGenerator.GetBytes(16);
        bytes[0] = (byte)rule;
        bytes[6] = (byte)((bytes[6] & 0x0f) | 0x80);
        bytes[8] = (byte)((bytes[8] & 0x3f) | 0x80);
        return new Guid(bytes, bigEndian: true).ToString();
    }

    /// <returns>Null when no card of this server has such a number.</returns>
    public static AlertRule? RuleOf(string? uuid) =>
        Guid.TryParse(uuid, out var id)
        && id.Version == 8
        && (AlertRule)id.ToByteArray(bigEndian: true)[0] is var rule
        && Enum.IsDefined(rule)
            ? rule
            : null;
}
