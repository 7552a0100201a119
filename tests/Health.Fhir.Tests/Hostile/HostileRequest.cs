using System.Text;

namespace Health.Fhir.Tests.Hostile;

/// <summary>One request as it goes over the wire. Text is written as Latin-1, so that a char is a byte.</summary>
public sealed record HostileRequest(
    string Method,
    string Target,
    IReadOnlyList<(string Name, string Value)> Headers,
    byte[]? Body
)
{
    public byte[] ToBytes()
    {
        var head = new StringBuilder($"{Method} {Target} HTTP/1.1\r\nHost: 127.0.0.1\r\n");
        foreach (var (name, value) in Headers)
        {
            head.Append(name).Append(": ").Append(value).Append("\r\n");
        }
        if (Body is not null)
        {
            head.Append("Content-Length: ").Append(Body.Length).Append("\r\n");
        }
        head.Append("\r\n");
        return [.. Encoding.Latin1.GetBytes(head.ToString()), .. Body ?? []];
    }

    public override string ToString()
    {
        var body = Body is null ? "" : Encoding.UTF8.GetString(Body, 0, Math.Min(Body.Length, 400));
        var headers = string.Join(", ", Headers.Select(h => $"{h.Name}: {h.Value}"));
        return $"{Method} {(Target.Length > 300 ? Target[..300] + "…" : Target)} [{headers}] {body}";
    }
}
