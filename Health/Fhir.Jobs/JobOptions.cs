using Microsoft.Extensions.Configuration;

namespace Health.Fhir.Jobs;

/// <summary>Section <c>fhir:jobs</c> of the configuration.</summary>
public sealed class JobOptions
{
    /// <summary>Where the files of jobs lie; <c>jobs</c> below the data folder unless set. Several hosts need one they share.</summary>
    public string? Folder { get; init; }

    /// <summary>Jobs that this host runs at once.</summary>
    public int AtOnce { get; init; } = 2;

    /// <summary>Jobs that one caller may have waiting or running: one more is refused with 429.</summary>
    public int PerOwner { get; init; } = 5;

    /// <summary>A job whose process died this often is given up.</summary>
    public int Attempts { get; init; } = 5;

    /// <summary>How long a host that does not answer keeps its job.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>How long results can be fetched.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromHours(24);

    /// <summary>How often a host looks for jobs that others have left; its own start at once.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Bytes after which an export begins another file.</summary>
    public long FileBytes { get; init; } = 128 * 1024 * 1024;

    /// <summary>Bytes of resources that an export holds in memory at once, about.</summary>
    public int PageBytes { get; init; } = 8 * 1024 * 1024;

    /// <summary>Bytes after which an export writes down how far it is.</summary>
    public long CheckpointBytes { get; init; } = 16 * 1024 * 1024;

    /// <summary>Folder of this machine that <c>$import</c> may read (<c>file:</c>); none unless set.</summary>
    public string? ImportFolder { get; init; }

    /// <summary>Hosts (<c>name</c> or <c>name:port</c>) that <c>$import</c> may fetch from; none unless set.</summary>
    public string[] ImportHosts { get; init; } = [];

    public static JobOptions From(IConfiguration configuration) =>
        configuration.GetSection("fhir:jobs").Get<JobOptions>() ?? new();
}
