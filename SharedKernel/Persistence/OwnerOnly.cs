using System.Text;

namespace SharedKernel.Persistence;

/// <summary>Secrets on disk: readable by the owner of the process alone, whole or not there at all.</summary>
public static class OwnerOnly
{
    public static DirectoryInfo Folder(string path) =>
        OperatingSystem.IsWindows()
            ? Directory.CreateDirectory(path)
            : Directory.CreateDirectory(
                path,
                UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute
            );

    public static void Write(string path, string text) => Replace(path, text, overwrite: true);

    /// <summary>The file's text; when there is none it is made, and of two processes that make it at once one wins.</summary>
    public static string ReadOrMake(string path, Func<string> make)
    {
        if (!File.Exists(path))
        {
            try
            {
                Replace(path, make(), overwrite: false);
            }
            catch (IOException) when (File.Exists(path)) { }
        }
        return File.ReadAllText(path);
    }

    private static void Replace(string path, string text, bool overwrite)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        var written = $"{path}.{Guid.CreateVersion7():N}";
        var options = new FileStreamOptions
        {
            Mode = FileMode.CreateNew,
            Access = FileAccess.Write,
        };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }
        try
        {
            using (var file = new FileStream(written, options))
            {
                file.Write(Encoding.UTF8.GetBytes(text));
                file.Flush(flushToDisk: true);
            }
            File.Move(written, path, overwrite);
        }
        finally
        {
            File.Delete(written);
        }
    }
}
