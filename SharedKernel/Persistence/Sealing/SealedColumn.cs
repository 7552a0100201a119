namespace SharedKernel.Persistence.Sealing;

/// <summary>A column in which a module keeps what is sealed: by it a start without its key ring notices that it lacks one.</summary>
/// <param name="IsMark">A text that only the installation's own ring opens (<see cref="Vault.NewMark"/>): by it another ring is noticed.</param>
public sealed record SealedColumn(string Schema, string Table, string Column, bool IsMark = false);

/// <summary>The databases are sealed and the key ring that opens them is not there; says what to do.</summary>
public sealed class VaultMissing(string message) : InvalidOperationException(message);
