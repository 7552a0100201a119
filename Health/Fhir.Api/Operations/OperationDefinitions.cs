using Hl7.Fhir.Model;
using Hl7.Fhir.Utility;

namespace Health.Fhir.Api.Operations;

/// <summary>An operation as others read it: https://hl7.org/fhir/R4/operationdefinition.html</summary>
public static class OperationDefinitions
{
    /// <param name="baseUrl">Of the service; the definition's own url begins with it.</param>
    public static OperationDefinition Of(Operation operation, string baseUrl) =>
        new()
        {
            Id = operation.Id,
            Url = $"{baseUrl}/OperationDefinition/{operation.Id}",
            Name = string.Concat(operation.Name.Split('-').Select(Capitalised)),
            Title = "$" + operation.Name,
            Status = PublicationStatus.Active,
            Kind = OperationDefinition.OperationKind.Operation,
            Description = operation.Description,
            AffectsState = operation.AffectsState,
            Code = operation.Name,
            Base = operation.Standard,
            Resource =
            [
                .. (operation.Types is [] ? ["Resource"] : operation.Types)
                    .Where(_ => operation.Levels != Levels.System)
                    .Select(type => EnumUtility.ParseLiteral<ResourceType>(type))
                    // One that R4 does not know, such as ViewDefinition, cannot be said here.
                    .Where(type => type is not null),
            ],
            System = operation.Levels.HasFlag(Levels.System),
            Type = operation.Levels.HasFlag(Levels.Type),
            Instance = operation.Levels.HasFlag(Levels.Instance),
            Parameter =
            [
                .. operation.In.Select(parameter => Of(parameter, OperationParameterUse.In)),
                .. operation.Out.Select(parameter => Of(parameter, OperationParameterUse.Out)),
            ],
        };

    private static OperationDefinition.ParameterComponent Of(
        OperationParameter parameter,
        OperationParameterUse use
    ) =>
        new()
        {
            Name = parameter.Name,
            Use = use,
            Min = parameter.Min,
            Max = parameter.Max,
            Documentation = parameter.Documentation,
            Type =
                parameter.Type.Length == 0
                    ? null
                    : EnumUtility.ParseLiteral<FHIRAllTypes>(parameter.Type),
            Binding = parameter.RequiredBinding is { } url
                ? new() { Strength = BindingStrength.Required, ValueSet = url }
                : null,
            Part = [.. parameter.Parts.Select(part => Of(part, use))],
        };

    private static string Capitalised(string word) =>
        word.Length == 0 ? word : char.ToUpperInvariant(word[0]) + word[1..];
}
