namespace Interop.Tests.Registries;

/// <summary><c>job list</c> and <c>job run</c>, as they are started from a shell.</summary>
public sealed class JobCommandTests : IDisposable
{
    private readonly string data = Directory.CreateTempSubdirectory("records-jobs-").FullName;

    [Fact]
    public async Task List_names_the_exports_with_their_next_run()
    {
        var (code, output, error) = await CommandLineTests.Run($"job list --connection {data}");
        Assert.True(code == 0, error);
        Assert.Contains("outpatient-morbidity", output);
        Assert.Contains("school-results", output);
        Assert.Matches(@"school-results\s+\d{4}-06-01 02:00\s+-", output);
    }

    [Fact]
    public async Task Run_writes_the_files_once()
    {
        var command = $"job run school-results --period 2024-2025 --connection {data}";
        var (code, output, error) = await CommandLineTests.Run(command);
        Assert.True(code == 0, error);
        Assert.Contains("school-results 2024-2025: written, version 1", output);
        Assert.Equal(
            2,
            Directory
                .GetFiles(Path.Combine(data, "exports"), "*", SearchOption.AllDirectories)
                .Length
        );
        (code, output, _) = await CommandLineTests.Run(command);
        Assert.Equal(0, code);
        Assert.Contains("unchanged, version 1", output);
    }

    [Theory]
    [InlineData("weather", "outpatient-morbidity")]
    [InlineData("school-results --period soon", "2026-2027")]
    [InlineData("school-results --period 2999", "chưa bắt đầu")]
    [InlineData("school-results --modules health", "interop")]
    public async Task A_wrong_job_gives_one_clear_line_and_exit_code_2(string job, string words)
    {
        var (code, _, error) = await CommandLineTests.Run($"job run {job} --connection {data}");
        Assert.Equal(2, code);
        Assert.Contains(words, error);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    public void Dispose() => Directory.Delete(data, recursive: true);
}
