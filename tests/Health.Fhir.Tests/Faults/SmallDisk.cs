using System.Diagnostics;

namespace Health.Fhir.Tests.Faults;

/// <summary>A disk of a few megabytes: a tmpfs of its own, which only root may mount.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string folder) => Folder = folder;

    public string Folder { get; }

    private string Ballast => Path.Combine(Folder, "ballast");

    /// <summary>Null where this process may not mount one.</summary>
    public static SmallDisk? Mount(int megabytes)
    {
        var folder = Directory.CreateTempSubdirectory("records-disk-").FullName;
        if (
            OperatingSystem.IsLinux()
            && Environment.IsPrivilegedProcess
            && Run("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", folder)
        )
        {
            return new SmallDisk(folder);
        }
        Directory.Delete(folder);
        return null;
    }

    /// <summary>Takes all room but this.</summary>
    public void Fill(long leave)
    {
        using var ballast = File.Create(Ballast);
        ballast.Write(new byte[new DriveInfo(Folder).AvailableFreeSpace - leave]);
    }

    public void MakeRoom() => File.Delete(Ballast);

    public void GiveTo(string user) => Assert.True(Run("chown", user, Folder));

    public void Dispose()
    {
        Run("umount", "-l", Folder);
        Directory.Delete(Folder);
    }

    private static bool Run(string program, params string[] arguments)
    {
        using var process = Process.Start(
            new ProcessStartInfo(program, arguments) { RedirectStandardError = true }
        )!;
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
