namespace Health.Fhir.Api.Formats;

public enum Return
{
    /// <summary>Not said: the whole resource after a single write, only its status in a bundle.</summary>
    Unsaid,
    Representation,
    Minimal,
    OperationOutcome,
}

/// <summary>
/// The Prefer header (https://hl7.org/fhir/R4/http.html#ops and https://hl7.org/fhir/R4/search.html#errors). What is not
/// understood is ignored, as RFC 7240 asks.
/// </summary>
/// <param name="Lenient">Unknown search parameters are left out and named in the answer, instead of refusing it.</param>
public sealed record Preferences(Return Return, bool Lenient)
{
    /// <summary>The client would rather ask again later than wait: https://hl7.org/fhir/R4/async.html</summary>
    public bool RespondAsync { get; init; }

    public static Preferences None { get; } = new(Return.Unsaid, false);

    public static Preferences Parse(IEnumerable<string?> headers)
    {
        var preferences = None;
        foreach (
            var part in headers.SelectMany(header =>
                (header ?? "").Split([',', ';'], StringSplitOptions.TrimEntries)
            )
        )
        {
            preferences = part.Replace("\"", "").Replace(" ", "") switch
            {
                "return=minimal" => preferences with { Return = Return.Minimal },
                "return=representation" => preferences with { Return = Return.Representation },
                "return=OperationOutcome" => preferences with { Return = Return.OperationOutcome },
                "handling=lenient" => preferences with { Lenient = true },
                "handling=strict" => preferences with { Lenient = false },
                "respond-async" => preferences with { RespondAsync = true },
                _ => preferences,
            };
        }
        return preferences;
    }
}
