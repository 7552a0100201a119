namespace SharedKernel.Contracts;

/// <summary>A record that somebody opened in an emergency, without treating the person and without consent.</summary>
/// <param name="Patient">Id of the FHIR Patient, which is the citizen's where there is one.</param>
/// <param name="Account">Who opened it.</param>
public sealed record Emergency(
    Guid Id,
    string Patient,
    string Account,
    string Name,
    string? Organisation,
    DateTimeOffset Opened,
    DateTimeOffset Until
);

/// <summary>
/// Lets one person into one record for a time; answered by the modules that keep records. Written after the emergency itself is on disk,
/// so that nothing is open of which nobody knows why.
/// </summary>
public interface IRecordDoor
{
    Task Open(Emergency emergency, CancellationToken cancel);

    Task Close(Emergency emergency, CancellationToken cancel);
}
