using Xunit;

namespace Health.Fhir.Tests.Search;

/// <summary>The data beside the repository, which not every machine has.</summary>
internal static class SharedData
{
    private static readonly string? Folder = Find();

    public static bool Exists => Folder is not null;

    public static string Path(params string[] parts)
    {
        Assert.SkipWhen(Folder is null, "../shared/data is not there.");
        return System.IO.Path.Combine([Folder!, .. parts]);
    }

    private static string? Find()
    {
        for (
            var folder = new DirectoryInfo(AppContext.BaseDirectory);
            folder is not null;
            folder = folder.Parent
        )
        {
            var shared = System.IO.Path.Combine(folder.FullName, "shared", "data");
            if (Directory.Exists(System.IO.Path.Combine(shared, "fhir")))
            {
                return shared;
            }
        }
        return null;
    }
}

/// <summary>The npm package hl7.fhir.r4.examples (CC0), unpacked; RECORDS_FHIR_EXAMPLES names its folder.</summary>
internal static class OfficialExamples
{
    public static string Folder()
    {
        var folder = Environment.GetEnvironmentVariable("RECORDS_FHIR_EXAMPLES");
        Assert.SkipWhen(
            folder is null,
            "Set RECORDS_FHIR_EXAMPLES to the package folder of npm's hl7.fhir.r4.examples (npm pack hl7.fhir.r4.examples; tar xzf …)."
        );
        return folder!;
    }
}
