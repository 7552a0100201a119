using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Values;
using Hl7.Fhir.Model;

namespace Health.Fhir.Search.Queries;

/// <summary>One name and value of a query as a clause: modifiers, chains, <c>_has</c>.</summary>
internal sealed class ClauseParser(FhirModel model, SearchLimits limits, ValueParser values)
{
    /// <param name="types">What is searched; empty for all types.</param>
    /// <param name="depth">Of chains so far.</param>
    public SearchClause Parse(IReadOnlyList<string> types, string name, string value, int depth)
    {
        var link = Link(name);
        if (types.Count > 1 && !name.StartsWith('_') && !SharedByAll(types, link))
        {
            return OfEach(types, name, value, depth);
        }
        if (name.StartsWith("_has:", StringComparison.Ordinal))
        {
            return Has(types, name, value, depth);
        }
        if (link.Length < name.Length && name[link.Length] == '.')
        {
            var rest = name[(link.Length + 1)..];
            return Chain(
                types,
                link,
                NameOf(rest),
                depth,
                target => Parse([target], rest, value, depth + 1)
            );
        }
        var colon = name.IndexOf(':');
        var code = colon < 0 ? name : name[..colon];
        var modifier = colon < 0 ? null : name[(colon + 1)..];
        return code switch
        {
            "_list" when modifier is null => new ListClause([
                .. ValueParser.Split(value, ',').Select(ListId),
            ]),
            "_text" or "_content" when modifier is null => FullText(code, value),
            "_text" or "_content" when modifier is not "missing" => throw new WrongParameter(
                $"{code} takes words, without :{modifier}."
            ),
            "_filter" when modifier is null => new FilterParser(this, limits, types, value).Parse(),
            "_query" => throw new WrongParameter("Named queries are not supported."),
            "_id" when modifier is null or "not" => Negated(
                modifier,
                new IdClause([.. ValueParser.Split(value, ',').Select(ValueParser.Unescape)])
            ),
            "_lastUpdated" when modifier is null => new LastUpdatedClause([
                .. ValueParser.Split(value, ',').Select(values.Date),
            ]),
            "_id" or "_lastUpdated" when modifier is not "missing" => throw new WrongParameter(
                $"{code} is not taken with :{modifier}."
            ),
            _ => Values(Find(types, code), modifier, value),
        };
    }

    /// <summary>The name up to the first point, which a chain goes on after.</summary>
    private static string Link(string name) =>
        name.StartsWith("_has:", StringComparison.Ordinal)
        || name.IndexOf('.') is not (> 0 and var dot)
            ? name
            : name[..dot];

    private static string NameOf(string path) =>
        new([.. path.TakeWhile(letter => letter is not ('.' or ':' or '['))]);

    private bool SharedByAll(IReadOnlyList<string> types, string link)
    {
        var first = model.Find(types[0], NameOf(link));
        return types.All(type => model.Find(type, NameOf(link)) == first);
    }

    /// <summary><c>_type=Observation,Condition&amp;patient=…</c>: what all of these types have under one name, each by its own definition. https://hl7.org/fhir/R4/search.html#searching</summary>
    private SearchClause OfEach(IReadOnlyList<string> types, string name, string value, int depth)
    {
        var each = types.Select(type => Parse([type], name, value, depth)).ToList();
        return each[0] is NotClause or MissingClause { Missing: true }
            ? new AndClause(each)
            : new OrClause(each);
    }

    /// <summary>All of the words, in any order: https://hl7.org/fhir/R4/search.html#text</summary>
    private SearchClause FullText(string code, string value)
    {
        var parameter = model.Find(null, code)!;
        var any = ValueParser
            .Split(value, ',')
            .Select(text => SearchText.Words(ValueParser.Unescape(text)).Distinct().ToList())
            .ToList();
        if (any.Exists(words => words.Count is 0 || words.Count > limits.ValuesPerParameter))
        {
            throw new WrongParameter($"'{value}' has no word to look for.");
        }
        var clauses = any.ConvertAll(
            SearchClause (words) =>
                new AndClause([
                    .. words.Select(word => new ValueClause(
                        parameter,
                        SearchModifier.None,
                        [new TokenTest(null, word)]
                    )),
                ])
        );
        return clauses is [var single] ? single : new OrClause(clauses);
    }

    private static string ListId(string text)
    {
        var id = text.StartsWith("List/", StringComparison.Ordinal) ? text[5..] : text;
        return !id.StartsWith('$')
            ? id
            : throw new WrongParameter(
                $"The functional list {id} is not kept here; name a List by its id."
            );
    }

    /// <summary>The parameter of the type, or of each of the types; else an error that lists what there is.</summary>
    public SearchParameterInfo Find(IReadOnlyList<string> types, string code)
    {
        foreach (var type in types)
        {
            if (model.Find(type, code) is null)
            {
                throw new WrongParameter(
                    $"{type} has no search parameter '{code}'. It has {string.Join(", ", model.ParametersOf(type).Select(parameter => parameter.Code).Order(StringComparer.Ordinal))}."
                );
            }
        }
        if (
            types.Select(type => model.Find(type, code)!).FirstOrDefault(known => !known.IsReady) is
            { } making
        )
        {
            throw new WrongParameter(
                $"{making.ResourceType}.{code} is still being indexed; SearchParameter/$status tells how far."
            );
        }
        // Of several types only those that mean the same can be asked in one clause; the shared ones do.
        var found = model.Find(types.Count == 0 ? null : types[0], code);
        return found is not null && types.Skip(1).All(type => model.Find(type, code) == found)
            ? found
            : throw new WrongParameter(
                $"A search of all types takes only the parameters that all resources share: {string.Join(", ", model.ParametersOf("Basic").Where(parameter => parameter.ResourceType == "Resource").Select(parameter => parameter.Code))}; name the types with _type."
            );
    }

    public void CheckType(string type)
    {
        if (!model.IsResourceType(type))
        {
            throw new WrongParameter($"'{type}' is not a resource type of FHIR R4.");
        }
    }

    private SearchClause Values(SearchParameterInfo parameter, string? modifier, string value)
    {
        if (modifier == "missing")
        {
            return value is "true" or "false"
                ? new MissingClause(parameter, value == "true")
                : throw new WrongParameter($"'{value}' is neither true nor false.");
        }
        var single = ValueParser.Split(value, ',');
        if (single.Count > limits.ValuesPerParameter)
        {
            throw new WrongParameter(
                $"It may have {limits.ValuesPerParameter} values, this has {single.Count}.",
                isLimit: true
            );
        }
        var targets = parameter.Targets;
        if (
            parameter.Type == SearchParamType.Reference
            && modifier is not null
            && model.IsResourceType(modifier)
        )
        {
            if (targets.Count > 0 && !targets.Contains(modifier))
            {
                throw new WrongParameter(
                    $"{parameter.Code} never refers to {modifier}, only to {string.Join(", ", targets)}."
                );
            }
            return new ValueClause(
                parameter,
                SearchModifier.None,
                [.. single.Select(text => values.Reference(parameter, text, modifier))]
            );
        }
        var known = Modifier(parameter, modifier);
        var clause = new ValueClause(
            parameter,
            known,
            [.. single.Select(text => values.Parse(parameter, known, text))]
        );
        return Negated(modifier, clause);
    }

    private static SearchClause Negated(string? modifier, SearchClause clause) =>
        modifier == "not" ? new NotClause(clause) : clause;

    /// <summary>https://hl7.org/fhir/R4/search.html#modifiers</summary>
    private static SearchModifier Modifier(SearchParameterInfo parameter, string? modifier)
    {
        if (modifier is null)
        {
            return SearchModifier.None;
        }
        (string Name, SearchModifier Modifier)[] allowed = parameter.Type switch
        {
            SearchParamType.String =>
            [
                ("exact", SearchModifier.Exact),
                ("contains", SearchModifier.Contains),
            ],
            SearchParamType.Token =>
            [
                ("text", SearchModifier.Text),
                ("not", SearchModifier.None),
                ("in", SearchModifier.In),
                ("not-in", SearchModifier.NotIn),
                ("above", SearchModifier.Above),
                ("below", SearchModifier.Below),
                ("of-type", SearchModifier.OfType),
            ],
            SearchParamType.Reference =>
            [
                ("identifier", SearchModifier.Identifier),
                ("above", SearchModifier.Above),
                ("below", SearchModifier.Below),
            ],
            SearchParamType.Uri =>
            [
                ("above", SearchModifier.Above),
                ("below", SearchModifier.Below),
            ],
            _ => [],
        };
        foreach (var (name, known) in allowed)
        {
            if (name == modifier)
            {
                return known;
            }
        }
        var names = allowed.Select(entry => ":" + entry.Name).Append(":missing");
        var types = parameter.Type == SearchParamType.Reference ? " and a resource type" : "";
        throw new WrongParameter(
            $"{parameter.Code} does not take :{modifier}; it takes {string.Join(", ", names)}{types}."
        );
    }

    /// <summary><c>subject:Patient.name</c>: https://hl7.org/fhir/R4/search.html#chaining</summary>
    /// <param name="next">The parameter that follows; of a reference to several types only those that have it are meant.</param>
    /// <param name="parse">The condition on a target of this type.</param>
    public ChainClause Chain(
        IReadOnlyList<string> types,
        string link,
        string next,
        int depth,
        Func<string, SearchClause> parse
    )
    {
        CheckDepth(depth);
        var colon = link.IndexOf(':');
        var reference = Reference(types, colon < 0 ? link : link[..colon]);
        IReadOnlyList<string> targets =
            reference.Targets.Count > 0 ? reference.Targets : model.ResourceTypes;
        if (colon >= 0)
        {
            var target = link[(colon + 1)..];
            CheckType(target);
            return targets.Contains(target)
                ? new ChainClause(reference, [new ChainTarget(target, parse(target))])
                : throw new WrongParameter(
                    $"{reference.Code} never refers to {target}, only to {string.Join(", ", targets)}."
                );
        }
        var having = targets.Where(target =>
            next is "_has" or "_filter" || model.Find(target, next) is not null || next is "_list"
        );
        var found = new List<ChainTarget>();
        WrongParameter? reason = null;
        foreach (var target in having)
        {
            try
            {
                found.Add(new ChainTarget(target, parse(target)));
            }
            catch (WrongParameter wrong) when (!wrong.IsLimit)
            {
                reason ??= wrong;
            }
        }
        return found.Count > 0
            ? new ChainClause(reference, found)
            : throw reason
                ?? new WrongParameter(
                    $"None of {string.Join(", ", targets.Take(20))} has a search parameter '{next}'."
                );
    }

    /// <summary><c>_has:Observation:patient:code</c>: https://hl7.org/fhir/R4/search.html#has</summary>
    private HasClause Has(IReadOnlyList<string> types, string name, string value, int depth)
    {
        CheckDepth(depth);
        if (name.Split(':', 4) is not [_, var source, var link, var rest])
        {
            throw new WrongParameter("_has is written _has:Type:reference:parameter=value.");
        }
        CheckType(source);
        var reference = Reference([source], link);
        if (
            reference.Targets.Count > 0
            && types.Count > 0
            && !types.Any(type => reference.Targets.Contains(type))
        )
        {
            throw new WrongParameter(
                $"{source}.{link} never refers to {string.Join(", ", types)}, only to {string.Join(", ", reference.Targets)}."
            );
        }
        return new HasClause(source, reference, Parse([source], rest, value, depth + 1));
    }

    private SearchParameterInfo Reference(IReadOnlyList<string> types, string code)
    {
        var parameter = Find(types, code);
        return parameter.Type == SearchParamType.Reference
            ? parameter
            : throw new WrongParameter(
                $"{code} is {parameter.Type.ToString().ToLowerInvariant()}, not a reference; only references can be followed."
            );
    }

    private void CheckDepth(int depth)
    {
        if (depth == limits.ChainDepth)
        {
            throw new WrongParameter(
                $"A chain may follow {limits.ChainDepth} references.",
                isLimit: true
            );
        }
    }
}
