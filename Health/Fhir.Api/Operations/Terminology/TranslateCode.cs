using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Interactions;
using Health.Fhir.Store;
using Health.Fhir.Terminology;
using Health.Fhir.Terminology.Codes;
using Health.Fhir.Terminology.Maps;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using ConceptMap = Health.Fhir.Terminology.Maps.ConceptMap;

namespace Health.Fhir.Api.Operations.Terminology;

/// <summary>
/// Translates a code by concept maps, forth or back.
/// https://hl7.org/fhir/R4/conceptmap-operation-translate.html
/// </summary>
public sealed class TranslateCode(TerminologyService terminology, GuardedStore store)
    : IOperation<TranslateCode>
{
    public static Operation Definition { get; } =
        new("translate", Levels.Type | Levels.Instance, Permission.ReadHealthRecords, 'r')
        {
            Description = "Translates a code into another code system by concept maps.",
            Standard = "http://hl7.org/fhir/OperationDefinition/ConceptMap-translate",
            Types = ["ConceptMap"],
            In =
            [
                new("url", "uri"),
                new("conceptMap", "ConceptMap"),
                new("conceptMapVersion", "string"),
                new("code", "code"),
                new("system", "uri"),
                new("systemVersion", "string"),
                new("source", "uri") { Documentation = "Only maps from this value set." },
                new("coding", "Coding"),
                new("codeableConcept", "CodeableConcept"),
                new("target", "uri") { Documentation = "Only maps to this value set." },
                new("targetsystem", "uri"),
                new("reverse", "boolean"),
            ],
            Out =
            [
                new("result", "boolean", 1),
                new("message", "string"),
                new("match", "", 0, "*")
                {
                    Parts =
                    [
                        new("equivalence", "code"),
                        new("concept", "Coding"),
                        new("source", "uri"),
                    ],
                },
            ],
        };

    public async Task<FhirAnswer> Run(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    )
    {
        var codes = arguments.Codes();
        var reverse = arguments.Flag("reverse") ?? false;
        var found = new List<Translation>();
        foreach (var code in codes)
        {
            foreach (var map in await Maps(request, arguments, code, reverse, cancel))
            {
                found.AddRange(
                    map.Translate(code.System, code.Code, reverse, arguments.Text("targetsystem"))
                );
            }
        }
        return FhirAnswer.Of(Answer(found, codes));
    }

    private async Task<IEnumerable<ConceptMap>> Maps(
        FhirRequest request,
        Arguments arguments,
        GivenCode code,
        bool reverse,
        CancellationToken cancel
    )
    {
        if (request.Id is { } id)
        {
            var stored = await store.Demand("ConceptMap", id, cancel);
            return [new(StoredCanonicals.Read(stored).Resource)];
        }
        if (arguments.Resource("conceptMap") is { } given)
        {
            return [new(CodeArguments.Checked(given))];
        }
        if (arguments.Text("url") is { } url)
        {
            var canonical = arguments.Text("conceptMapVersion") is { } version
                ? $"{url}|{version}"
                : url;
            return
            [
                await terminology.FindMap(canonical, cancel)
                    ?? throw new FhirRefusal(
                        404,
                        "not-found",
                        $"The concept map {canonical} is not here. Store it as a ConceptMap.",
                        "url"
                    ),
            ];
        }
        var system =
            code.System
            ?? throw new FhirRefusal(
                400,
                "required",
                "Name the system of the code, or the map by url.",
                "system"
            );
        var (source, target) = (arguments.Text("source"), arguments.Text("target"));
        return (await terminology.FindMapsOf(system, reverse, cancel)).Where(map =>
            (source is null || (reverse ? map.Target : map.Source) == source)
            && (target is null || (reverse ? map.Source : map.Target) == target)
        );
    }

    private static Parameters Answer(List<Translation> found, IReadOnlyList<GivenCode> codes)
    {
        var answer = new Parameters();
        answer.Add("result", new FhirBoolean(found.Any(one => one.IsMatch)));
        if (found.Count == 0)
        {
            answer.Add(
                "message",
                new FhirString($"No map has an entry for {string.Join(", ", codes)}.")
            );
        }
        foreach (var one in found)
        {
            var match = new Parameters.ParameterComponent { Name = "match" };
            match.Part.Add(new() { Name = "equivalence", Value = new Code(one.Equivalence) });
            if (one.Code is not null)
            {
                match.Part.Add(
                    new()
                    {
                        Name = "concept",
                        Value = new Coding(one.System, one.Code, one.Display),
                    }
                );
            }
            match.Part.Add(new() { Name = "source", Value = new FhirUri(one.Map) });
            answer.Parameter.Add(match);
        }
        return answer;
    }
}
