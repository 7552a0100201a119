namespace PrescriptionSandbox;

/// <summary>How the sandbox misbehaves on its next call of gui-don-thuoc, as real systems do.</summary>
public enum Fault
{
    /// <summary>Answers after two seconds; it has taken the prescription at once.</summary>
    Slow,

    /// <summary>503; it has not taken it.</summary>
    Unavailable,

    /// <summary>500 after it has taken it.</summary>
    FailsAfterTaking,

    /// <summary>200 with a body that is no JSON; it has taken it.</summary>
    Garbled,

    /// <summary>Cuts the connection after it has taken it.</summary>
    NoAnswer,

    /// <summary>422 with a reason; it has not taken it.</summary>
    Refused,

    /// <summary>401, as if the token had ended.</summary>
    TokenEnded,
}
