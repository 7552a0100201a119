using System.Text;
using Health.Fhir.Search.Reading;
using Health.Fhir.Validation.Content;
using Health.Fhir.Validation.Definitions;

namespace Health.Fhir.Validation.Rules;

/// <summary>
/// Holds elements against rules. First against the type, which knows every element there can be; then against profiles, which
/// only narrow and may be silent about the rest.
/// </summary>
internal sealed class Walker(Structures structures, Invariants invariants, Bindings bindings)
{
    private readonly HashSet<(Element, Structure)> conforming = [];

    /// <summary>A resource by the definition of its type, with all that it holds.</summary>
    public void Resource(Element resource, Report report)
    {
        var type = resource.ResourceType;
        var structure = type is null ? null : Structures.OfType(type);
        if (structure is null || structure.IsProfile || structure.IsAbstract)
        {
            report.Error(
                resource,
                "structure",
                type is null ? "It has no resourceType." : $"'{type}' is no resource type of R4."
            );
            return;
        }
        resource.Type = type;
        Content(resource, structure.Root, structure, isType: true, report);
        Own(resource, structure.Root, report);
    }

    /// <summary>An element by a profile and by what the profile builds on.</summary>
    public void Profile(Element element, Structure profile, Report report)
    {
        if (!conforming.Add((element, profile)))
        {
            return;
        }
        try
        {
            var type = element.ResourceType ?? element.Type;
            if (
                type is not null
                && profile.Type != type
                && profile.Type is not ("Resource" or "DomainResource" or "Element")
            )
            {
                report.Error(
                    element,
                    "invalid",
                    $"{profile.Url} is a profile of {profile.Type}, but this is a {type}."
                );
                return;
            }
            if (
                profile is { IsDifferential: true, Base: { } above }
                && structures.Find(above) is { IsProfile: true } further
            )
            {
                Profile(element, further, report);
            }
            Content(element, profile.Root, profile, isType: false, report);
            Own(element, profile.Root, report);
        }
        finally
        {
            conforming.Remove((element, profile));
        }
    }

    private bool Conforms(Element element, IReadOnlyList<string> profiles)
    {
        foreach (var canonical in profiles)
        {
            if (structures.Find(canonical) is { } profile)
            {
                var trial = new Report();
                Profile(element, profile, trial);
                if (trial.Errors == 0)
                {
                    return true;
                }
            }
        }
        return false;
    }

    /// <param name="isType">The rules know every element; what they do not name is wrong.</param>
    private void Content(
        Element element,
        ElementRule rule,
        Structure structure,
        bool isType,
        Report report
    )
    {
        if (isType && element.Fault is { } fault)
        {
            report.Error(element, "structure", fault);
        }
        var children =
            rule.ContentReference is { } id && structure.Find(id) is { } other
                ? other.Children
                : rule.Children;
        var known = isType ? new HashSet<Element>() : null;
        foreach (var child in children)
        {
            var found = isType
                ? Claim(element, child, known!, report)
                : [.. element.Named(child.Name)];
            if (
                isType
                && child
                    is {
                        Name: "value",
                        Types: [
                            { Code: "string" or "xhtml" or "boolean" or "decimal" or "integer" },
                        ]
                    }
                && element.Kind is not ValueKind.Complex
            )
            {
                // The value of a primitive is its text, which was judged already.
                continue;
            }
            Count(element, child, found.Count, report);
            foreach (var one in found)
            {
                Child(one, child, structure, isType, report);
            }
            if (child.Slices.Count > 0)
            {
                Sliced(element, child, found, structure, report);
            }
        }
        if (known is not null)
        {
            foreach (var stranger in element.Children.Where(child => !known.Contains(child)))
            {
                report.Error(
                    stranger,
                    "structure",
                    $"'{stranger.Name}' is no element of {element.Type ?? rule.Id}."
                );
            }
        }
    }

    /// <summary>The children that the rule is about, each told its base name and type.</summary>
    private static List<Element> Claim(
        Element element,
        ElementRule rule,
        HashSet<Element> known,
        Report report
    )
    {
        var found = new List<Element>();
        foreach (var child in element.Children)
        {
            if (!rule.IsChoice)
            {
                if (child.Name != rule.Name)
                {
                    continue;
                }
                // R4 says string of the id of a resource, and means id (https://hl7.org/fhir/R4/resource.html#id).
                child.Type =
                    rule.Name == "id" && element.ResourceType is not null ? "id"
                    : rule.Types is [var only] ? only.Code
                    : child.Type;
            }
            else if (TypeOfChoice(child.Name, rule) is { } type)
            {
                (child.BaseName, child.Type) = (rule.Name, type);
            }
            else
            {
                continue;
            }
            child.DefinedAs = rule.ContentReference ?? rule.Id;
            known.Add(child);
            found.Add(child);
            var repeats = rule.Max is not (0 or 1);
            if (child.Index == 0 && child.IsInArray != repeats)
            {
                report.Error(
                    child,
                    "structure",
                    repeats
                        ? $"'{child.Name}' repeats, so it must be an array."
                        : $"'{child.Name}' does not repeat, so it must not be an array."
                );
            }
        }
        return found;
    }

    private static string? TypeOfChoice(string name, ElementRule rule)
    {
        if (!name.StartsWith(rule.Name, StringComparison.Ordinal))
        {
            return null;
        }
        foreach (var type in rule.Types)
        {
            if (
                name.Length == rule.Name.Length + type.Code.Length
                && char.ToUpperInvariant(type.Code[0]) == name[rule.Name.Length]
                && string.CompareOrdinal(name, rule.Name.Length + 1, type.Code, 1, type.Code.Length)
                    == 0
            )
            {
                return type.Code;
            }
        }
        return null;
    }

    private static void Count(
        Element element,
        ElementRule rule,
        int count,
        Report report,
        string? called = null
    )
    {
        var name = called ?? rule.Name;
        if (count < rule.Min)
        {
            report.Error(
                element,
                "required",
                rule.Min == 1
                    ? $"'{name}' is missing."
                    : $"'{name}' must be there {rule.Min} times, and is {count} times."
            );
        }
        if (rule.Max is { } max && count > max)
        {
            report.Error(
                element,
                max == 0 ? "not-supported" : "structure",
                max == 0
                    ? $"'{name}' must not be there."
                    : $"'{name}' may be there {max} times at most, and is {count} times."
            );
        }
    }

    private void Child(
        Element element,
        ElementRule rule,
        Structure structure,
        bool isType,
        Report report
    )
    {
        if (isType)
        {
            Typed(element, rule, structure, report);
        }
        else
        {
            if (
                rule.Types.Count > 0
                && element.Type is { } type
                && !rule.Types.Any(one => Is(type, one.Code))
            )
            {
                report.Error(
                    element,
                    "structure",
                    $"It must be {string.Join(" or ", rule.Types.Select(one => one.Code))}, and is {type}."
                );
            }
            Content(element, rule, structure, isType: false, report);
        }
        Own(element, rule, report);
    }

    /// <summary>By the definition of its type, or by what the resource's own says of a backbone element.</summary>
    private void Typed(Element element, ElementRule rule, Structure structure, Report report)
    {
        if (
            element.Type is "Resource"
            || element.ResourceType is { } named && named == element.Type
        )
        {
            Resource(element, report);
            return;
        }
        if (element.ResourceType is not null)
        {
            report.Error(element, "structure", "A resource cannot stand here.");
        }
        if (rule.Children.Count > 0 || rule.ContentReference is not null)
        {
            Demand(element, ValueKind.Complex, report);
            Content(element, rule, structure, isType: true, report);
            if (rule.ContentReference is { } id && structure.Find(id) is { } referred)
            {
                invariants.Check(element, referred, report);
            }
            return;
        }
        if (element.Type is not { } type || Structures.OfType(type) is not { } definition)
        {
            return;
        }
        if (PrimitiveText.JsonOf(type) is { } json)
        {
            Primitive(element, type, json, report);
        }
        else
        {
            Demand(element, ValueKind.Complex, report);
        }
        Content(element, definition.Root, definition, isType: true, report);
        Own(element, definition.Root, report);
        switch (type)
        {
            case "Coding" or "Quantity":
                bindings.AddCoding(element);
                break;
            case "Extension":
                Extensions.Check(element, structures, this, report);
                break;
        }
    }

    private static void Demand(Element element, ValueKind kind, Report report)
    {
        if (element.Kind != kind && element.Kind is not ValueKind.None)
        {
            report.Error(element, "structure", $"'{element.Name}' must be an object.");
        }
    }

    private static void Primitive(Element element, string type, string json, Report report)
    {
        var wanted = json switch
        {
            "boolean" => ValueKind.Boolean,
            "number" => ValueKind.Number,
            _ => ValueKind.String,
        };
        if (element.Kind is ValueKind.None)
        {
            return;
        }
        if (element.Kind != wanted)
        {
            report.Error(element, "structure", $"A {type} is written as a JSON {json}.");
        }
        else if (
            PrimitiveText.Refusal(type, Encoding.UTF8.GetBytes(element.Text ?? "")) is { } wrong
        )
        {
            report.Error(element, "value", wrong);
        }
    }

    /// <summary>What a rule says of the element itself, whatever is in it.</summary>
    private void Own(Element element, ElementRule rule, Report report)
    {
        if (rule.Fixed is { } value && !ValueMatch.IsFixed(element, value))
        {
            report.Error(element, "value", $"It must be {ValueMatch.Shown(value)}.");
        }
        if (rule.Pattern is { } pattern && !ValueMatch.Matches(element, pattern))
        {
            report.Error(element, "value", $"It must have at least {ValueMatch.Shown(pattern)}.");
        }
        if (rule.MinValue is { } least && ValueMatch.Compare(element, least) < 0)
        {
            report.Error(element, "value", $"It must not be less than {ValueMatch.Shown(least)}.");
        }
        if (rule.MaxValue is { } greatest && ValueMatch.Compare(element, greatest) > 0)
        {
            report.Error(
                element,
                "value",
                $"It must not be more than {ValueMatch.Shown(greatest)}."
            );
        }
        if (rule.MaxLength is { } longest && element.Text?.Length > longest)
        {
            report.Error(
                element,
                "too-long",
                $"It may have {longest} characters, and has {element.Text.Length}."
            );
        }
        if (rule.Binding is { } binding)
        {
            bindings.Add(element, binding);
        }
        invariants.Check(element, rule, report);
        var types = rule
            .Types.Where(type => element.Type is null || Is(element.Type, type.Code))
            .ToList();
        if (types.Count == 0)
        {
            return;
        }
        Targets(element, types, report);
        var profiles = types.SelectMany(type => type.Profiles).ToList();
        if (profiles is [var one] && structures.Find(one) is { } profile)
        {
            Profile(element, profile, report);
        }
        else if (
            profiles.Count > 1
            && types.TrueForAll(type => type.Profiles.Count > 0)
            && !Conforms(element, profiles)
        )
        {
            report.Error(
                element,
                "invalid",
                $"It conforms to none of {string.Join(", ", profiles)}."
            );
        }
    }

    private static void Targets(Element element, List<TypeRule> types, Report report)
    {
        var targets = types
            .Where(type => type.Code is "Reference")
            .SelectMany(type => type.Targets)
            .ToList();
        if (
            element.Type is not "Reference"
            || targets.Count == 0
            || References.TypeOf(element) is not { } target
        )
        {
            return;
        }
        var allowed = targets
            .Select(canonical =>
                Structures.Of(canonical)?.Type ?? canonical[(canonical.LastIndexOf('/') + 1)..]
            )
            .Distinct()
            .ToList();
        if (!allowed.Contains(target) && !allowed.Contains("Resource"))
        {
            report.Error(
                element,
                "value",
                $"It must refer to {string.Join(" or ", allowed)}, and refers to {target}."
            );
        }
    }

    private void Sliced(
        Element parent,
        ElementRule sliced,
        List<Element> found,
        Structure structure,
        Report report
    )
    {
        var rule = Slices.RuleOf(sliced);
        var counts = new int[sliced.Slices.Count];
        var (last, free) = (-1, false);
        foreach (var element in found)
        {
            var slice = sliced.Slices.FindIndex(slice =>
                Slices.Belongs(element, slice, rule.Discriminators, structures, Conforms)
            );
            if (slice < 0)
            {
                free = true;
                if (rule.Rules == "closed" && rule.Discriminators.Count > 0)
                {
                    report.Error(
                        element,
                        "structure",
                        $"It is none of the slices {string.Join(", ", sliced.Slices.Select(one => one.SliceName))}, and {structure.Name ?? structure.Url} allows no other."
                    );
                }
                continue;
            }
            counts[slice]++;
            if (rule.Ordered && slice < last || free && rule.Rules == "openAtEnd")
            {
                report.Error(
                    element,
                    "structure",
                    $"The slice {sliced.Slices[slice].SliceName} stands in the wrong place."
                );
            }
            last = slice;
            Child(element, sliced.Slices[slice], structure, isType: false, report);
        }
        for (var i = 0; i < counts.Length && rule.Discriminators.Count > 0; i++)
        {
            Count(
                parent,
                sliced.Slices[i],
                counts[i],
                report,
                $"{sliced.Name}:{sliced.Slices[i].SliceName}"
            );
        }
    }

    /// <summary>Whether a value of the first type may stand where the second is asked for.</summary>
    private static bool Is(string type, string asked) =>
        type == asked
        || asked is "Resource" or "Element" or "*"
        || Structures.OfType(type) is { Base: { } above }
            && above.EndsWith("/" + asked, StringComparison.Ordinal);
}
