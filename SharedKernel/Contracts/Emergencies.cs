using System.Text.Json.Serialization;

namespace SharedKernel.Contracts;

/// <summary>Why a record had to be opened without a relation to the person.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<EmergencyReason>))]
public enum EmergencyReason
{
    /// <summary>Life is in danger, and there is no time to register.</summary>
    LifeInDanger,

    /// <summary>Unconscious or unable to answer, with nobody to ask.</summary>
    CannotAnswer,

    /// <summary>Advice asked by who treats the person elsewhere.</summary>
    AdviceAsked,

    /// <summary>Many injured at once.</summary>
    MassCasualty,

    /// <summary>As the text says.</summary>
    Other,
}

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

/// <summary>Break-glass: opens one person's record to the caller for some hours, and tells the person and the data protection officer.</summary>
public interface IEmergencies
{
    /// <summary>How long a record stays open.</summary>
    TimeSpan Lasts { get; }

    /// <summary>Opened already by the same caller, it stays open as it is.</summary>
    /// <exception cref="InvalidInput">The text is missing, or the id is none.</exception>
    /// <exception cref="AccessDenied">The caller may not.</exception>
    Task<Emergency> Open(
        string patient,
        EmergencyReason reason,
        string text,
        CancellationToken cancel = default
    );
}

/// <summary>
/// Lets one person into one record for a time; answered by the modules that keep records. Asked after the emergency itself is on disk,
/// so that nothing is open of which nobody knows why.
/// </summary>
public interface IRecordDoor
{
    Task Open(Emergency emergency, CancellationToken cancel);

    Task Close(Emergency emergency, CancellationToken cancel);
}
