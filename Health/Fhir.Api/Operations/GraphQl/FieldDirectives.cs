using GraphQLParser.AST;

namespace Health.Fhir.Api.Operations.GraphQl;

/// <summary>
/// How a field's values are laid out (https://hl7.org/fhir/R4/graphql.html#directives): <c>@flatten</c> lifts its sub-fields into the
/// object around it, where they are lists unless <c>@singleton</c>; <c>@first</c> takes the first value; <c>@slice(path:)</c> puts each
/// value under a name of its own.
/// </summary>
/// <param name="SlicePath">FHIRPath of what the name is made of, or <c>$index</c>.</param>
internal sealed record FieldDirectives(bool Flatten, bool Singleton, bool First, string? SlicePath)
{
    public static FieldDirectives Of(QueryDocument query, GraphQLDirectives? directives)
    {
        var read = new FieldDirectives(false, false, false, null);
        foreach (var directive in directives?.Items ?? [])
        {
            read = directive.Name.StringValue switch
            {
                "flatten" => read with { Flatten = true },
                "singleton" => read with { Singleton = true },
                "first" => read with { First = true },
                "slice" => read with
                {
                    SlicePath =
                        query.Arguments(directive.Arguments).GetValueOrDefault("path")
                        ?? throw new QueryFault("@slice needs a path."),
                },
                "skip" or "include" => read,
                var unknown => throw new QueryFault($"There is no directive @{unknown}."),
            };
        }
        return read;
    }
}
