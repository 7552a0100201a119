using System.Diagnostics;
using Testing;

namespace Interop.Tests;

/// <summary>The program as it is started from a shell.</summary>
public sealed class CommandLineTests : IDisposable
{
    private readonly string data = Directory.CreateTempSubdirectory("records-cli-").FullName;

    [Theory]
    [InlineData("serv", "'serv' is not understood")]
    [InlineData("serve --modules health,sports", "'sports' is not a part")]
    [InlineData("serve --database oracle", "oracle")]
    [InlineData("serve --database postgres", "--connection")]
    [InlineData("serve --urls here", "'here' is not an http address")]
    [InlineData("serve --open --urls http://0.0.0.0:5080", "--open: refused")]
    [InlineData("import", "import")]
    [InlineData("import /no/such/file.json", "/no/such/file.json does not exist")]
    public async Task Bad_arguments_give_one_clear_line_and_exit_code_2(
        string arguments,
        string expected
    )
    {
        var (code, _, error) = await Run(arguments);
        Assert.Equal(2, code);
        Assert.Contains(expected, error, StringComparison.Ordinal);
        Assert.Single(error.Split('\n', StringSplitOptions.RemoveEmptyEntries));
    }

    [Theory]
    [InlineData("")]
    [InlineData("demo")]
    [InlineData("serve")]
    [InlineData("import")]
    [InlineData("job")]
    [InlineData("job list")]
    [InlineData("job run")]
    [InlineData("migrate")]
    [InlineData("audit")]
    [InlineData("client")]
    [InlineData("client register")]
    [InlineData("audit verify")]
    public async Task Every_command_has_help(string command)
    {
        var (code, output, _) = await Run($"{command} --help");
        Assert.Equal(0, code);
        Assert.Contains("Usage:", output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task Migrate_can_be_run_twice()
    {
        for (var i = 0; i < 2; i++)
        {
            var (code, _, error) = await Run($"migrate --connection {data}");
            Assert.True(code == 0, error);
        }
    }

    [Fact]
    public async Task The_audit_trail_is_verified_signed_and_proven()
    {
        var (code, output, error) = await Run($"audit verify --connection {data}");
        Assert.True(code == 0, error);
        Assert.Contains("whole", output, StringComparison.Ordinal);
        (code, output, _) = await Run($"audit sign --connection {data}");
        Assert.Equal((0, "The trail is empty."), (code, output.Trim()));
        (code, _, error) = await Run($"audit prove 7 --connection {data}");
        Assert.Equal(2, code);
        Assert.Contains("Audit row 7 was not found", error, StringComparison.Ordinal);
        (code, _, error) = await Run($"audit check {data} --key x");
        Assert.Equal(2, code);
    }

    [Fact]
    public async Task A_file_of_no_known_format_is_named()
    {
        var file = Path.Combine(data, "notes.txt");
        await File.WriteAllTextAsync(file, "hello");
        var (code, _, error) = await Run($"import {file} --connection {data}");
        Assert.Equal(1, code);
        Assert.Contains("notes.txt is none of", error, StringComparison.Ordinal);
    }

    public void Dispose() => Directory.Delete(data, recursive: true);

    internal static async Task<(int Code, string Output, string Error)> Run(string arguments)
    {
        var program = Path.Combine(AppContext.BaseDirectory, "Interop.Host.dll");
        using var process = Process.Start(
            new ProcessStartInfo("dotnet", $"{program} {arguments}")
            {
                RedirectStandardOutput = true,
                RedirectStandardError = true,
            }
        )!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        await process.WaitForExitAsync();
        return (process.ExitCode, await output, await error);
    }
}
