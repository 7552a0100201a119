namespace SharedKernel.Contracts;

/// <summary>Answered by whoever keeps the resources that SMART scopes are about.</summary>
public interface IScopeConditions
{
    /// <summary>
    /// Whether the search condition of the scope can be kept to; true when it has none. A scope whose condition is not understood grants
    /// nothing and is left out of the token.
    /// </summary>
    bool Understands(SmartScope scope);
}

/// <summary>Whom an app is launched for.</summary>
/// <param name="Patient">Id of the FHIR Patient.</param>
/// <param name="Encounter">Id of the FHIR Encounter that is open, if any.</param>
public sealed record LaunchSubject(string Patient, string PatientName, string? Encounter = null);

/// <summary>
/// What the launch of a SMART app needs of the clinical side, as the current caller may see it:
/// https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html#launch-context-arrives-with-your-access_token
/// </summary>
public interface ILaunchContexts
{
    /// <summary>Path of the FHIR base, which an app names as <c>aud</c> and gets as <c>iss</c>.</summary>
    string BasePath { get; }

    /// <summary>Page on which staff pick a patient for an app; takes <c>?request=</c> of <c>/connect/authorize</c>.</summary>
    string PickerPath { get; }

    /// <summary>Null when there is none, or the caller may not see it, or the encounter is another patient's.</summary>
    Task<LaunchSubject?> Find(string patient, string? encounter, CancellationToken cancel);

    /// <summary>The caller as a FHIR resource that can be read, such as <c>Practitioner/…</c>; null when there is none.</summary>
    Task<string?> UserReference(CancellationToken cancel);
}

/// <summary>Gives an authorization request of an app, which waits, the patient that its user has picked.</summary>
public interface ILaunchRequests
{
    /// <summary>Name of the app that waits; null when the request is not one of the caller's, or too old.</summary>
    string? AppOf(string request);

    /// <summary>Address at which the request goes on with this patient.</summary>
    /// <exception cref="InvalidInput">The request is not one of the caller's, or too old.</exception>
    string Continue(string request, string patient);
}

/// <param name="Id">The client's.</param>
public sealed record LaunchableApp(string Id, string Name);

/// <summary>Apps that can be started from a patient's page.</summary>
public interface ILaunchableApps
{
    /// <summary>By name; for whoever may see the page.</summary>
    Task<IReadOnlyList<LaunchableApp>> ToLaunch(CancellationToken cancel = default);
}
