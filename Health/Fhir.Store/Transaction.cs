using Health.Fhir.Search.Reading;
using SharedKernel.Contracts;

namespace Health.Fhir.Store;

/// <summary>
/// Writes that happen together or not at all, with the events that tell of them. References inside the bodies may be another
/// write's <see cref="Write.FullUrl"/> or conditional (<c>Patient?identifier=…</c>); they are resolved before anything is stored.
/// </summary>
/// <param name="Import">Content hash of the file these writes come from: when it was imported before, nothing is done.</param>
public sealed record Transaction(
    IReadOnlyList<Write> Writes,
    IReadOnlyList<IEvent>? Events = null,
    ImportedFile? Import = null
);

/// <param name="Hash">SHA-256 of the content, lower-case hex.</param>
/// <param name="Name">For people only.</param>
public sealed record ImportedFile(string Hash, string Name);

public enum WriteVerb
{
    /// <summary>A new id of the server's making; with a <see cref="Write.Condition"/> only if nothing matches it.</summary>
    Create,

    /// <summary>Creates or replaces under the given id, or under the id of the one match of the <see cref="Write.Condition"/>.</summary>
    Update,

    /// <summary>By id, or whatever matches the <see cref="Write.Condition"/>.</summary>
    Delete,
}

/// <summary>One change of one resource.</summary>
public sealed record Write(WriteVerb Verb, string Type)
{
    /// <summary>Of an update or delete. A create's id is always the server's.</summary>
    public string? Id { get; init; }

    /// <summary>UTF-8 JSON of the resource, of a create or update. Its id and meta version are replaced by the true ones.</summary>
    public ReadOnlyMemory<byte> Body { get; init; }

    /// <summary>The body already read, in place of <see cref="Body"/>; stays the caller's to dispose, after the transaction is done.</summary>
    public IndexedResource? Resource { get; init; }

    /// <summary>What references of the same transaction may use for this resource, such as <c>urn:uuid:…</c>.</summary>
    public string? FullUrl { get; init; }

    /// <summary>Search of a conditional create, update or delete, without the type: <c>identifier=http://sys|1</c>.</summary>
    public string? Condition { get; init; }

    /// <summary>Refused with <see cref="PreconditionFailed"/> unless this is the current version.</summary>
    public int? IfMatch { get; init; }

    /// <summary>Refused with <see cref="PreconditionFailed"/> when there is such a resource already.</summary>
    public bool IfAbsent { get; init; }

    /// <summary>A conditional delete that matches more than this is refused with <see cref="PreconditionFailed"/>.</summary>
    public int MaxDeletes { get; init; } = 1;
}

/// <param name="Results">One for each write, in the order given; empty when the file had been imported before.</param>
public sealed record TransactionResult(IReadOnlyList<Written> Results, bool AlreadyImported);

public enum WriteOutcome
{
    Created,
    Updated,

    /// <summary>A conditional create found its one match, which is returned and unchanged.</summary>
    Existed,
    Deleted,

    /// <summary>There was nothing (left) to delete.</summary>
    NothingToDelete,
}

/// <param name="Resource">As stored now; null for <see cref="WriteOutcome.NothingToDelete"/>. Of a conditional delete the last one.</param>
/// <param name="Count">How many resources changed; more than one only for a conditional delete.</param>
public sealed record Written(WriteOutcome Outcome, StoredResource? Resource, int Count = 1);
