using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Citizens;
using SharedKernel.Citizens.Merge;
using SharedKernel.Contracts;
using Testing;

namespace SharedKernel.Tests.Citizens;

/// <summary>One server with an empty register for the tests of this folder.</summary>
[CollectionDefinition]
public sealed class RegisterTests : ICollectionFixture<Register>;

public sealed class Register : RecordsServer
{
    private int serial = 500_000;

    /// <summary>Six digits that no other test has: the end of a personal ID.</summary>
    public string NextSerial() => $"{Interlocked.Increment(ref serial):D6}";

    public async Task<T> Do<TFeature, T>(Func<TFeature, Task<T>> use)
        where TFeature : notnull
    {
        await using var scope = Scope();
        return await use(scope.ServiceProvider.GetRequiredService<TFeature>());
    }

    public Task<CitizenRegistration> Add(CitizenDetails details) =>
        Do((RegisterCitizen register) => register.Run(details));

    public async Task<CitizenId> Id(CitizenDetails details) => (await Add(details)).Citizen.Id;

    public Task<Citizen?> Find(CitizenId id) => Do((FindCitizens find) => find.Run(id));

    public Task<CitizenRecords> Merge(CitizenId one, CitizenId other, CitizenId? keep = null) =>
        Do((MergeCitizens merge) => merge.Run(one, other, keep));

    public Task<bool> Unmerge(CitizenId replaced) =>
        Do(
            async (UnmergeCitizens unmerge) =>
            {
                await unmerge.Run(replaced);
                return true;
            }
        );
}
