using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;

namespace Benchmarks;

/// <summary>
/// Synthea's bundles as NDJSON, over and over until there are as many resources as wanted; each copy has ids of its own. A bundle
/// is read once: a copy changes the first four digits of every UUID, which is where the bytes differ and nowhere else.
/// </summary>
internal static class SyntheaLines
{
    private const int Digits = 4;

    /// <param name="from">Number of the first copy: files that do not overlap hold different resources.</param>
    /// <returns>Resources and bytes written; at least one copy, and whole copies only.</returns>
    public static (int Resources, long Bytes) Write(string path, int wanted, int from = 0)
    {
        var (text, places, count) = Template();
        using var output = File.Create(path);
        var resources = 0;
        for (var copy = from; resources == 0 || resources < wanted; copy++)
        {
            var digits = Encoding.ASCII.GetBytes(copy.ToString("x4", CultureInfo.InvariantCulture));
            foreach (var place in places)
            {
                digits.CopyTo(text, place);
            }
            output.Write(text);
            resources += count;
        }
        return (resources, output.Length);
    }

    /// <summary>One copy as bytes, and where in it the UUIDs begin.</summary>
    private static (byte[] Text, List<int> Places, int Resources) Template()
    {
        using var lines = new MemoryStream();
        var places = new List<int>();
        // An Organization stands in the bundle of each of its patients.
        var seen = new HashSet<string>();
        foreach (var file in BenchmarkData.Bundles())
        {
            var entries = JsonNode.Parse(File.ReadAllBytes(file))!["entry"]!.AsArray();
            var links = entries.ToDictionary(
                entry => (string)entry!["fullUrl"]!,
                entry => (Type: Text(entry!, "resourceType"), Id: Text(entry!, "id"))
            );
            foreach (var entry in entries)
            {
                if (!seen.Add($"{Text(entry!, "resourceType")}/{Text(entry!, "id")}"))
                {
                    continue;
                }
                var line = entry!["resource"]!.ToJsonString();
                foreach (var (from, (type, id)) in links)
                {
                    line = line.Replace(
                        $"\"{from}\"",
                        $"\"{type}/{id}\"",
                        StringComparison.Ordinal
                    );
                }
                var bytes = Encoding.UTF8.GetBytes(line + "\n");
                foreach (var id in links.Values.Select(link => link.Id).Distinct())
                {
                    var (uuid, from) = (Encoding.ASCII.GetBytes(id), 0);
                    while (bytes.AsSpan(from).IndexOf(uuid) is >= 0 and var at)
                    {
                        places.Add((int)lines.Length + from + at);
                        from += at + Digits;
                    }
                }
                lines.Write(bytes);
            }
        }
        return (lines.ToArray(), places, seen.Count);
    }

    private static string Text(JsonNode entry, string name) => (string)entry["resource"]![name]!;
}
