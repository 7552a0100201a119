using SharedKernel.Contracts;

namespace Health.Emr;

/// <summary>
/// A step that a permission of its own has opened, such as handing out a drug, reads and writes resources that the person's role does not
/// open as such. While this lasts they act with the product's reach; the audit trail names them all the same.
/// </summary>
internal sealed class OwnWork : IDisposable
{
    private readonly ICurrentCaller current;
    private readonly Caller before;

    /// <param name="current">Has passed <see cref="IAccess.Demand"/> for this very step.</param>
    public OwnWork(ICurrentCaller current)
    {
        this.current = current;
        before = current.Caller;
        current.Become(
            before with
            {
                Roles = new HashSet<Role>(before.Roles) { Role.System },
                Scopes = null,
                Patient = null,
                TokenScopes = null,
            }
        );
    }

    public void Dispose() => current.Become(before);
}
