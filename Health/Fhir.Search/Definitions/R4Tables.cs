using Hl7.Fhir.Model;

namespace Health.Fhir.Search.Definitions;

/// <summary>
/// The structure of R4's types, the codes of its required bindings and its search parameters, as the generated <c>r4.tsv</c> has them:
/// asking Firely's model for them takes a second of CPU at every start. <c>R4TablesTests</c> makes the file and compares it.
/// </summary>
internal sealed class R4Tables
{
    private static readonly Lazy<R4Tables> Read = new(() => new R4Tables());

    private R4Tables()
    {
        using var file = new StreamReader(
            typeof(R4Tables).Assembly.GetManifestResourceStream(
                "Health.Fhir.Search.Definitions.r4.tsv"
            )!
        );
        List<ElementRow> elements = [];
        List<(string, string)> codes = [];
        List<ComponentRow> components = [];
        while (file.ReadLine() is { } line)
        {
            switch (line.Split('\t'))
            {
                case ["type", var name, var resource, var isAbstract]:
                    elements = [];
                    Types.Add(name, new(name, resource == "1", isAbstract == "1", elements));
                    break;
                case [
                    "element",
                    var name,
                    var json,
                    var slot,
                    var list,
                    var required,
                    var type,
                    var binding,
                ]:
                    elements.Add(
                        new(
                            name,
                            json,
                            int.Parse(slot, System.Globalization.CultureInfo.InvariantCulture),
                            list == "1",
                            required == "1",
                            type,
                            binding
                        )
                    );
                    break;
                case ["codes", var key, var name]:
                    Codes.Add(key, (name, codes = []));
                    break;
                case ["code", var code, var system]:
                    codes.Add((code, system));
                    break;
                case [
                    "parameter",
                    var resource,
                    var code,
                    var url,
                    var type,
                    var expression,
                    var targets,
                ]:
                    components = [];
                    Parameters.Add(
                        new(
                            resource,
                            code,
                            url,
                            Enum.Parse<SearchParamType>(type),
                            expression,
                            targets.Split(',', StringSplitOptions.RemoveEmptyEntries),
                            components
                        )
                    );
                    break;
                case ["component", var definition, var expression]:
                    components.Add(new(definition, expression));
                    break;
                default:
                    throw new InvalidDataException($"r4.tsv: {line}");
            }
        }
    }

    public static R4Tables Instance => Read.Value;

    public Dictionary<string, TypeRow> Types { get; } = [];

    /// <summary>Required bindings.</summary>
    public Dictionary<
        string,
        (string Name, List<(string Code, string System)> Members)
    > Codes { get; } = [];

    public List<ParameterRow> Parameters { get; } = [];

    public sealed record TypeRow(
        string Name,
        bool IsResource,
        bool IsAbstract,
        List<ElementRow> Elements
    );

    /// <param name="Type">Empty when any resource may stand here.</param>
    /// <param name="Binding">Key of the required codes; empty for none.</param>
    public sealed record ElementRow(
        string Name,
        string JsonName,
        int Slot,
        bool IsList,
        bool IsRequired,
        string Type,
        string Binding
    );

    public sealed record ParameterRow(
        string Resource,
        string Code,
        string Url,
        SearchParamType Type,
        string Expression,
        string[] Targets,
        List<ComponentRow> Components
    );

    /// <param name="Definition">Url of the parameter that decides how the part is compared.</param>
    public sealed record ComponentRow(string Definition, string Expression);
}
