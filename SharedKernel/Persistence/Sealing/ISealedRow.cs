namespace SharedKernel.Persistence.Sealing;

/// <summary>
/// A row of which the database keeps some texts sealed while memory has them in clear. <see cref="ModuleDb"/> opens it when it is read and
/// seals it before it is saved.
/// </summary>
public interface ISealedRow
{
    void Open(Vault vault);

    /// <summary>Seals what has changed since it was opened; what has not keeps the seal it has.</summary>
    void Seal(Vault vault);
}
