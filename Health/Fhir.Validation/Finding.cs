namespace Health.Fhir.Validation;

public enum FindingSeverity
{
    Error,
    Warning,
    Information,
}

/// <summary>One thing that validation has to say.</summary>
/// <param name="Code">From https://hl7.org/fhir/R4/valueset-issue-type.html.</param>
/// <param name="Text">What is wrong, and by which rule.</param>
/// <param name="Expression">FHIRPath of the element, such as <c>Patient.name[0].family</c>.</param>
/// <param name="Line">In the JSON that was read, from 1.</param>
public sealed record Finding(
    FindingSeverity Severity,
    string Code,
    string Text,
    string Expression,
    int Line,
    int Column
);
