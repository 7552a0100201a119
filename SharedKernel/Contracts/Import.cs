namespace SharedKernel.Contracts;

/// <summary>Takes files of one format into the system. The same content is taken once, however often it is given.</summary>
public interface IImporter
{
    /// <summary>Short name of the format for messages, such as <c>FHIR bundles</c>.</summary>
    string Format { get; }

    /// <summary>Whether this file or folder looks like the format; cheap, never throws.</summary>
    bool Accepts(string path);

    /// <exception cref="InvalidInput">The content is wrong: names file, place and what to do. Nothing of that file is kept.</exception>
    Task<ImportResult> Import(
        string path,
        IProgress<ImportProgress> progress,
        CancellationToken cancel = default
    );
}

/// <param name="Done">Units done so far, out of <paramref name="Total"/> (files, or rows).</param>
public sealed record ImportProgress(string Item, int Done, int Total);

/// <param name="Imported">Count of records that were new or changed, per type.</param>
/// <param name="SkippedFiles">Files whose content was imported before.</param>
public sealed record ImportResult(
    IReadOnlyDictionary<string, int> Imported,
    int SkippedFiles,
    IReadOnlyList<string> Errors
);
