using System.Diagnostics.CodeAnalysis;
using System.Text.Json.Serialization;

namespace SharedKernel.Contracts;

/// <summary>
/// The one key that both sectors share for a person: a UUIDv7 made by the kernel, never the state's number, so that a
/// re-issued or corrected personal ID moves no record. A person's FHIR Patient carries it as its id.
/// </summary>
[JsonConverter(typeof(TextConverter<CitizenId>))]
public readonly record struct CitizenId(Guid Value) : ISpanParsable<CitizenId>
{
    public static CitizenId New() => new(Guid.CreateVersion7());

    public static CitizenId Parse(string s, IFormatProvider? provider = null) =>
        new(Guid.Parse(s, provider));

    public static CitizenId Parse(ReadOnlySpan<char> s, IFormatProvider? provider = null) =>
        new(Guid.Parse(s, provider));

    public static bool TryParse(
        [NotNullWhen(true)] string? s,
        IFormatProvider? provider,
        out CitizenId result
    ) => TryParse(s.AsSpan(), provider, out result);

    public static bool TryParse(
        ReadOnlySpan<char> s,
        IFormatProvider? provider,
        out CitizenId result
    )
    {
        var parsed = Guid.TryParse(s, provider, out var value);
        result = new(value);
        return parsed;
    }

    /// <summary>Lower-case hyphenated form, which is also a valid FHIR id.</summary>
    public override string ToString() => Value.ToString("D");
}
