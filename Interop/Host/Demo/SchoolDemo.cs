namespace Interop.Host.Demo;

/// <summary>The lower-secondary school: classes, pupils, teachers, a semester of marks.</summary>
internal static class SchoolDemo
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
