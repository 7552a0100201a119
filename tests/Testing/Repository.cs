namespace Testing;

/// <summary>Where the sources and the shared reference data lie, found upwards from the test's binaries.</summary>
public static class Repository
{
    public static string Root { get; } = FindRoot();

    /// <summary>Reference data beside the repository, which not every machine has; see <see cref="SharedOrSkip"/>.</summary>
    public static string Shared { get; } = Path.GetFullPath(Path.Combine(Root, "..", "shared"));

    /// <summary>A file or folder of the reference data; the test is visibly skipped where it is missing.</summary>
    public static string SharedOrSkip(string path)
    {
        var full = Path.Combine(Shared, path);
        Xunit.Assert.SkipUnless(Path.Exists(full), $"Needs the reference data at {full}.");
        return full;
    }

    private static string FindRoot()
    {
        for (
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            folder is not null;
            folder = folder.Parent
        )
        {
            if (File.Exists(Path.Combine(folder.FullName, "Records.sln")))
            {
                return folder.FullName;
            }
        }
        throw new DirectoryNotFoundException("Records.sln was not found above the test binaries.");
    }
}
