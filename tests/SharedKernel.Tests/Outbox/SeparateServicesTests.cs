using System.Net.Http.Json;
using System.Text.Json.Nodes;
using SharedKernel.Contracts;
using SharedKernel.Tests.Citizens;
using Testing;

namespace SharedKernel.Tests.Outbox;

/// <summary>Health and Education as two processes on one database: what the register tells reaches both, whichever process hears it first.</summary>
public sealed class SeparateServicesTests : IDisposable
{
    private readonly TestDatabase database = new();

    [Fact]
    public async Task What_one_process_cannot_handle_waits_for_the_one_that_can()
    {
        // Installed before anything happens: events are kept for whoever has a database.
        await using (var whole = await Serve("health,education")) { }
        List<MergingPair> pairs;
        await using (var education = await Serve("education"))
        await using (var health = await Serve("health"))
        {
            using var doctor = health.NewClient();
            using var school = education.NewClient();
            pairs = await MergingPair.Several(doctor, 2, 0, school);
            // Told in the one process, and in the other.
            await pairs[0].ChangeOnce(doctor);
            await pairs[1].ChangeOnce(school);
            await pairs[0].IsFollowed(doctor, school);
            await pairs[1].IsFollowed(doctor, school);
        }
        // The school's service is down while two records are separated and merged again.
        await using (var health = await Serve("health"))
        {
            using var doctor = health.NewClient();
            await pairs[0].ChangeOnce(doctor);
            await pairs[1].ChangeOnce(doctor);
            await pairs[1].ChangeOnce(doctor);
            await pairs[0].IsFollowedByHealth(doctor);
        }
        await using (var health = await Serve("health"))
        await using (var education = await Serve("education"))
        {
            using var doctor = health.NewClient();
            using var school = education.NewClient();
            await pairs[0].IsFollowed(doctor, school);
            await pairs[1].IsFollowed(doctor, school);
        }
    }

    private Task<ServerProcess> Serve(string modules) =>
        ServerProcess.StartModules(modules, database.Options, database.Folder);

    public void Dispose() => database.Dispose();
}
