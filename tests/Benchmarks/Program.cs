using Benchmarks;

// dotnet run -c Release --project tests/Benchmarks -- fhir-parse <folder of Bundles>
switch (args)
{
    case ["fhir-parse", var folder]:
        return FhirParse.Run(folder);
    default:
        Console.Error.WriteLine("Choose a benchmark: fhir-parse <folder of Synthea Bundles>.");
        return 2;
}
