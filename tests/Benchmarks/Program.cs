using Benchmarks;

// dotnet run -c Release --project tests/Benchmarks -- <name> …
switch (args)
{
    case ["fhir-parse", var folder]:
        return FhirParse.Run(folder);
    case ["fhir-store", .. var options]:
        await FhirStoreBenchmark.Run(options);
        return 0;
    case ["fhir-validate", var folder]:
        await FhirValidation.Run(folder);
        return 0;
    case ["fhir-host", .. var options]:
        await HostBenchmark.Run(options);
        return 0;
    case ["fhir-floor", var file, var url]:
        return await BareEndpoint.Serve(file, url);
    case ["linkage", .. var people]:
        return Linkage.Run(people);
    case ["febrl", .. var files]:
        return FebrlSets.Run(files);
    case ["look-up", .. var options]:
        await CitizenLookUp.Run(options);
        return 0;
    case ["province", .. var options]:
        await ProvinceBenchmark.Run(options);
        return 0;
    case ["class-recompute"]:
        return ClassRecompute.Run();
    case ["people", var count, var file]:
        return PeopleFile.Write(int.Parse(count, null), file);
    default:
        Console.Error.WriteLine(
            "Choose a benchmark: fhir-parse <folder of Synthea Bundles>, fhir-validate <the same>, fhir-store [sqlite|postgres] [copies], fhir-host [sqlite|postgres] [resources] [Interop.Host.dll], linkage [people …], febrl <file …>, look-up [sqlite|postgres] [people], province [schools], class-recompute, people <count> <file.csv>."
        );
        return 2;
}
