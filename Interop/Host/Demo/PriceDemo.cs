namespace Interop.Host.Demo;

/// <summary>The published price list of the hospital and the station.</summary>
internal static class PriceDemo
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
