using System.Text.RegularExpressions;
using Testing;

namespace Architecture.Tests;

/// <summary>Rules of the house that a compiler does not know.</summary>
public sealed partial class HouseRuleTests
{
    private static readonly string[] ProductFolders =
    [
        "SharedKernel",
        "Health",
        "Education",
        "Interop",
    ];

    private static readonly string[] TopLevel =
    [
        "Education",
        "Health",
        "Interop",
        "README.md",
        "Records.sln",
        "SharedKernel",
        "samples",
        "tests",
    ];

    private static readonly string[] RootBuildFiles =
    [
        "BannedSymbols.txt",
        "Directory.Build.props",
        "Directory.Build.targets",
        "Directory.Packages.props",
        "global.json",
    ];

    [Fact]
    public void The_top_level_is_what_the_owner_fixed()
    {
        var there = Directory
            .EnumerateFileSystemEntries(Repository.Root)
            .Select(path => Path.GetFileName(path)!)
            .Where(name => !name.StartsWith('.') && name is not ("data" or "TestResults"));
        Assert.Equal(
            TopLevel.Concat(RootBuildFiles).Order(StringComparer.Ordinal),
            there.Order(StringComparer.Ordinal)
        );
    }

    [Fact]
    public void A_page_is_a_LoadedPage_so_that_it_is_never_drawn_half_loaded() =>
        Assert.All(
            ProductFolders.SelectMany(folder =>
                Directory.EnumerateFiles(
                    Path.Combine(Repository.Root, folder),
                    "*.razor",
                    SearchOption.AllDirectories
                )
            ),
            file =>
            {
                var lines = File.ReadAllLines(file);
                Assert.True(
                    !lines.Any(line => line.StartsWith("@page ", StringComparison.Ordinal))
                        || lines.Contains("@inherits LoadedPage"),
                    $"{Path.GetRelativePath(Repository.Root, file)} lacks '@inherits LoadedPage'."
                );
            }
        );

    [Fact]
    public void A_project_is_named_by_its_path() =>
        Assert.All(
            ArrowTests.Projects(),
            project =>
                Assert.Equal(
                    project.Name,
                    Path.GetRelativePath(Repository.Root, Path.GetDirectoryName(project.File)!)
                        .Replace('/', '.')
                )
        );

    [Fact]
    public void A_namespace_is_the_path_of_its_project()
    {
        var wrong =
            from file in Sources()
            let declared = NamespaceLine().Match(File.ReadAllText(file)).Groups[1].Value
            where declared.Length > 0
            let project = ArrowTests
                .Projects()
                .Single(p =>
                    file.StartsWith(Path.GetDirectoryName(p.File)! + "/", StringComparison.Ordinal)
                )
            where
                declared != project.Name
                && !declared.StartsWith(project.Name + ".", StringComparison.Ordinal)
            select $"{Relative(file)}: {declared}";
        Assert.Empty(wrong);
    }

    /// <summary>A file of several types, such as a vocabulary of events, is named by what they are together.</summary>
    [Fact]
    public void A_file_of_one_type_is_named_by_it()
    {
        var wrong =
            from file in Sources()
            let types = TopLevelType().Matches(File.ReadAllText(file))
            where
                types.Count == 1 && types[0].Groups[1].Value != Path.GetFileName(file).Split('.')[0]
            select $"{Relative(file)} holds {types[0].Groups[1].Value}";
        Assert.Empty(wrong);
    }

    [Fact]
    public void No_file_is_called_by_a_word_that_says_nothing() =>
        Assert.DoesNotContain(
            Sources().Select(file => Path.GetFileNameWithoutExtension(file)),
            name => VagueName().IsMatch(name)
        );

    [Fact]
    public void A_file_stays_short_enough_to_read()
    {
        var longOnes = Sources().Where(file => File.ReadLines(file).Count() > 800).Select(Relative);
        Assert.Empty(longOnes);
    }

    /// <summary>
    /// The FHIR store writes past EF Core, so its three dialects and its replica know their driver too; a backup is each database's own
    /// business; nothing else names one.
    /// </summary>
    [Fact]
    public void Only_Providers_and_the_dialects_name_a_database()
    {
        var wrong =
            from file in Sources()
            where !file.EndsWith("SharedKernel/Persistence/Providers.cs", StringComparison.Ordinal)
            where !Regex.IsMatch(file, @"Health/Fhir\.Store/\w+/(\w+Dialect|PostgresReplica)\.cs$")
            where !Regex.IsMatch(file, @"SharedKernel/Persistence/Backup/\w+Backup\.cs$")
            where DatabaseDriver().IsMatch(File.ReadAllText(file))
            select Relative(file);
        Assert.Empty(wrong);
    }

    [Fact]
    public void Every_test_project_is_run_by_tests_run()
    {
        var script = File.ReadAllText(Path.Combine(Repository.Root, "tests", "run"));
        var tests = Directory
            .EnumerateDirectories(Path.Combine(Repository.Root, "tests"), "*.Tests")
            .Select(folder => Path.GetFileName(folder)!);
        Assert.All(tests, name => Assert.Contains(name, script, StringComparison.Ordinal));
    }

    private static IEnumerable<string> Sources() =>
        from folder in ProductFolders
        from file in Directory.EnumerateFiles(
            Path.Combine(Repository.Root, folder),
            "*.cs",
            SearchOption.AllDirectories
        )
        let path = file.Replace('\\', '/')
        where !path.Contains("/obj/") && !path.Contains("/bin/") && !path.Contains("/Migrations/")
        select path;

    private static string Relative(string file) => Path.GetRelativePath(Repository.Root, file);

    [GeneratedRegex(@"^namespace ([\w.]+);", RegexOptions.Multiline)]
    private static partial Regex NamespaceLine();

    [GeneratedRegex(
        @"^(?:public |internal |static |sealed |abstract |partial |readonly |file )*(?:class|record struct|record|struct|interface|enum) (\w+)",
        RegexOptions.Multiline
    )]
    private static partial Regex TopLevelType();

    [GeneratedRegex("(Helpers?|Utils?|Utilities|Manager|Common|Infrastructure)$")]
    private static partial Regex VagueName();

    [GeneratedRegex(
        @"\b(SqliteConnection|NpgsqlConnection|SqlConnection|UseSqlite|UseNpgsql|UseSqlServer)\b"
    )]
    private static partial Regex DatabaseDriver();
}
