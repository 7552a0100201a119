using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Values;

namespace Health.Fhir.Search.Reading;

// https://hl7.org/fhir/R4/search.html#reference
internal sealed partial class Extraction
{
    private void EmitReference(SearchParameterInfo parameter, int node)
    {
        ref var value = ref tape[node];
        switch (value.Type.Kind)
        {
            case DataKind.Reference:
                EmitLiteralOrLogical(parameter, node);
                break;
            case DataKind.Uri or DataKind.Url or DataKind.Canonical:
                var text =
                    value.Child > 0 ? result.LinkText(value.Child - 1) : tape.SharedText(value);
                var bar = text.IndexOf('|');
                AddReference(
                    parameter,
                    new(
                        ReferenceKind.Canonical,
                        null,
                        null,
                        bar < 0 ? null : text[(bar + 1)..],
                        bar < 0 ? text : text[..bar]
                    ),
                    null,
                    null,
                    value.Child - 1
                );
                break;
            // Bundle.entry[0].resource: the first resource of a document or message.
            case DataKind.Resource
                when parameter.Targets.Contains(value.Type.Name)
                    && tape.Find(node, value.Type.Slot("id")) is > 0 and var id:
                AddReference(
                    parameter,
                    new(ReferenceKind.Local, value.Type.Name, tape.Text(tape[id]), null, null),
                    null,
                    null,
                    -1
                );
                break;
        }
    }

    private void EmitLiteralOrLogical(SearchParameterInfo parameter, int node)
    {
        var identifier = tape.Find(node, Slots.ReferenceIdentifier);
        string? system = null;
        string? number = null;
        if (identifier != 0)
        {
            if (tape.Find(identifier, Slots.IdentifierSystem) is > 0 and var systemAt)
            {
                system = tape.SharedText(tape[systemAt]);
            }
            if (tape.Find(identifier, Slots.IdentifierValue) is > 0 and var valueAt)
            {
                number = tape.Text(tape[valueAt]);
            }
        }
        var literal = tape.Find(node, Slots.ReferenceReference);
        if (literal != 0 || system is not null || number is not null)
        {
            AddReference(
                parameter,
                Target(node),
                system,
                number,
                literal == 0 ? -1 : tape[literal].Child - 1
            );
        }
    }

    private void AddReference(
        SearchParameterInfo parameter,
        ReferenceText target,
        string? system,
        string? value,
        int link
    ) =>
        AddOnce(
            result.References,
            new ReferenceIndex(
                parameter,
                target.Kind,
                target.Type,
                target.Id,
                target.Version,
                target.Url,
                system,
                value,
                link
            )
        );

    /// <summary>What a Reference points to, by its text; by its type where the text does not say.</summary>
    private ReferenceText Target(int node)
    {
        if (tape[node].Type.Kind != DataKind.Reference)
        {
            return default;
        }
        var literal = tape.Find(node, Slots.ReferenceReference);
        var target =
            literal == 0
                ? new ReferenceText(ReferenceKind.Logical, null, null, null, null)
                : result.Target(tape[literal].Child - 1, model, options.BaseUrls);
        if (target.Kind == ReferenceKind.Contained)
        {
            return target with { Type = TypeOfContained(target.Id!) };
        }
        if (target.Type is null && tape.Find(node, Slots.ReferenceType) is > 0 and var type)
        {
            return target with { Type = model.FindResourceType(tape.Text(tape[type])) };
        }
        return target;
    }

    private string? TypeOfContained(string id)
    {
        // "#" alone is the resource itself.
        if (id.Length == 0)
        {
            return tape[1].Type.Name;
        }
        for (var child = tape[1].Child; child != 0; child = tape[child].Next)
        {
            if (
                tape[child].Element!.Name == "contained"
                && tape.Find(child, tape[child].Type.Slot("id")) is > 0 and var found
                && tape.Is(tape[found], id)
            )
            {
                return tape[child].Type.Name;
            }
        }
        return null;
    }
}
