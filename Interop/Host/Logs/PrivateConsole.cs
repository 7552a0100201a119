using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Logging.Console;

namespace Interop.Host.Logs;

/// <summary>
/// One line of JSON for each log entry, as the framework's own formatter writes it, without what a log must not hold at any level:
/// see <see cref="Unspeakable"/>.
/// </summary>
internal sealed class PrivateConsole(TimeProvider clock) : ConsoleFormatter(Name)
{
    public new const string Name = "private-json";

    public override void Write<TState>(
        in LogEntry<TState> entry,
        IExternalScopeProvider? scopeProvider,
        TextWriter textWriter
    )
    {
        var line = new MemoryStream();
        using (var json = new Utf8JsonWriter(line))
        {
            json.WriteStartObject();
            json.WriteString(
                "Timestamp",
                clock.GetUtcNow().ToString("yyyy-MM-ddTHH:mm:ss.fffZ", CultureInfo.InvariantCulture)
            );
            json.WriteNumber("EventId", entry.EventId.Id);
            json.WriteString("LogLevel", entry.LogLevel.ToString());
            json.WriteString("Category", entry.Category);
            json.WriteString(
                "Message",
                Unspeakable.Hide(entry.Formatter(entry.State, entry.Exception))
            );
            if (entry.Exception is { } exception)
            {
                json.WriteString("Exception", Unspeakable.Hide(exception.ToString()));
            }
            if (entry.State is IReadOnlyCollection<KeyValuePair<string, object?>> state)
            {
                json.WriteStartObject("State");
                foreach (var (name, value) in state)
                {
                    var text = Convert.ToString(value, CultureInfo.InvariantCulture);
                    json.WriteString(name, text is null ? null : Unspeakable.Hide(text));
                }
                json.WriteEndObject();
            }
            json.WriteEndObject();
        }
        textWriter.WriteLine(
            System.Text.Encoding.UTF8.GetString(line.GetBuffer().AsSpan(0, (int)line.Length))
        );
    }
}
