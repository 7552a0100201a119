namespace Interop.Host.Demo;

/// <summary>The commune station and the hospital: visits, vital signs, diagnoses, signed prescriptions.</summary>
internal static class ClinicDemo
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
