namespace SharedKernel.Contracts;

/// <summary>FHIR AuditEvent.action.</summary>
public enum AuditAction
{
    Create,
    Read,
    Update,
    Delete,
    Execute,
}

/// <summary>
/// One thing done with people's data. Who, when and from where are filled in from the caller by the audit trail itself.
/// </summary>
/// <param name="What">Reference of what was touched: <c>Encounter/0190…</c>, <c>Student/…</c>, or the search that was run.</param>
/// <param name="Subjects">Ids of the people whose data it was (citizen or FHIR Patient ids); empty when none.</param>
/// <param name="Allowed">False when it was refused.</param>
/// <param name="Detail">Why or how, in plain words; never clinical content.</param>
public sealed record AuditEntry(
    AuditAction Action,
    string What,
    IReadOnlyList<string> Subjects,
    bool Allowed = true,
    string? Detail = null
);

public interface IAudit
{
    /// <summary>Completes when the row is on disk: what cannot be audited must not be answered.</summary>
    ValueTask Record(Caller caller, AuditEntry entry, CancellationToken cancel = default);
}
