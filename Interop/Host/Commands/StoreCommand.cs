using System.CommandLine;
using Health.Fhir.Store;
using SharedKernel.Modules;

namespace Interop.Host.Commands;

/// <summary>
/// <c>store verify</c>: makes every index row of the FHIR store again from the bodies and compares, for a quiet hour and after a
/// crash. Exit code 1 when they do not agree.
/// </summary>
internal static class StoreCommand
{
    public static Command Create(Func<ParseResult, HostOptions> options)
    {
        var verify = new Command(
            "verify",
            "Compare versions and index rows of the FHIR store with its bodies; nobody should be writing."
        );
        verify.SetAction((parsed, cancel) => Verify(options(parsed), cancel));
        return new Command("store", "Look after the FHIR store.") { verify };
    }

    private static async Task<int> Verify(HostOptions options, CancellationToken cancel)
    {
        if (!options.Parts.Contains(Part.Health))
        {
            Console.Error.WriteLine(
                "store: the FHIR store belongs to the part health; add it to --modules."
            );
            return 2;
        }
        await using var app = RecordsApp.Build(options, RecordsApp.Quietly);
        await RecordsApp.Migrate(app.Services, cancel);
        var found = await app.Services.GetRequiredService<FhirStore>().Verify(cancel);
        foreach (var fault in found.Faults)
        {
            Console.Error.WriteLine(fault);
        }
        Console.WriteLine(
            found.Faults.Count == 0
                ? $"{found.Resources} resources: versions and index rows agree with the bodies."
                : $"{found.Resources} resources, {found.Faults.Count} faults."
        );
        return found.Faults.Count == 0 ? 0 : 1;
    }
}
