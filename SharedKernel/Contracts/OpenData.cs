namespace SharedKernel.Contracts;

/// <param name="Path">Below the server's address, beginning with a slash.</param>
/// <param name="MediaType">As registered with IANA.</param>
public sealed record OpenFile(string Path, string MediaType);

/// <summary>One open dataset as a catalogue describes it (https://www.w3.org/TR/vocab-dcat-3/).</summary>
/// <param name="Identifier">Stays the same over its versions.</param>
/// <param name="Page">Where people read it, below the server's address.</param>
/// <param name="Theme">Last part of a concept of the EU's data-theme list: <c>HEAL</c>, <c>EDUC</c>.</param>
public sealed record OpenDataset(
    string Identifier,
    string Title,
    string Description,
    string Page,
    string Theme,
    DateTimeOffset Modified,
    DateOnly First,
    DateOnly? Last,
    IReadOnlyList<OpenFile> Files
);

/// <summary>Open datasets beside the price lists; each module that publishes some registers one.</summary>
public interface IOpenDatasets
{
    Task<IReadOnlyList<OpenDataset>> List(CancellationToken cancel = default);
}
