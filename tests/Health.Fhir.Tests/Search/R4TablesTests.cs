using System.Runtime.CompilerServices;
using System.Text;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;

namespace Health.Fhir.Tests.Search;

/// <summary>
/// Makes <c>Health/Fhir.Search/Definitions/r4.tsv</c> from Firely's model and compares it with the file. With
/// RECORDS_REGENERATE=1 it writes the file instead.
/// </summary>
public sealed class R4TablesTests
{
    [Fact]
    public void The_shipped_tables_are_those_of_Firelys_model()
    {
        var made = new Tables().Make();
        var path = Path.Combine(SourceFolder(), "../../../Health/Fhir.Search/Definitions/r4.tsv");
        if (Environment.GetEnvironmentVariable("RECORDS_REGENERATE") == "1")
        {
            File.WriteAllText(path, made);
        }
        Assert.Equal(File.ReadAllLines(path), made.TrimEnd('\n').Split('\n'));
    }

    private static string SourceFolder([CallerFilePath] string file = "") =>
        Path.GetDirectoryName(file)!;

    private sealed class Tables
    {
        private readonly StringBuilder text = new();
        private readonly SortedDictionary<string, EnumMapping> codes = new(StringComparer.Ordinal);
        private readonly SortedDictionary<string, ClassMapping> types = new(StringComparer.Ordinal);

        public string Make()
        {
            // Firely's own Dynamic… types stand for what it does not know; Code<T> is there once somebody has asked for it.
            foreach (
                var mapping in ModelInfo.ModelInspector.ClassMappings.Where(one =>
                    !one.Name.StartsWith("Dynamic", StringComparison.Ordinal)
                    && !one.NativeType.IsGenericType
                )
            )
            {
                Take(mapping);
            }
            Assert.Equal(
                ModelInfo.SupportedResources.Order(StringComparer.Ordinal),
                types
                    .Values.Where(one => one.IsResource && !one.NativeType.IsAbstract)
                    .Select(one => one.Name)
            );
            foreach (var mapping in types.Values)
            {
                Line(
                    "type",
                    mapping.Name,
                    Bit(mapping.IsResource),
                    Bit(mapping.NativeType.IsAbstract)
                );
                var slot = 0;
                foreach (var property in PropertiesOf(mapping))
                {
                    foreach (var (json, type) in NamesOf(property))
                    {
                        Line(
                            "element",
                            property.Name,
                            json,
                            $"{slot}",
                            Bit(property.IsCollection),
                            Bit(property.IsMandatoryElement),
                            type?.Name ?? "",
                            CodesOf(property) is { } binding ? KeyOf(binding) : ""
                        );
                    }
                    slot++;
                }
            }
            foreach (var (key, binding) in codes)
            {
                Line("codes", key, binding.Name);
                foreach (var member in binding.Members)
                {
                    Line("code", member.Key, member.Value.System ?? "");
                }
            }
            foreach (
                var parameter in ModelInfo.SearchParameters.Where(one => one.Expression is not null)
            )
            {
                Line(
                    "parameter",
                    parameter.Resource!,
                    parameter.Code!,
                    parameter.Url!,
                    $"{parameter.Type}",
                    parameter.Expression!,
                    parameter.Type is SearchParamType.Reference
                        ? string.Join(',', parameter.Target ?? [])
                        : ""
                );
                if (parameter.Type is SearchParamType.Composite)
                {
                    foreach (var component in parameter.Component!)
                    {
                        Line("component", component.Definition.ToString()!, component.Expression);
                    }
                }
            }
            return text.ToString();
        }

        private void Take(ClassMapping mapping)
        {
            if (!types.TryAdd(mapping.Name, mapping))
            {
                return;
            }
            foreach (var property in PropertiesOf(mapping))
            {
                if (CodesOf(property) is { } binding)
                {
                    codes[KeyOf(binding)] = binding;
                }
                foreach (var (_, type) in NamesOf(property))
                {
                    if (type is not null)
                    {
                        Take(type);
                    }
                }
            }
        }

        private static IEnumerable<PropertyMapping> PropertiesOf(ClassMapping mapping) =>
            mapping
                .PropertyMappings.Where(property => !property.RepresentsValueElement)
                .OrderBy(property => property.Order);

        // Two bindings may have one name.
        private static string KeyOf(EnumMapping binding) =>
            binding.NativeType.FullName!.Split('.')[^1];

        private static EnumMapping? CodesOf(PropertyMapping property) =>
            property.Choice != ChoiceType.DatatypeChoice
            && property.ImplementingType is { IsGenericType: true } type
            && type.GetGenericTypeDefinition() == typeof(Code<>)
                ? ModelInfo.ModelInspector.FindEnumMapping(type.GenericTypeArguments[0])
                : null;

        /// <summary>The names that JSON may give the element, each with its type: several for a choice; no type where any resource may stand.</summary>
        private static IEnumerable<(string Json, ClassMapping? Type)> NamesOf(
            PropertyMapping property
        )
        {
            if (property.Choice != ChoiceType.DatatypeChoice)
            {
                yield return (
                    property.Name,
                    property.Choice == ChoiceType.ResourceChoice
                        ? null
                        : property.PropertyTypeMapping
                );
                yield break;
            }
            var of =
                property.FhirType is [var single] && single == typeof(DataType)
                    ? ModelInfo.ModelInspector.OpenTypes
                    : property.FhirType;
            foreach (var type in of)
            {
                var mapped = ModelInfo.ModelInspector.FindOrImportClassMapping(type)!;
                // integer64 came with R5; Firely lists it for both.
                if (mapped.Name != "integer64")
                {
                    yield return (
                        property.Name + char.ToUpperInvariant(mapped.Name[0]) + mapped.Name[1..],
                        mapped
                    );
                }
            }
        }

        private static string Bit(bool value) => value ? "1" : "0";

        private void Line(params string[] cells) =>
            text.AppendJoin(
                    '\t',
                    cells.Select(cell => string.Join(' ', cell.Split('\t', '\r', '\n')))
                )
                .Append('\n');
    }
}
