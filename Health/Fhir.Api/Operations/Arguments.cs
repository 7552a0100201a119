using System.Globalization;
using System.Text.Json;
using Health.Fhir.Api.Formats;
using Hl7.Fhir.Model;

namespace Health.Fhir.Api.Operations;

/// <summary>
/// What an operation was called with: names, number and types are those of its definition, and every value is well-formed. An argument
/// that was not given is null, or an empty list.
/// </summary>
public sealed class Arguments
{
    private readonly IReadOnlyList<Argument> all;

    internal Arguments(IReadOnlyList<Argument> all) => this.all = all;

    /// <summary>What is no parameter of the operation but a search, where it takes one; in the order given.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Search { get; private init; } = [];

    /// <summary>From the query of the address and the body.</summary>
    /// <exception cref="FhirRefusal">400: each argument that is unknown, missing, too many or wrong, by its name.</exception>
    public static Arguments Of(Operation operation, FhirRequest request)
    {
        var reader = new ArgumentReader(operation, request);
        return new(reader.Read()) { Search = reader.Search };
    }

    public bool Has(string name) => all.Any(argument => argument.Name == name);

    /// <summary>A primitive as it is written; the first, when it may repeat.</summary>
    public string? Text(string name) => Texts(name).FirstOrDefault();

    public IReadOnlyList<string> Texts(string name) =>
        [
            .. all.Where(argument => argument.Name == name)
                .Select(argument =>
                    argument.Value.ValueKind is JsonValueKind.String
                        ? argument.Value.GetString()!
                        : argument.Value.GetRawText()
                ),
        ];

    /// <summary>Of one that may repeat and takes several values between commas as well, such as <c>_type</c>.</summary>
    public IReadOnlyList<string> List(string name) =>
        [
            .. Texts(name)
                .SelectMany(text =>
                    text.Split(
                        ',',
                        StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries
                    )
                ),
        ];

    public bool? Flag(string name) => Text(name) is { } text ? text == "true" : null;

    public int? Number(string name) =>
        Text(name) is { } text ? int.Parse(text, CultureInfo.InvariantCulture) : null;

    public decimal? Decimal(string name) =>
        Text(name) is { } text
            ? decimal.Parse(text, NumberStyles.Float, CultureInfo.InvariantCulture)
            : null;

    /// <summary>Of an <c>instant</c>.</summary>
    public DateTimeOffset? Instant(string name) =>
        Text(name) is { } text ? DateTimeOffset.Parse(text, CultureInfo.InvariantCulture) : null;

    /// <summary>The value as JSON.</summary>
    public string? Json(string name) =>
        all.FirstOrDefault(argument => argument.Name == name)?.Value.GetRawText();

    /// <summary>A complex data type, as Firely's model has it.</summary>
    public T? Value<T>(string name)
        where T : DataType => Values<T>(name).FirstOrDefault();

    public IReadOnlyList<T> Values<T>(string name)
        where T : DataType =>
        [
            .. all.Where(argument => argument.Name == name)
                .Select(argument => FhirJson.Value(argument.Value, argument.Type))
                .OfType<T>(),
        ];

    /// <summary>UTF-8 JSON as it came, its inside not yet checked.</summary>
    public ReadOnlyMemory<byte>? Resource(string name) =>
        // A bare null would become an empty memory.
        Resources(name) is [var first, ..]
            ? first
            : (ReadOnlyMemory<byte>?)null;

    public IReadOnlyList<ReadOnlyMemory<byte>> Resources(string name) =>
        [
            .. all.Where(argument => argument.Name == name && !argument.Resource.IsEmpty)
                .Select(argument => argument.Resource),
        ];

    /// <summary>Of one that has parts: the parts of each time that it was given.</summary>
    public IReadOnlyList<Arguments> Parts(string name) =>
        [
            .. all.Where(argument => argument.Name == name)
                .Select(argument => new Arguments(argument.Parts)),
        ];
}

/// <param name="Type">The data type that it was given as, such as <c>Coding</c>.</param>
internal sealed record Argument(string Name, string Type, JsonElement Value)
{
    public ReadOnlyMemory<byte> Resource { get; init; }

    public IReadOnlyList<Argument> Parts { get; init; } = [];
}
