using Health.Contracts;
using SharedKernel.Contracts;
using SharedKernel.Persistence.Sealing;

namespace Health.Fhir.Store.Place;

/// <summary>
/// How a code stands in the table of codes. Numbers by which a person is found anywhere (personal ID, insurance, telephone) stand as a keyed
/// hash, so that they are found exactly and the table tells none; every other code stands as it is.
/// </summary>
internal sealed class StoredCode(Vault vault)
{
    private const string Purpose = "fhir.code";

    /// <summary>Begins every hashed code.</summary>
    public const string Mark = "hmac:";

    /// <summary>Systems of terminologies: their codes are numbers too, and no person's.</summary>
    private static readonly string[] Terminologies =
    [
        "http://snomed.info/",
        "http://loinc.org",
        "http://terminology.hl7.org/",
        "http://hl7.org/",
        "http://www.nlm.nih.gov/",
        "urn:iso:",
    ];

    /// <summary>Of a value that is being written.</summary>
    /// <param name="code">Also <c>type|value</c>, the form of <c>:of-type</c>.</param>
    public string Of(string? system, string code) =>
        IsPrivate(system, code) ? Hashed(code) : Interned.Bounded(code);

    /// <summary>How a value that is looked for may stand; the asker need not know its system, nor when it was written.</summary>
    public string[] Both(string code) => [Interned.Bounded(code), Hashed(code)];

    private string Hashed(string code) => Mark + vault.Hash(code, Purpose);

    private static bool IsPrivate(string? system, string code)
    {
        if (
            system
            is PatientIdentifiers.NationalId
                or PatientIdentifiers.InsuranceNumber
                or PatientIdentifiers.OldIdentityCard
                or PatientIdentifiers.Passport
        )
        {
            return code.Length > 0;
        }
        if (code.Length < 9)
        {
            return false;
        }
        // The system of type|value is that of the type.
        if (code.LastIndexOf('|') is >= 0 and var bar)
        {
            return code[..bar] is "NI" or "PPN" or "SB"
                || PrivateNumbers.Is(code[(bar + 1)..])
                || LooksLikeNumber(code[(bar + 1)..]);
        }
        return system is null
            ? PrivateNumbers.Is(code) || LooksLikeNumber(code)
            : PrivateNumbers.Is(code)
                && !Array.Exists(
                    Terminologies,
                    one => system.StartsWith(one, StringComparison.Ordinal)
                );
    }

    /// <summary>Without a system: a telephone of any country, an insurance number of ten digits, an old card of nine.</summary>
    private static bool LooksLikeNumber(string value)
    {
        var digits = 0;
        foreach (var letter in value)
        {
            if (char.IsAsciiDigit(letter))
            {
                digits++;
            }
            else if (letter is not (' ' or '.' or '-' or '+' or '(' or ')'))
            {
                return false;
            }
        }
        return digits >= 9;
    }
}
