using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Interactions;
using Health.Fhir.Store;
using Health.Fhir.Terminology;
using Health.Fhir.Terminology.Codes;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using CodeSystem = Health.Fhir.Terminology.Codes.CodeSystem;

namespace Health.Fhir.Api.Operations.Terminology;

/// <summary>
/// Says how code A stands to code B in the hierarchy of their code system.
/// https://hl7.org/fhir/R4/codesystem-operation-subsumes.html
/// </summary>
public sealed class SubsumesCode(TerminologyService terminology, GuardedStore store)
    : IOperation<SubsumesCode>
{
    public static Operation Definition { get; } =
        new("subsumes", Levels.Type | Levels.Instance, Permission.ReadHealthRecords, 'r')
        {
            Description = "Says whether one code is above the other.",
            Standard = "http://hl7.org/fhir/OperationDefinition/CodeSystem-subsumes",
            Types = ["CodeSystem"],
            In =
            [
                new("codeA", "code"),
                new("codeB", "code"),
                new("system", "uri"),
                new("version", "string"),
                new("codingA", "Coding"),
                new("codingB", "Coding"),
            ],
            Out = [new("outcome", "code", 1)],
        };

    public async Task<FhirAnswer> Run(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    )
    {
        var (a, b) = (Code(arguments, "A"), Code(arguments, "B"));
        var system = await System(request, arguments, [a, b], cancel);
        var answer = new Parameters();
        answer.Add(
            "outcome",
            new Code(
                system.Compare(Demand(system, a), Demand(system, b)) switch
                {
                    Subsumption.Equivalent => "equivalent",
                    Subsumption.Subsumes => "subsumes",
                    Subsumption.SubsumedBy => "subsumed-by",
                    _ => "not-subsumed",
                }
            )
        );
        return FhirAnswer.Of(answer);
    }

    private async Task<CodeSystem> System(
        FhirRequest request,
        Arguments arguments,
        GivenCode[] codes,
        CancellationToken cancel
    )
    {
        if (request.Id is { } id)
        {
            var stored = StoredCanonicals.Read(await store.Demand("CodeSystem", id, cancel));
            return CodeSystemReader.Read(stored.Resource)
                ?? throw new FhirRefusal(
                    422,
                    "not-supported",
                    $"CodeSystem/{id} has no codes of its own."
                );
        }
        var systems = codes
            .Select(code => code.System)
            .Append(arguments.Text("system"))
            .OfType<string>()
            .Distinct()
            .ToList();
        return systems is [var url]
            ? await terminology.DemandCodeSystem(url, arguments.Text("version"), cancel)
            : throw new FhirRefusal(
                400,
                systems.Count == 0 ? "required" : "invalid",
                systems.Count == 0
                    ? "Name the system of the codes."
                    : "Both codes must be of one code system.",
                "system"
            );
    }

    private static GivenCode Code(Arguments arguments, string which) =>
        arguments.Value<Coding>("coding" + which) is { Code: not null } coding
            ? CodeArguments.Given(coding)
        : arguments.Text("code" + which) is { } code ? new(null, code)
        : throw new FhirRefusal(
            400,
            "required",
            $"Give code{which} or coding{which}.",
            "code" + which
        );

    private static Concept Demand(CodeSystem system, GivenCode code) =>
        system.Find(code.Code)
        ?? throw new FhirRefusal(
            404,
            "not-found",
            $"{system.Url} has no code '{code.Code}'.",
            "code"
        );
}
