using Health.Fhir.Api.Formats;
using Health.Fhir.Terminology;
using Health.Fhir.Terminology.Codes;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Operations.Terminology;

/// <summary>
/// Tells all that is known of a code: its names, its definition, its properties, what is above and below it.
/// https://hl7.org/fhir/R4/codesystem-operation-lookup.html
/// </summary>
public sealed class LookupCode(TerminologyService terminology) : IOperation<LookupCode>
{
    public static Operation Definition { get; } =
        new("lookup", Levels.Type, Permission.ReadHealthRecords, 'r')
        {
            Description = "Tells the names and properties of a code.",
            Standard = "http://hl7.org/fhir/OperationDefinition/CodeSystem-lookup",
            Types = ["CodeSystem"],
            In =
            [
                new("code", "code"),
                new("system", "uri"),
                new("version", "string"),
                new("coding", "Coding"),
                CodeArguments.Language,
                new("property", "code", 0, "*"),
            ],
            Out =
            [
                new("name", "string", 1),
                new("version", "string"),
                new("display", "string", 1),
                new("designation", "", 0, "*")
                {
                    Parts =
                    [
                        new("language", "code"),
                        new("use", "Coding"),
                        new("value", "string", 1),
                    ],
                },
                new("property", "", 0, "*")
                {
                    Parts = [new("code", "code", 1), new("value", "Element")],
                },
            ],
        };

    public async Task<FhirAnswer> Run(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    )
    {
        var given = arguments.Codes()[0];
        var url =
            given.System
            ?? throw new FhirRefusal(400, "required", "Name the system of the code.", "system");
        var system = await terminology.DemandCodeSystem(
            url,
            arguments.Text("version") ?? given.Version,
            cancel
        );
        var concept =
            system.Find(given.Code)
            ?? throw new FhirRefusal(
                404,
                "not-found",
                $"{url} has no code '{given.Code}'.",
                "code"
            );
        return FhirAnswer.Of(
            Answer(system, concept, arguments.Text("displayLanguage"), arguments.Texts("property"))
        );
    }

    private static Parameters Answer(
        Health.Fhir.Terminology.Codes.CodeSystem system,
        Concept concept,
        string? language,
        IReadOnlyList<string> asked
    )
    {
        var answer = new Parameters();
        answer.Add("name", new FhirString(system.Title ?? system.Name ?? system.Url));
        if (system.Version is { } version)
        {
            answer.Add("version", new FhirString(version));
        }
        answer.Add(
            "display",
            new FhirString(concept.DisplayIn(language, system.Language) ?? concept.Code)
        );
        if (Wants("designation"))
        {
            foreach (var designation in concept.Designations)
            {
                var part = new Parameters.ParameterComponent { Name = "designation" };
                if (designation.Language is { } spoken)
                {
                    part.Part.Add(new() { Name = "language", Value = new Code(spoken) });
                }
                part.Part.Add(new() { Name = "value", Value = new FhirString(designation.Value) });
                answer.Parameter.Add(part);
            }
        }
        if (Wants("definition") && concept.Definition is { } definition)
        {
            Property("definition", new FhirString(definition));
        }
        foreach (var parent in concept.Parents.Where(_ => Wants("parent")))
        {
            Property("parent", new Code(parent.Code));
        }
        foreach (var child in concept.Children.Where(_ => Wants("child")))
        {
            Property("child", new Code(child.Code));
        }
        if (Wants("inactive"))
        {
            Property("inactive", new FhirBoolean(concept.IsInactive));
        }
        foreach (
            var property in concept.Properties.Where(property =>
                property.Code is not ("parent" or "child" or "inactive") && Wants(property.Code)
            )
        )
        {
            Property(property.Code, Typed(property));
        }
        return answer;

        bool Wants(string code) => asked.Count == 0 || asked.Contains(code) || asked.Contains("*");

        void Property(string code, DataType value) =>
            answer.Parameter.Add(
                new()
                {
                    Name = "property",
                    Part =
                    [
                        new() { Name = "code", Value = new Code(code) },
                        new() { Name = "value", Value = value },
                    ],
                }
            );
    }

    private static DataType Typed(ConceptProperty property) =>
        property.Type switch
        {
            "Boolean" or "boolean" => new FhirBoolean(property.Value == "true"),
            "Integer"
            or "integer"
                when int.TryParse(
                    property.Value,
                    System.Globalization.CultureInfo.InvariantCulture,
                    out var number
                ) => new Integer(number),
            "Code" or "code" or "Coding" => new Code(property.Value),
            "DateTime" or "dateTime" => new FhirDateTime(property.Value),
            _ => new FhirString(property.Value),
        };
}
