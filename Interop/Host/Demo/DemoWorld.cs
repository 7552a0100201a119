using SharedKernel.Contracts;

namespace Interop.Host.Demo;

/// <summary>
/// A small world made from a seed, through the same features that people use: one commune health station, one general
/// hospital, one lower-secondary school, about sixty citizens. No real person is in it.
/// </summary>
internal static class DemoWorld
{
    public static async Task Load(IServiceProvider services, CancellationToken cancel)
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
        var population = new DemoPopulation([]);
        await AccountDemo.Load(scope.ServiceProvider, population, cancel);
        await PriceDemo.Load(scope.ServiceProvider, population, cancel);
        await ClinicDemo.Load(scope.ServiceProvider, population, cancel);
        await SchoolDemo.Load(scope.ServiceProvider, population, cancel);
    }

    public static void PrintAccounts(string address) => _ = address;
}
