namespace SharedKernel.Persistence.Sealing;

/// <summary>A module's part of a rotation (registered by <c>ModuleBuilder.Reseals</c>): brings what it has sealed, or still has in clear, under the newest key.</summary>
public interface IReseal
{
    /// <summary>One walk over everything, in small transactions beside all other work; after a kill the next walk goes on.</summary>
    /// <returns>Records brought under the newest key; 0 says that none is left.</returns>
    Task<long> Pass(CancellationToken cancel);
}
