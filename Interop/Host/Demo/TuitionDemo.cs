using Education.LearningRecords;
using Education.LearningRecords.Tuition;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;

namespace Interop.Host.Demo;

/// <summary>What the demo's public school charges this year, and the first month's bills of the class of the demo citizen's child.</summary>
internal static class TuitionDemo
{
    public static async Task Load(
        IServiceProvider services,
        DemoPopulation population,
        CancellationToken cancel
    )
    {
        if (services.GetService<PublishFeePlan>() is not { } publish)
        {
            // The education part is switched off.
            return;
        }
        var today = services.GetRequiredService<TimeProvider>().Today();
        var year = today.Month >= 8 ? today.Year : today.Year - 1;
        await publish.Run(
            DemoPopulation.SchoolCode,
            year,
            new([
                new("HP", "Học phí", 60_000, IsTuition: true),
                new("NUOC", "Nước uống", 15_000),
                new("BANTRU", "Bán trú", 350_000, Chosen: true),
                new("SOLL", "Sổ liên lạc, thẻ học sinh", 50_000, OnceIn: $"{year}-09"),
            ]),
            cancel
        );
        var parent = population.People.First(person => person.Guardian is not null).Guardian;
        var children = population
            .People.Where(person => person.Guardian == parent)
            .Select(person => person.Id)
            .ToList();
        var classes = await services
            .GetRequiredService<LearningRecordsDb>()
            .Enrolments.Where(row =>
                row.SchoolCode == DemoPopulation.SchoolCode
                && row.Year == year
                && children.Contains(row.StudentId)
            )
            .Select(row => row.ClassId)
            .Distinct()
            .ToListAsync(cancel);
        foreach (var classId in classes)
        {
            await services.GetRequiredService<BillClass>().Run(classId, $"{year}-09", cancel);
        }
    }
}
