using Health.Fhir.Search.Definitions;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Operations;

/// <summary>Where an operation is called: <c>/fhir/$x</c>, <c>/fhir/Patient/$x</c>, <c>/fhir/Patient/12/$x</c>.</summary>
[Flags]
public enum Levels
{
    System = 1,
    Type = 2,
    Instance = 4,
}

/// <summary>
/// What an operation is, as data (https://hl7.org/fhir/R4/operations.html): its routes, the check of its parameters, its
/// OperationDefinition and its line in the capability statement are all made from it.
/// </summary>
/// <param name="Name">Without the <c>$</c>.</param>
/// <param name="Scope">
/// Letter of SMART v2's <c>cruds</c> that a token with scopes must have for the type in the address (<c>*</c> at the system's level);
/// <c>-</c> when the operation itself asks <see cref="FhirRequest.May"/> for each type it touches.
/// </param>
public sealed record Operation(string Name, Levels Levels, Permission Permission, char Scope)
{
    /// <summary>What it does, in a sentence; goes into the OperationDefinition.</summary>
    public required string Description { get; init; }

    /// <summary>Canonical url of the definition that it carries out; null for one of our own.</summary>
    public string? Standard { get; init; }

    /// <summary>Resource types whose addresses it has; empty for all of them.</summary>
    public IReadOnlyList<string> Types { get; init; } = [];

    /// <summary>It changes what is stored: only POST then.</summary>
    public bool AffectsState { get; init; }

    public IReadOnlyList<OperationParameter> In { get; init; } = [];

    /// <summary>One resource named <c>return</c> is answered as it is, anything else as Parameters.</summary>
    public IReadOnlyList<OperationParameter> Out { get; init; } = [];

    /// <summary>
    /// Search parameters of the type in the address are taken too, and given as <see cref="Arguments.Search"/> without being judged.
    /// </summary>
    public bool TakesSearch { get; init; }

    /// <summary>Media types of a body that is not FHIR, given to the operation as <see cref="FhirRequest.Body"/> unread.</summary>
    public IReadOnlyList<string> Takes { get; init; } = [];

    /// <inheritdoc cref="FhirRoute.HasOwnFormats"/>
    public bool HasOwnFormats { get; init; }

    /// <inheritdoc cref="FhirRoute.MayBeDeferred"/>
    public bool MayBeDeferred { get; init; } = true;

    /// <summary>Id of its OperationDefinition here.</summary>
    public string Id =>
        this switch
        {
            { Types: [var only] } => $"{only}-{Name}",
            { Levels: Levels.System } => Name,
            _ => $"Resource-{Name}",
        };

    public IReadOnlyList<FhirRoute> Routes =>
        [
            .. from pattern in Patterns()
            from method in IsSafe ? ["GET", "POST"] : (string[])["POST"]
            select new FhirRoute($"${Name}", method, pattern, Permission, Scope)
            {
                Operation = this,
                HasOwnFormats = HasOwnFormats,
                MayBeDeferred = MayBeDeferred,
            },
        ];

    /// <summary>
    /// A GET can carry primitive values alone, and must change nothing.
    /// </summary>
    private bool IsSafe =>
        !AffectsState && In.All(parameter => parameter.Min == 0 || parameter.IsPrimitive);

    private IEnumerable<string> Patterns()
    {
        if (Levels.HasFlag(Levels.System))
        {
            yield return $"${Name}";
        }
        foreach (var type in Types is [] ? ["{type}"] : Types)
        {
            if (Levels.HasFlag(Levels.Type))
            {
                yield return $"{type}/${Name}";
            }
            if (Levels.HasFlag(Levels.Instance))
            {
                yield return $"{type}/{{id}}/${Name}";
            }
        }
    }
}

/// <summary>One parameter of an operation (https://hl7.org/fhir/R4/operationdefinition.html).</summary>
/// <param name="Type">
/// A primitive or complex data type, a resource type, <c>Resource</c> for any resource, <c>Element</c> for any data type; empty for one
/// that has <see cref="Parts"/>.
/// </param>
/// <param name="Max">A number or <c>*</c>.</param>
public sealed record OperationParameter(string Name, string Type, int Min = 0, string Max = "1")
{
    public string? Documentation { get; init; }

    public IReadOnlyList<OperationParameter> Parts { get; init; } = [];

    /// <summary>Url of the value set that a code is from.</summary>
    public string? RequiredBinding { get; init; }

    public bool IsPrimitive => Type is [>= 'a' and <= 'z', ..];

    public bool IsResource => Type is "Resource" || FhirModel.R4.IsResourceType(Type);
}
