using SharedKernel.Contracts;

namespace Health.Fhir.Terminology;

/// <summary>What a terminology question cannot be answered for.</summary>
/// <param name="code">From https://hl7.org/fhir/R4/valueset-issue-type.html: not-found, too-costly, not-supported, invalid, …</param>
public sealed class TerminologyRefusal(string code, string message) : Refusal(message)
{
    public string Code { get; } = code;
}
