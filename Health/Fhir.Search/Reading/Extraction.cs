using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Values;
using Hl7.Fhir.Model;

namespace Health.Fhir.Search.Reading;

/// <summary>
/// Takes the values of the search parameters from the tape. How each data type becomes a value of each parameter type is the table
/// under https://hl7.org/fhir/R4/search.html#token and its neighbours.
/// </summary>
internal sealed partial class Extraction(BodyTape tape, IndexedResource result)
{
    private readonly int[] firstOfSlot = new int[64];
    private readonly List<PartValue> parts = [];
    private FhirModel model = null!;
    private ReaderOptions options = null!;

    /// <summary>Rows before this belong to others, even when they are of the same parameter.</summary>
    private int floor;

    public void Run(FhirModel ofModel, ReaderOptions withOptions, ReadOnlySpan<ParameterRule> rules)
    {
        (model, options) = (ofModel, withOptions);
        Array.Clear(firstOfSlot);
        for (var child = tape[1].Child; child != 0; child = tape[child].Next)
        {
            ref var first = ref firstOfSlot[tape[child].Element!.Slot];
            first = first == 0 ? child : first;
        }
        foreach (var rule in rules)
        {
            floor = 0;
            foreach (var path in rule.Paths)
            {
                if (path.Steps is [.. var before, { Kind: StepKind.Exists }])
                {
                    EmitExists(rule.Parameter, before[0]);
                }
                else
                {
                    Walk(path, 0, 1, rule.Parameter, rule.Parts);
                }
            }
        }
    }

    /// <summary>Follows the steps from the node; what is left at the end becomes values of the parameter.</summary>
    private void Walk(
        ValuePath path,
        int step,
        int node,
        SearchParameterInfo parameter,
        PartRule[] composite
    )
    {
        for (; step < path.Steps.Length; step++)
        {
            ref readonly var now = ref path.Steps[step];
            switch (now.Kind)
            {
                case StepKind.Child when node == 1 && path.RootSlot >= 0 && step == 0:
                    var after = step + 1;
                    var only = -1;
                    if (
                        after < path.Steps.Length
                        && path.Steps[after] is { Kind: StepKind.Index, Number: var number }
                    )
                    {
                        only = number;
                        after++;
                    }
                    var item = firstOfSlot[path.RootSlot];
                    for (var index = 0; item != 0; index++, item = tape.NextItem(item))
                    {
                        if (only < 0 || only == index)
                        {
                            Walk(path, after, item, parameter, composite);
                        }
                    }
                    return;
                case StepKind.Child:
                    for (var child = tape[node].Child; child != 0; child = tape[child].Next)
                    {
                        if (tape[child].Element!.Name == now.Name)
                        {
                            Walk(path, step + 1, child, parameter, composite);
                        }
                    }
                    return;
                case StepKind.Cast when tape[node].Type.Name != now.Name:
                case StepKind.Where when !HasChild(node, now.Name, now.Value):
                case StepKind.ResolveIs when Target(node).Type != now.Name:
                    return;
            }
        }
        if (composite.Length > 0)
        {
            Combine(parameter, composite, node);
        }
        else
        {
            Emit(parameter, node);
        }
    }

    private bool HasChild(int node, string name, string value)
    {
        for (var child = tape[node].Child; child != 0; child = tape[child].Next)
        {
            if (tape[child].Element!.Name == name && tape.Is(tape[child], value))
            {
                return true;
            }
        }
        return false;
    }

    private void Emit(SearchParameterInfo parameter, int node)
    {
        switch (parameter.Type)
        {
            case SearchParamType.Token:
                EmitToken(parameter, node);
                break;
            case SearchParamType.Reference:
                EmitReference(parameter, node);
                break;
            case SearchParamType.String:
                EmitString(parameter, node);
                break;
            case SearchParamType.Date:
                EmitDate(parameter, node);
                break;
            case SearchParamType.Quantity:
                EmitQuantity(parameter, node);
                break;
            case SearchParamType.Number:
                EmitNumber(parameter, node);
                break;
            case SearchParamType.Uri when tape[node].Type.IsPrimitive:
                AddOnce(result.Uris, new UriIndex(parameter, tape.SharedText(tape[node])));
                break;
        }
    }

    private void EmitExists(SearchParameterInfo parameter, PathStep child)
    {
        var node = 0;
        for (var any = tape[1].Child; any != 0 && node == 0; any = tape[any].Next)
        {
            node = tape[any].Element!.Name == child.Name ? any : 0;
        }
        var holds = node != 0 && tape[node].Kind != NodeKind.False;
        result.Tokens.Add(new TokenIndex(parameter, null, holds ? "true" : "false", null));
    }

    /// <summary>All combinations of the values of the parts. Each part writes its rows as always; they are taken back out.</summary>
    private void Combine(SearchParameterInfo composite, PartRule[] rules, int node)
    {
        Span<int> ends = stackalloc int[rules.Length];
        parts.Clear();
        for (var index = 0; index < rules.Length; index++)
        {
            var rule = rules[index];
            floor = Count(rule.Parameter.Type);
            var before = parts.Count;
            foreach (var path in rule.Paths)
            {
                Walk(path, 0, path.FromResource ? 1 : node, rule.Parameter, []);
            }
            TakeBack(rule.Parameter.Type);
            ends[index] = parts.Count;
            if (parts.Count == before)
            {
                floor = 0;
                return;
            }
        }
        floor = 0;
        Span<int> at = stackalloc int[rules.Length];
        for (var index = 1; index < rules.Length; index++)
        {
            at[index] = ends[index - 1];
        }
        while (true)
        {
            var row = new PartValue[rules.Length];
            for (var index = 0; index < rules.Length; index++)
            {
                row[index] = parts[at[index]];
            }
            result.Composites.Add(new CompositeIndex(composite, row));
            var turn = rules.Length - 1;
            while (turn >= 0 && ++at[turn] == ends[turn])
            {
                at[turn] = turn == 0 ? 0 : ends[turn - 1];
                turn--;
            }
            if (turn < 0)
            {
                return;
            }
        }
    }

    private int Count(SearchParamType type) =>
        type switch
        {
            SearchParamType.Token => result.Tokens.Count,
            SearchParamType.Reference => result.References.Count,
            SearchParamType.String => result.Strings.Count,
            SearchParamType.Date => result.Dates.Count,
            SearchParamType.Quantity => result.Quantities.Count,
            SearchParamType.Number => result.Numbers.Count,
            _ => result.Uris.Count,
        };

    private void TakeBack(SearchParamType type)
    {
        switch (type)
        {
            case SearchParamType.Token:
                foreach (var row in From(result.Tokens))
                {
                    // A text alone cannot be asked for in a composite.
                    if (row.Code is not null || row.System is not null)
                    {
                        parts.Add(
                            default(PartValue) with
                            {
                                System = row.System,
                                Code = row.Code,
                                Text = row.Text,
                            }
                        );
                    }
                }
                result.IdentifierTypes.RemoveAll(row =>
                    row.Parameter == result.Tokens[^1].Parameter
                );
                Cut(result.Tokens);
                break;
            case SearchParamType.Reference:
                foreach (var row in From(result.References))
                {
                    parts.Add(default(PartValue) with { Reference = row });
                }
                Cut(result.References);
                break;
            case SearchParamType.String:
                foreach (var row in From(result.Strings))
                {
                    parts.Add(
                        default(PartValue) with
                        {
                            Text = row.Text,
                            Normalised = row.Normalised,
                        }
                    );
                }
                Cut(result.Strings);
                break;
            case SearchParamType.Date:
                foreach (var row in From(result.Dates))
                {
                    parts.Add(default(PartValue) with { Date = row.Range });
                }
                Cut(result.Dates);
                break;
            case SearchParamType.Quantity:
                foreach (var row in From(result.Quantities))
                {
                    parts.Add(
                        default(PartValue) with
                        {
                            Number = row.Range,
                            System = row.System,
                            Code = row.Code,
                            Text = row.Unit,
                        }
                    );
                }
                Cut(result.Quantities);
                break;
            case SearchParamType.Number:
                foreach (var row in From(result.Numbers))
                {
                    parts.Add(default(PartValue) with { Number = row.Range });
                }
                Cut(result.Numbers);
                break;
            default:
                foreach (var row in From(result.Uris))
                {
                    parts.Add(default(PartValue) with { Code = row.Uri });
                }
                Cut(result.Uris);
                break;
        }
    }

    private ReadOnlySpan<T> From<T>(List<T> rows) =>
        System.Runtime.InteropServices.CollectionsMarshal.AsSpan(rows)[floor..];

    private void Cut<T>(List<T> rows) => rows.RemoveRange(floor, rows.Count - floor);

    /// <summary>A union has no doubles; rows of one parameter lie together at the end.</summary>
    private void AddOnce<T>(List<T> rows, in T row)
        where T : struct, IIndexRow, IEquatable<T>
    {
        for (
            var index = rows.Count - 1;
            index >= floor && ReferenceEquals(rows[index].Parameter, row.Parameter);
            index--
        )
        {
            if (rows[index].Equals(row))
            {
                return;
            }
        }
        rows.Add(row);
    }
}
