namespace Health.Fhir.Search.Definitions;

/// <summary>
/// What FHIR R4 defines, as far as storing and searching need it: resource types, search parameters, compartments. Immutable;
/// the tables of a type are made when the type is first met.
/// </summary>
public sealed partial class FhirModel
{
    /// <summary>Plain R4.</summary>
    public static FhirModel R4 { get; } = new();

    /// <summary>All 148 resource types, in alphabetical order.</summary>
    public IReadOnlyList<string> ResourceTypes => throw new NotImplementedException();

    public bool IsResourceType(string name) => throw new NotImplementedException();

    /// <summary>Every parameter by its <see cref="SearchParameterInfo.Ordinal"/>.</summary>
    public IReadOnlyList<SearchParameterInfo> Parameters => throw new NotImplementedException();

    /// <summary>The parameters of a type by code, those of all resources included.</summary>
    public IReadOnlyList<SearchParameterInfo> ParametersOf(string type) =>
        throw new NotImplementedException();

    /// <summary>Null when the type has no such parameter. Type null: only what all resources share.</summary>
    public SearchParameterInfo? Find(string? type, string code) =>
        throw new NotImplementedException();

    /// <summary>The reference parameters that put a resource of the type into a compartment of Patient, Encounter, RelatedPerson, Practitioner or Device; empty when it never is in one.</summary>
    public IReadOnlyList<SearchParameterInfo> CompartmentParameters(
        string compartment,
        string type
    ) => throw new NotImplementedException();
}
