using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Interactions;
using Health.Fhir.Store;
using Health.Fhir.Terminology;
using Health.Fhir.Terminology.Codes;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Operations.Terminology;

/// <summary>
/// Says whether a value set has a code, and whether the name given is one of its names.
/// https://hl7.org/fhir/R4/valueset-operation-validate-code.html
/// </summary>
public sealed class ValidateCodeInValueSet(TerminologyService terminology, GuardedStore store)
    : IOperation<ValidateCodeInValueSet>
{
    internal static OperationParameter[] Out { get; } =
    [
        new("result", "boolean", 1),
        new("message", "string"),
        new("display", "string"),
        new("code", "code"),
        new("system", "uri"),
    ];

    public static Operation Definition { get; } =
        new("validate-code", Levels.Type | Levels.Instance, Permission.ReadHealthRecords, 'r')
        {
            Description = "Says whether a value set has a code.",
            Standard = "http://hl7.org/fhir/OperationDefinition/ValueSet-validate-code",
            Types = ["ValueSet"],
            In =
            [
                new("url", "uri"),
                new("valueSet", "ValueSet"),
                new("valueSetVersion", "string"),
                new("code", "code"),
                new("system", "uri"),
                new("systemVersion", "string"),
                new("display", "string"),
                new("coding", "Coding"),
                new("codeableConcept", "CodeableConcept"),
                new("abstract", "boolean"),
                CodeArguments.Language,
            ],
            Out = Out,
        };

    public async Task<FhirAnswer> Run(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    )
    {
        var codes = arguments.Codes();
        var set = await terminology.DemandValueSet(request, arguments, store, cancel);
        return CodeArguments.Answer([
            .. codes.Select(code =>
                CodeCheck.In(
                    set,
                    code,
                    arguments.Text("displayLanguage"),
                    arguments.Flag("abstract") ?? true
                )
            ),
        ]);
    }
}

/// <summary>
/// Says whether a code system has a code, and whether the name given is one of its names.
/// https://hl7.org/fhir/R4/codesystem-operation-validate-code.html
/// </summary>
public sealed class ValidateCodeInCodeSystem(TerminologyService terminology, GuardedStore store)
    : IOperation<ValidateCodeInCodeSystem>
{
    public static Operation Definition { get; } =
        new("validate-code", Levels.Type | Levels.Instance, Permission.ReadHealthRecords, 'r')
        {
            Description = "Says whether a code system has a code.",
            Standard = "http://hl7.org/fhir/OperationDefinition/CodeSystem-validate-code",
            Types = ["CodeSystem"],
            In =
            [
                new("url", "uri"),
                new("codeSystem", "CodeSystem"),
                new("version", "string"),
                new("code", "code"),
                new("display", "string"),
                new("coding", "Coding"),
                new("codeableConcept", "CodeableConcept"),
                new("abstract", "boolean"),
                CodeArguments.Language,
            ],
            Out = ValidateCodeInValueSet.Out,
        };

    public async Task<FhirAnswer> Run(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    )
    {
        var system = await System(request, arguments, cancel);
        var codes = arguments.Codes(system.Url);
        return CodeArguments.Answer([
            .. codes.Select(code =>
                code.System is { } of && of != system.Url
                    ? new CodeCheck(
                        Membership.No,
                        $"{code} is a code of {of}, not of {system.Url}.",
                        null,
                        code
                    )
                    : CodeCheck.In(
                        system,
                        code,
                        arguments.Text("displayLanguage"),
                        arguments.Flag("abstract") ?? true
                    )
            ),
        ]);
    }

    private async Task<CodeSystem> System(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    )
    {
        if (request.Id is { } id)
        {
            var stored = StoredCanonicals.Read(await store.Demand("CodeSystem", id, cancel));
            return Readable(CodeSystemReader.Read(stored.Resource));
        }
        if (arguments.Resource("codeSystem") is { } given)
        {
            return Readable(CodeSystemReader.Read(CodeArguments.Checked(given)));
        }
        var url =
            arguments.Text("url")
            ?? arguments.Value<Hl7.Fhir.Model.Coding>("coding")?.System
            ?? throw new FhirRefusal(
                400,
                "required",
                "Name the code system: url or codeSystem.",
                "url"
            );
        return await terminology.DemandCodeSystem(url, arguments.Text("version"), cancel);
    }

    private static CodeSystem Readable(CodeSystem? system) =>
        system
        ?? throw new FhirRefusal(
            422,
            "not-supported",
            "The code system only names codes that are kept elsewhere (its content is not-present or supplement), or has no url."
        );
}
