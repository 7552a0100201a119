using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Hl7.Fhir.Model;
using Hl7.Fhir.Utility;

namespace Health.Fhir.Search.Definitions;

/// <summary>
/// From a SearchParameter resource to what a store can index, one for each type it is for.
/// https://hl7.org/fhir/R4/searchparameter.html
/// </summary>
public sealed class SearchParameterReader(FhirModel model)
{
    private static int ordinals;

    private readonly Dictionary<string, SearchParameterInfo> known = [];

    /// <param name="isReady">By the name that its values are kept under.</param>
    public CustomDefinition Read(string id, ReadOnlyMemory<byte> body, Func<string, bool> isReady)
    {
        using var json = JsonDocument.Parse(body);
        var root = json.RootElement;
        var (url, code, status) = (Text(root, "url"), Text(root, "code"), Text(root, "status"));
        var definition = new CustomDefinition(id, url, code);
        if (status != "active")
        {
            return definition with
            {
                Refusal = $"Its status is {status}; only what is active is indexed.",
            };
        }
        if (
            EnumUtility.ParseLiteral<SearchParamType>(Text(root, "type")) is not { } type
            || type is SearchParamType.Special or SearchParamType.Composite
        )
        {
            return definition with
            {
                Refusal = $"Parameters of the type {Text(root, "type")} can only be R4's own.",
            };
        }
        if (Text(root, "expression") is not { Length: > 0 } expression)
        {
            return definition with { Refusal = "It has no expression to find values by." };
        }
        var targets = Texts(root, "target").Where(model.IsResourceType).ToList();
        var parameters = new List<SearchParameterInfo>();
        foreach (var resourceType in Texts(root, "base").SelectMany(TypesOf).Distinct())
        {
            if (
                model
                    .ParametersOf(resourceType)
                    .Any(own => own.Code == code && own.StoredAs is null)
            )
            {
                return definition with
                {
                    Refusal = $"{resourceType} has a parameter {code} in R4 itself, which stays.",
                };
            }
            if (Arms(expression, resourceType) is not { Length: > 0 } arms)
            {
                continue;
            }
            if (
                ValuePath
                    .Split(arms, '|')
                    .Find(arm => !ValuePath.TryCompile(arm, resourceType, out _)) is
                { } wrong
            )
            {
                return definition with
                {
                    Refusal =
                        $"'{wrong}' is not of the form that is indexed here: a path from {resourceType} with as(), ofType(), where(name='text'), where(resolve() is Type), extension('url') and [0].",
                };
            }
            parameters.Add(Info(resourceType, code, url, type, arms, targets, isReady));
        }
        return parameters.Count > 0
            ? definition with
            {
                Parameters = parameters,
            }
            : definition with
            {
                Refusal =
                    $"'{expression}' begins at none of {string.Join(", ", Texts(root, "base"))}.",
            };
    }

    private SearchParameterInfo Info(
        string resourceType,
        string code,
        string url,
        SearchParamType type,
        string expression,
        List<string> targets,
        Func<string, bool> isReady
    )
    {
        // What is found by another path, or compared in another way, is another index.
        var hash = SHA256.HashData(
            Encoding.UTF8.GetBytes($"{type}|{expression}|{string.Join(',', targets)}")
        );
        var name = $"{resourceType}.{code}@{Convert.ToHexStringLower(hash.AsSpan(0, 6))}";
        var ready = isReady(name);
        if (!known.TryGetValue(name, out var info) || info.IsReady != ready)
        {
            known[name] = info = new SearchParameterInfo(
                info?.Ordinal ?? model.Parameters.Count + Interlocked.Increment(ref ordinals),
                resourceType,
                code,
                url,
                type,
                expression,
                type == SearchParamType.Reference ? targets : []
            )
            {
                StoredAs = name,
                IsReady = ready,
            };
        }
        return info;
    }

    private IEnumerable<string> TypesOf(string name) =>
        name is "Resource" or "DomainResource" ? model.ResourceTypes
        : model.IsResourceType(name) ? [name]
        : [];

    /// <summary>The arms of a union that begin at the type, or at what all resources are.</summary>
    private static string Arms(string expression, string type) =>
        string.Join(
            " | ",
            ValuePath
                .Split(expression, '|')
                .Select(arm =>
                {
                    var start = arm.TakeWhile(letter => letter is '(' or ' ').Count();
                    var root = new string([
                        .. arm.Skip(start).TakeWhile(char.IsAsciiLetterOrDigit),
                    ]);
                    return root == type ? arm
                        : root is "Resource" or "DomainResource"
                            ? arm[..start] + type + arm[(start + root.Length)..]
                        : null;
                })
                .OfType<string>()
        );

    private static string Text(JsonElement json, string name) =>
        json.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";

    private static IEnumerable<string> Texts(JsonElement json, string name) =>
        json.TryGetProperty(name, out var list)
            ? list.EnumerateArray().Select(item => item.GetString() ?? "")
            : [];
}

/// <summary>What became of a stored SearchParameter.</summary>
/// <param name="Id">Of the resource.</param>
public sealed record CustomDefinition(string Id, string Url, string Code)
{
    /// <summary>Why nothing is indexed by it; null when it is.</summary>
    public string? Refusal { get; init; }

    public IReadOnlyList<SearchParameterInfo> Parameters { get; init; } = [];
}
