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
    case ["linkage", .. var people]:
        return Linkage.Run(people);
    default:
        Console.Error.WriteLine(
            "Choose a benchmark: fhir-parse <folder of Synthea Bundles>, fhir-validate <the same>, fhir-store [sqlite|postgres] [copies], linkage [people …]."
        );
        return 2;
}
