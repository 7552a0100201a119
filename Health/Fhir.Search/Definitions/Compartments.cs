using System.Collections.Frozen;

namespace Health.Fhir.Search.Definitions;

/// <summary>Which reference parameters make a resource a member of a compartment: https://hl7.org/fhir/R4/compartmentdefinition.html.</summary>
internal sealed class Compartments
{
    private readonly FrozenDictionary<
        (string Compartment, string Type),
        IReadOnlyList<SearchParameterInfo>
    > members;

    public Compartments(FhirModel model)
    {
        using var file = new StreamReader(
            typeof(Compartments).Assembly.GetManifestResourceStream(
                "Health.Fhir.Search.Definitions.compartments.tsv"
            )!
        );
        var read = new Dictionary<(string, string), IReadOnlyList<SearchParameterInfo>>();
        while (file.ReadLine() is { } line)
        {
            if (line.Split('\t') is [var compartment, var type, var codes])
            {
                read.Add(
                    (compartment, type),
                    [
                        .. codes
                            .Split(',')
                            .Select(code => model.Find(type, code))
                            .OfType<SearchParameterInfo>(),
                    ]
                );
            }
        }
        members = read.ToFrozenDictionary();
    }

    public IReadOnlyList<SearchParameterInfo> ParametersFor(string compartment, string type) =>
        members.GetValueOrDefault((compartment, type)) ?? [];
}
