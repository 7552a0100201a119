using Testing;

namespace Samples.Tests;

/// <summary>Every sample runs as it is written.</summary>
public sealed class SampleTests(SampleServer server) : IClassFixture<SampleServer>
{
    public static TheoryData<string> Files =>
        [
            .. Directory
                .EnumerateFiles(
                    Path.Combine(Repository.Root, "samples"),
                    "*.http",
                    SearchOption.AllDirectories
                )
                .Select(file => Path.GetRelativePath(Repository.Root, file))
                .Order(StringComparer.Ordinal),
        ];

    [Theory]
    [MemberData(nameof(Files))]
    public async Task Runs_as_written(string file)
    {
        var requests = await new HttpFile(Path.Combine(Repository.Root, file)).Run(
            server.Client,
            new Dictionary<string, string>
            {
                ["sandbox"] = server.Sandbox.Address.ToString().TrimEnd('/'),
            }
        );
        Assert.NotEqual(0, requests);
    }

    [Fact]
    public void Every_sample_has_a_README_and_something_to_run() =>
        Assert.All(
            Directory.EnumerateDirectories(Path.Combine(Repository.Root, "samples")),
            folder =>
            {
                Assert.True(
                    File.Exists(Path.Combine(folder, "README.md")),
                    $"{folder} has no README.md"
                );
                // An app is run by a browser: tests/Browser.Tests/SmartAppJourney.cs.
                Assert.True(
                    Directory.EnumerateFiles(folder, "*.http").Any()
                        || File.Exists(Path.Combine(folder, "index.html")),
                    $"{folder} has nothing to run"
                );
            }
        );
}

/// <summary>The demo world without sign-in, as samples/README.md starts it, and the sandbox beside it.</summary>
public sealed class SampleServer : RecordsServer
{
    public PrescriptionSandbox.Sandbox Sandbox { get; } = new();

    protected override bool Demo => true;

    public override async ValueTask InitializeAsync()
    {
        await Sandbox.Start("http://127.0.0.1:0");
        await base.InitializeAsync();
    }

    public override async ValueTask DisposeAsync()
    {
        await base.DisposeAsync();
        await Sandbox.DisposeAsync();
    }
}
