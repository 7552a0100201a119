using System.Xml.Linq;
using Testing;

namespace Architecture.Tests;

/// <summary>Every project reference is one of the arrows below; nothing else may be drawn.</summary>
public sealed class ArrowTests
{
    private static readonly string[] Kernel =
    [
        "SharedKernel.Contracts",
        "SharedKernel.Persistence",
        "SharedKernel.Modules",
        "SharedKernel.Ui",
        "SharedKernel.Documents",
    ];

    /// <summary>Project → what it may see. The host sees everything.</summary>
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        ["SharedKernel.Contracts"] = [],
        ["SharedKernel.Persistence"] = ["SharedKernel.Contracts"],
        ["SharedKernel.Modules"] = ["SharedKernel.Contracts", "SharedKernel.Persistence"],
        ["SharedKernel.Ui"] = ["SharedKernel.Contracts", "SharedKernel.Modules"],
        // What is wrong with a file is said in the reader's language.
        ["SharedKernel.Documents"] = ["SharedKernel.Contracts", "SharedKernel.Ui"],
        ["SharedKernel.Access"] = Kernel,
        ["SharedKernel.Citizens"] = Kernel,
        ["SharedKernel.Payments"] = Kernel,
        ["Health.Contracts"] = ["SharedKernel.Contracts"],
        ["Health.Fhir.Terminology"] = ["SharedKernel.Contracts", "Health.Contracts"],
        ["Health.Fhir.Search"] = ["SharedKernel.Contracts"],
        ["Health.Fhir.Validation"] =
        [
            "SharedKernel.Contracts",
            "Health.Fhir.Terminology",
            "Health.Fhir.Search",
        ],
        ["Health.Fhir.Store"] =
        [
            "SharedKernel.Contracts",
            "SharedKernel.Persistence",
            "SharedKernel.Modules",
            "Health.Contracts",
            "Health.Fhir.Search",
        ],
        ["Health.Fhir.Api"] =
        [
            "SharedKernel.Contracts",
            "SharedKernel.Modules",
            "Health.Contracts",
            "Health.Fhir.Terminology",
            "Health.Fhir.Validation",
            "Health.Fhir.Search",
            "Health.Fhir.Store",
        ],
        ["Health.Emr"] =
        [
            .. Kernel,
            "Health.Contracts",
            "Health.Fhir.Terminology",
            "Health.Fhir.Search",
            "Health.Fhir.Store",
        ],
        ["Health.Fhir.Jobs"] =
        [
            "SharedKernel.Contracts",
            "SharedKernel.Persistence",
            "SharedKernel.Modules",
            "Health.Contracts",
            "Health.Fhir.Search",
            "Health.Fhir.Store",
            "Health.Fhir.Api",
        ],
        ["Health.Fhir.Views"] =
        [
            "SharedKernel.Contracts",
            "SharedKernel.Modules",
            "Health.Contracts",
            "Health.Fhir.Search",
            "Health.Fhir.Store",
            "Health.Fhir.Api",
        ],
        ["Health.Fhir.Subscriptions"] =
        [
            "SharedKernel.Contracts",
            "SharedKernel.Persistence",
            "SharedKernel.Modules",
            "SharedKernel.Ui",
            "Health.Contracts",
            "Health.Fhir.Search",
            "Health.Fhir.Store",
            "Health.Fhir.Api",
        ],
        ["Education.Contracts"] = ["SharedKernel.Contracts"],
        ["Education.LearningRecords"] = [.. Kernel, "Education.Contracts"],
        ["Education.OneRoster"] = [.. Kernel, "Education.Contracts", "Education.LearningRecords"],
        ["Education.University"] = Kernel,
        ["Interop.Registries"] = [.. Kernel, "Health.Contracts", "Education.Contracts"],
        ["Interop.Prices"] = [.. Kernel, "Health.Contracts", "Education.Contracts"],
    };

    [Fact]
    public void Every_reference_is_an_allowed_arrow()
    {
        var wrong =
            from project in Projects()
            where project.Name != "Interop.Host"
            from reference in project.References
            where !Arrows[project.Name].Contains(reference)
            select $"{project.Name} -> {reference}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void Only_the_host_is_left_out_of_the_arrows() =>
        Assert.Equal(
            ["Interop.Host"],
            Projects().Select(project => project.Name).Where(name => !Arrows.ContainsKey(name))
        );

    [Fact]
    public void Contracts_need_no_package() =>
        Assert.All(
            Projects()
                .Where(project => project.Name.EndsWith(".Contracts", StringComparison.Ordinal)),
            project => Assert.Empty(project.Packages)
        );

    internal static IEnumerable<Project> Projects() =>
        from part in (string[])["SharedKernel", "Health", "Education", "Interop"]
        from file in Directory.EnumerateFiles(
            Path.Combine(Repository.Root, part),
            "*.csproj",
            SearchOption.AllDirectories
        )
        select Project.Read(file);

    internal sealed record Project(string File, string Name, string[] References, string[] Packages)
    {
        public static Project Read(string file)
        {
            var xml = XDocument.Load(file);
            string[] Of(string element) =>
                [
                    .. xml.Descendants(element)
                        .Select(item => item.Attribute("Include")?.Value)
                        .OfType<string>(),
                ];
            return new(
                file,
                Path.GetFileNameWithoutExtension(file),
                [.. Of("ProjectReference").Select(path => Path.GetFileNameWithoutExtension(path))],
                Of("PackageReference")
            );
        }
    }
}
