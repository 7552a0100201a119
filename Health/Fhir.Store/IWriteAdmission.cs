using SharedKernel.Contracts;

namespace Health.Fhir.Store;

/// <summary>
/// What a module has to say before somebody's change of a type is tried: it may refuse it, or add what the module needs to know of it.
/// Asked by <see cref="GuardedStore"/> for each such write, whichever way it came. Registered as scoped services.
/// </summary>
public interface IWriteAdmission
{
    bool Governs(string type);

    /// <summary>The write as it is to be carried out.</summary>
    /// <exception cref="Refusal">Why it may not be.</exception>
    Task<Write> Admit(Write write, Caller caller, CancellationToken cancel);
}
