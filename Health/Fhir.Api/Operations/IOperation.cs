namespace Health.Fhir.Api.Operations;

/// <summary>
/// A FHIR operation: one class in one file, whose <see cref="Definition"/> is data. It is a feature and an interaction like others, so
/// HTTP and the entries of bundles call the same <see cref="Run"/>, with arguments that were checked against the definition.
/// </summary>
public interface IOperation<TSelf> : IInteraction<TSelf>
    where TSelf : class, IOperation<TSelf>
{
    static abstract Operation Definition { get; }

    static IReadOnlyList<FhirRoute> IInteraction<TSelf>.Routes => TSelf.Definition.Routes;

    Task<FhirAnswer> IInteraction.Run(FhirRequest request, CancellationToken cancel) =>
        Run(request, Arguments.Of(TSelf.Definition, request), cancel);

    Task<FhirAnswer> Run(FhirRequest request, Arguments arguments, CancellationToken cancel);
}
