using System.Diagnostics;
using System.Globalization;

namespace Benchmarks;

/// <summary>
/// Processor time of one process, and of the PostgreSQL backends that serve its database on this machine, from /proc. Wall time
/// says little on a shared machine. What PostgreSQL's writers and checkpointer do in the background is not counted.
/// </summary>
/// <param name="database">Name of the PostgreSQL database; null for none.</param>
internal sealed class CpuClock(Process process, string? database)
{
    // What a backend that has ended used is kept as it was last seen.
    private readonly Dictionary<string, double> backends = [];
    private double own;
    private double server;

    public void Restart() => (own, server) = Now();

    /// <summary>Milliseconds since <see cref="Restart"/>.</summary>
    public (double Own, double Database) Elapsed()
    {
        var (ownNow, serverNow) = Now();
        return (ownNow - own, serverNow - server);
    }

    private (double Own, double Server) Now()
    {
        process.Refresh();
        if (database is not null)
        {
            foreach (var folder in Directory.EnumerateDirectories("/proc"))
            {
                if (char.IsAsciiDigit(Path.GetFileName(folder)[0]))
                {
                    Look(folder);
                }
            }
        }
        return (process.TotalProcessorTime.TotalMilliseconds, backends.Values.Sum());
    }

    private void Look(string folder)
    {
        try
        {
            var command = File.ReadAllText(folder + "/cmdline");
            if (
                command.StartsWith("postgres: ", StringComparison.Ordinal)
                && command.Contains($" {database} ", StringComparison.Ordinal)
            )
            {
                // After the name in brackets, utime and stime are fields 12 and 13, in hundredths of a second.
                var stat = File.ReadAllText(folder + "/stat");
                var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
                backends[folder + fields[19]] =
                    10.0
                    * (
                        long.Parse(fields[11], CultureInfo.InvariantCulture)
                        + long.Parse(fields[12], CultureInfo.InvariantCulture)
                    );
            }
        }
        catch (IOException)
        {
            // It ended meanwhile.
        }
    }
}
