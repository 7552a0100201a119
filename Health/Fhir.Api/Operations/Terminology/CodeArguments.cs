using System.Text.Json;
using Health.Fhir.Api.Formats;
using Health.Fhir.Api.Interactions;
using Health.Fhir.Store;
using Health.Fhir.Terminology;
using Health.Fhir.Terminology.Codes;
using Health.Fhir.Terminology.ValueSets;
using Hl7.Fhir.Model;
using CodeSystem = Health.Fhir.Terminology.Codes.CodeSystem;
using ValueSet = Health.Fhir.Terminology.ValueSets.ValueSet;

namespace Health.Fhir.Api.Operations.Terminology;

/// <summary>
/// What the terminology operations have in common: a code may come as <c>code</c> with <c>system</c>, as a Coding or as a
/// CodeableConcept; a value set or code system by url, as a resource, or by the address of the call.
/// </summary>
internal static class CodeArguments
{
    public static OperationParameter Language { get; } = new("displayLanguage", "code");

    /// <summary>The codes given, at least one; a CodeableConcept may have several.</summary>
    /// <param name="system">Of a bare code; null when it stands in <c>system</c>.</param>
    /// <exception cref="FhirRefusal">400: none, or more than one way.</exception>
    public static IReadOnlyList<GivenCode> Codes(this Arguments arguments, string? system = null)
    {
        var ways = new List<IReadOnlyList<GivenCode>>();
        if (arguments.Text("code") is { } code)
        {
            var of = system ?? arguments.Text("system");
            var version = arguments.Text(system is null ? "systemVersion" : "version");
            ways.Add([new(of, code, version, arguments.Text("display"))]);
        }
        if (arguments.Value<Coding>("coding") is { } coding)
        {
            ways.Add([Given(coding)]);
        }
        if (arguments.Value<CodeableConcept>("codeableConcept") is { } concept)
        {
            ways.Add([.. concept.Coding.Select(Given)]);
        }
        return ways is [{ Count: > 0 } only] && only.All(given => given.Code.Length > 0)
            ? only
            : throw new FhirRefusal(
                400,
                "required",
                "Give one code: as code (with system), as coding, or as codeableConcept.",
                "code"
            );
    }

    public static GivenCode Given(Coding coding) =>
        new(coding.System, coding.Code ?? "", coding.Version, coding.Display);

    /// <summary>The value set that the call is about.</summary>
    /// <exception cref="FhirRefusal">400: none named; 404: it is not here.</exception>
    public static async Task<ValueSet> DemandValueSet(
        this TerminologyService terminology,
        FhirRequest request,
        Arguments arguments,
        GuardedStore store,
        CancellationToken cancel
    )
    {
        ValueSet? set;
        string named;
        if (request.Id is { } id)
        {
            named = $"ValueSet/{id}";
            var stored = await store.Demand("ValueSet", id, cancel);
            set = await terminology.Read(StoredCanonicals.Read(stored).Resource, cancel);
        }
        else if (arguments.Resource("valueSet") is { } given)
        {
            named = "the value set given";
            set = await terminology.Read(Checked(given), cancel);
        }
        else if (arguments.Text("url") is { } url)
        {
            named = arguments.Text("valueSetVersion") is { } version ? $"{url}|{version}" : url;
            set = await terminology.FindValueSet(named, cancel);
        }
        else
        {
            throw new FhirRefusal(400, "required", "Name the value set: url or valueSet.", "url");
        }
        return set
            ?? throw new FhirRefusal(
                404,
                "not-found",
                $"{named}: it, or a value set that it imports, is not here. Store it as a ValueSet.",
                "url"
            );
    }

    /// <exception cref="FhirRefusal">404: it is not here.</exception>
    public static async Task<CodeSystem> DemandCodeSystem(
        this TerminologyService terminology,
        string url,
        string? version,
        CancellationToken cancel
    ) =>
        await terminology.FindCodeSystem(url, version, cancel)
        ?? throw new FhirRefusal(
            404,
            "not-found",
            $"The code system {url}{(version is null ? "" : "|" + version)} is not here. Store it as a CodeSystem.",
            "system"
        );

    /// <summary>The resource of a parameter, its form checked.</summary>
    public static JsonElement Checked(ReadOnlyMemory<byte> resource)
    {
        FhirJson.Demand(resource);
        using var document = JsonDocument.Parse(resource);
        return document.RootElement.Clone();
    }

    /// <summary>
    /// Right when one of the codes is. What is wrong with the others still stands in the message.
    /// </summary>
    public static FhirAnswer Answer(IReadOnlyList<CodeCheck> checks)
    {
        var right = checks.FirstOrDefault(check => check.Result is Membership.Yes);
        var shown = right ?? checks[0];
        var result = new Parameters();
        result.Add("result", new FhirBoolean(right is not null));
        var messages = checks.Select(check => check.Message).OfType<string>().ToList();
        if (messages.Count > 0)
        {
            result.Add("message", new FhirString(string.Join(" ", messages)));
        }
        if (shown.Display is { } display)
        {
            result.Add("display", new FhirString(display));
        }
        if (right is { Given: var given })
        {
            result.Add("code", new Code(given.Code));
            if (given.System is { } system)
            {
                result.Add("system", new FhirUri(system));
            }
        }
        return FhirAnswer.Of(result);
    }
}
