using System.Text.Json;
using System.Text.Json.Serialization;

namespace SharedKernel.Contracts;

/// <summary>Values that are written as text everywhere are text in JSON too.</summary>
public sealed class TextConverter<T> : JsonConverter<T>
    where T : struct, IParsable<T>
{
    public override T Read(ref Utf8JsonReader reader, Type type, JsonSerializerOptions options) =>
        reader.TokenType is JsonTokenType.String
        && T.TryParse(reader.GetString(), null, out var value)
            ? value
            : throw new JsonException($"This is not a {typeof(T).Name}.");

    public override void Write(Utf8JsonWriter writer, T value, JsonSerializerOptions options) =>
        writer.WriteStringValue(value.ToString());
}
