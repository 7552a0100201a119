namespace Health.Fhir.Api;

/// <summary>
/// Takes requests whose clients asked for <c>Prefer: respond-async</c> and answers 202 with the address to ask again
/// (https://hl7.org/fhir/R4/async.html). Held by another module; without it such a request is simply answered at once.
/// </summary>
public interface IDeferredRequests
{
    /// <exception cref="Formats.FhirRefusal">429: this caller has too many in work.</exception>
    Task<FhirAnswer> Accept(FhirRequest request, CancellationToken cancel);
}
