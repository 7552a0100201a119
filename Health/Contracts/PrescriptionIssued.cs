using SharedKernel.Contracts;

namespace Health.Contracts;

/// <summary>A prescription was signed and may be dispensed.</summary>
/// <param name="Code">14-character national code, such as <c>01001a1b2c3d-c</c>.</param>
public sealed record PrescriptionIssued(
    Guid EventId,
    DateTimeOffset OccurredAt,
    string Code,
    string PatientId,
    string Facility
) : IEvent;
