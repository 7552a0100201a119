using Microsoft.EntityFrameworkCore.Diagnostics;

namespace SharedKernel.Persistence.Sealing;

/// <summary>Opens sealed rows as they are read, tracked or not. One for the process: each finds the vault through its context.</summary>
internal sealed class OpenSealedRows : IMaterializationInterceptor
{
    public static readonly OpenSealedRows Instance = new();

    public object InitializedInstance(MaterializationInterceptionData data, object entity)
    {
        if (entity is ISealedRow row)
        {
            row.Open(((ModuleDb)data.Context).Vault);
        }
        return entity;
    }
}
