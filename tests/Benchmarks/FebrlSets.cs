using System.Diagnostics;
using SharedKernel.Citizens.Match;
using SharedKernel.Tests.Match;

namespace Benchmarks;

/// <summary>
/// <c>febrl &lt;file …&gt;</c>: finds who is one person in the sets of FEBRL (<c>febrl_dataset1.csv</c> …) with one schema and one pair of thresholds;
/// the labels only score. Prints quality and time as rows of a table.
/// </summary>
public static class FebrlSets
{
    public static int Run(string[] files)
    {
        Console.WriteLine("| set | records | F1 of clusters | false merges | recall | time |");
        Console.WriteLine("|---|---|---|---|---|---|");
        var isGood = files.Length > 0;
        foreach (var file in files)
        {
            var febrl = Febrl.Read(file);
            var clock = Stopwatch.StartNew();
            var found = FindDuplicates.Run(PeopleIndex.Build(febrl.People));
            var quality = LinkageQuality.Of(found, febrl.Truth);
            isGood &= quality is { FalseMerges: 0, F1: >= 0.999 };
            Console.WriteLine(
                $"| {Path.GetFileNameWithoutExtension(file)} | {febrl.Truth.Length:N0} | {quality.F1:F5} | {quality.FalseMerges} | {quality.Recall:F5} | {clock.Elapsed.TotalSeconds:F2} s |"
            );
        }
        return isGood ? 0 : 1;
    }
}
