using SharedKernel.Contracts;

namespace Health.Fhir.Api;

/// <summary>
/// A feature of the HTTP request: the caller with all scopes of the token, for what goes on after the request in its name. The current
/// caller has only those that the route needs.
/// </summary>
public sealed record SignedInCaller(Caller Caller);
