using System.Globalization;
using Microsoft.Extensions.Configuration;

namespace Health.Fhir.Jobs;

/// <summary>Where the files of jobs lie: a folder for each job, a number for each file.</summary>
public sealed class JobFolder(JobOptions options, IConfiguration configuration)
{
    private readonly string root = Path.GetFullPath(
        options.Folder ?? Path.Combine(configuration["data"] ?? "data", "jobs")
    );

    public string Of(Guid job) => Path.Combine(root, job.ToString("N"));

    public string FileOf(Guid job, int number) =>
        Path.Combine(Of(job), number.ToString(CultureInfo.InvariantCulture));

    public void Remove(Guid job)
    {
        if (Directory.Exists(Of(job)))
        {
            Directory.Delete(Of(job), recursive: true);
        }
    }
}
