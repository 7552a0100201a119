using SharedKernel.Modules;
using SharedKernel.Persistence;

namespace Interop.Host;

/// <param name="Open">No sign-in; every caller is an administrator.</param>
/// <param name="Demo">Demo accounts exist, and the demo world is loaded on first start.</param>
public sealed record HostOptions(
    IReadOnlySet<Part> Parts,
    DatabaseOptions Database,
    string Urls,
    bool Open = false,
    bool Demo = false
)
{
    /// <summary>Of FHIR resources; null leaves what the configuration says (<c>Fhir:Reader:Input</c>).</summary>
    public InputMode? Input { get; init; }

    /// <summary>Settings that win over files and the environment, for tests.</summary>
    public IReadOnlyDictionary<string, string?> Settings { get; init; } =
        new Dictionary<string, string?>();

    /// <summary>Where files beside the databases live: keys, exports. The SQLite folder, else <c>data</c>.</summary>
    public string DataFolder { get; init; } =
        Database.Provider is DatabaseProvider.Sqlite ? Database.Connection : "data";
}

public enum InputMode
{
    Strict,
    Lenient,
}
