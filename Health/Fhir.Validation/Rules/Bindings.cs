using Health.Fhir.Terminology;
using Health.Fhir.Terminology.Codes;
using Health.Fhir.Validation.Content;
using Health.Fhir.Validation.Definitions;

namespace Health.Fhir.Validation.Rules;

/// <summary>
/// Codes against the value sets that they are bound to (https://hl7.org/fhir/R4/terminologies.html#strength). Gathered during the walk and
/// decided after it, because value sets may have to be fetched.
/// </summary>
internal sealed class Bindings
{
    private readonly HashSet<(Element, string, string)> bound = [];
    private readonly HashSet<Element> codings = [];

    public void Add(Element element, BindingRule binding)
    {
        if (binding.Strength is "required" or "extensible" or "preferred")
        {
            bound.Add((element, binding.Strength, binding.ValueSet));
        }
    }

    /// <summary>Each Coding is also held against its own code system.</summary>
    public void AddCoding(Element coding) => codings.Add(coding);

    public async Task Check(TerminologyService terminology, Report report, CancellationToken cancel)
    {
        foreach (var (element, strength, canonical) in bound)
        {
            await Check(element, strength, canonical, terminology, report, cancel);
        }
        foreach (var coding in codings)
        {
            await CheckCoding(coding, terminology, report, cancel);
        }
    }

    private static async Task Check(
        Element element,
        string strength,
        string canonical,
        TerminologyService terminology,
        Report report,
        CancellationToken cancel
    )
    {
        var given = Given(element);
        if (given.Count == 0)
        {
            if (strength is "required" && element.Type is "CodeableConcept" or "Coding")
            {
                report.Error(
                    element,
                    "code-invalid",
                    $"It must have a code from {canonical}, and has none."
                );
            }
            return;
        }
        if (await terminology.FindValueSet(canonical, cancel) is not { } set)
        {
            if (strength is "required")
            {
                report.Warning(
                    element,
                    "not-found",
                    $"The value set {canonical} is not here; the code was not checked."
                );
            }
            return;
        }
        var checks = given
            .Select(code => CodeCheck.In(set, code with { Display = null }, null))
            .ToList();
        if (checks.Exists(check => check.Result is Membership.Yes))
        {
            return;
        }
        var shown = string.Join(", ", given);
        var named = set.Title is { } title ? $"{canonical} ({title})" : canonical;
        if (checks.Exists(check => check.Result is Membership.Unknown))
        {
            if (strength is "required")
            {
                report.Warning(
                    element,
                    "incomplete",
                    checks.First(check => check.Result is Membership.Unknown).Message!
                );
            }
            return;
        }
        switch (strength)
        {
            case "required":
                report.Error(
                    element,
                    "code-invalid",
                    $"{shown} is not in {named}, from which it must come."
                );
                break;
            case "extensible":
                report.Warning(
                    element,
                    "code-invalid",
                    $"{shown} is not in {named}, from which it should come unless nothing there fits."
                );
                break;
            default:
                report.Information(
                    element,
                    "code-invalid",
                    $"{shown} is not in {named}, which is preferred."
                );
                break;
        }
    }

    private static async Task CheckCoding(
        Element coding,
        TerminologyService terminology,
        Report report,
        CancellationToken cancel
    )
    {
        if (
            coding.Child("code")?.Text is not { Length: > 0 }
            || Given(coding) is not [var given]
            || given.System is null
        )
        {
            return;
        }
        var system =
            await terminology.FindCodeSystem(given.System, given.Version, cancel)
            ?? await terminology.FindCodeSystem(given.System, null, cancel);
        if (system is null)
        {
            return;
        }
        var check = CodeCheck.In(system, given, null);
        if (check.Result is not Membership.No)
        {
            return;
        }
        if (system.Find(given.Code) is null)
        {
            report.Error(coding, "code-invalid", check.Message!);
        }
        else
        {
            // Names vary with editions and languages; the code is what counts.
            report.Warning(coding.Child("display") ?? coding, "code-invalid", check.Message!);
        }
    }

    private static List<GivenCode> Given(Element element) =>
        element.Type switch
        {
            "CodeableConcept" =>
            [
                .. element.Children.Where(child => child.Name == "coding").SelectMany(Given),
            ],
            "Coding"
            or "Quantity"
            or "Age"
            or "Duration"
            or "Count"
            or "Distance"
            or "Money"
            or "SimpleQuantity"
            or "MoneyQuantity" => element.Child("code")?.Text is { Length: > 0 } code
                ?
                [
                    new(
                        element.Child("system")?.Text,
                        code,
                        element.Child("version")?.Text,
                        element.Child("display")?.Text
                    ),
                ]
                : [],
            _ => element.Text is { Length: > 0 } text && element.Type is not null
                ? [new(null, text)]
                : [],
        };
}
