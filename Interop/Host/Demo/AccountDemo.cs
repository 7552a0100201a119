namespace Interop.Host.Demo;

/// <summary>Who can sign in, one account per role.</summary>
internal static class AccountDemo
{
    public static Task Load(
        IServiceProvider services,
        DemoPopulation population,
        CancellationToken cancel
    )
    {
        _ = (services, population, cancel);
        return Task.CompletedTask;
    }
}
