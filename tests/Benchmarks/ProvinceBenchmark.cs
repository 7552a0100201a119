using System.Diagnostics;
using Education.Contracts;
using Education.LearningRecords;
using Education.LearningRecords.Assessment;
using Education.LearningRecords.Schools;
using Education.LearningRecords.Students;
using Interop.Host;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Persistence;

namespace Benchmarks;

/// <summary>
/// <c>province [schools]</c>: a province of so many schools (4 if none is said) of 1,000 pupils with a full year of marks, then ten times as many,
/// on the empty PostgreSQL database that RECORDS_BENCHMARK_POSTGRES names. Measured at both sizes: publishing a class, recomputing a school, a
/// parent's look at a record, the provincial aggregate per school. What belongs to one class, pupil or school must not grow with the province.
/// </summary>
public static class ProvinceBenchmark
{
    private const int Runs = 60;
    private const int WarmUp = 15;

    public static async Task Run(string[] options)
    {
        var schools = options.Length > 0 ? int.Parse(options[0], null) : 4;
        var connection =
            Environment.GetEnvironmentVariable("RECORDS_BENCHMARK_POSTGRES")
            ?? throw new InvalidOperationException(
                "RECORDS_BENCHMARK_POSTGRES must name an empty database."
            );
        var folder = Directory.CreateTempSubdirectory("records-province-").FullName;
        try
        {
            await using var app = RecordsApp.Build(
                new HostOptions(
                    new HashSet<Part> { Part.Education },
                    new DatabaseOptions(DatabaseProvider.Postgres, connection),
                    "http://127.0.0.1:0",
                    true
                )
                {
                    DataFolder = folder,
                },
                RecordsApp.Quietly
            );
            await RecordsApp.Migrate(app.Services);
            var province = new GeneratedProvince(app.Services, connection);
            Console.WriteLine(
                "| schools | pupils | marks | filled in | publish a class | recompute a school | a parent's look | aggregate, per school |"
            );
            Console.WriteLine("|---|---|---|---|---|---|---|---|");
            var small = await Measure(app.Services, province, 0, schools);
            var large = await Measure(app.Services, province, schools, schools * 10);
            Console.WriteLine(
                "| growth | | | | "
                    + string.Join(" | ", small.Zip(large, (one, ten) => $"{ten / one:F2} ×"))
                    + " |"
            );
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    private static async Task<double[]> Measure(
        IServiceProvider services,
        GeneratedProvince province,
        int from,
        int to
    )
    {
        var clock = Stopwatch.StartNew();
        await province.Grow(from, to);
        var filled = clock.Elapsed;
        var random = new Random(to);
        var (marks, classes, guardians) = await Sample(services, random);
        double[] times =
        [
            await Median(
                services,
                (scope, i) =>
                    scope
                        .GetRequiredService<PublishMarks>()
                        .Run(classes[i % classes.Count], GeneratedProvince.Unpublished, 1)
            ),
            await Median(services, (scope, _) => Recompute(scope, random.Next(to)), WarmUp / 3 + 8),
            await Median(
                services,
                async (scope, i) =>
                {
                    var (guardian, pupil) = guardians[i % guardians.Count];
                    scope
                        .GetRequiredService<ICurrentCaller>()
                        .Become(
                            new Caller(
                                "parent",
                                "Parent",
                                new HashSet<Role> { Role.Citizen },
                                null,
                                guardian
                            )
                        );
                    await scope.GetRequiredService<ReadRecord>().Run(pupil);
                }
            ),
            await Aggregate(services, to),
        ];
        var pupils = to * GeneratedProvince.ClassesPerSchool * GeneratedProvince.PupilsPerClass;
        Console.WriteLine(
            $"| {to} | {pupils:N0} | {marks:N0} | {filled.TotalSeconds:F0} s | "
                + string.Join(" | ", times.Select(time => $"{time:F1} ms"))
                + " |"
        );
        return times;
    }

    private static async Task<(
        long Marks,
        List<Guid> Classes,
        List<(CitizenId, CitizenId)> Guardians
    )> Sample(IServiceProvider services, Random random)
    {
        await using var scope = services.CreateAsyncScope();
        var db = scope.ServiceProvider.GetRequiredService<LearningRecordsDb>();
        // Classes whose gradebook nobody has published in the measurement before.
        var classes = await (
            from subject in db.ClassSubjects
            join gradebook in db.Gradebooks on subject.Id equals gradebook.ClassSubjectId
            where subject.Subject == GeneratedProvince.Unpublished
            group gradebook.PublishedAt by subject.ClassId into known
            where known.Max() == null
            select known.Key
        ).ToListAsync();
        var guardians = await db.Guardians.AsNoTracking().ToListAsync();
        return (
            await db.Marks.LongCountAsync(),
            [.. classes.OrderBy(_ => random.Next()).Take(Runs + WarmUp)],
            [
                .. guardians
                    .OrderBy(_ => random.Next())
                    .Take(Runs + WarmUp)
                    .Select(guardian => (guardian.CitizenId, guardian.StudentId)),
            ]
        );
    }

    private static async Task Recompute(IServiceProvider scope, int school)
    {
        var db = scope.GetRequiredService<LearningRecordsDb>();
        var results = scope.GetRequiredService<ClassResults>();
        var code = GeneratedProvince.Code(school);
        var classes = await db
            .Classes.AsNoTracking()
            .Include(known => known.Subjects)
            .Where(known => known.SchoolCode == code && known.Year == GeneratedProvince.Year)
            .ToListAsync();
        foreach (var schoolClass in classes)
        {
            await results.Of(schoolClass, afterSummer: false);
        }
    }

    private static async Task<double> Aggregate(IServiceProvider services, int schools)
    {
        await using var scope = services.CreateAsyncScope();
        scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
        var clock = Stopwatch.StartNew();
        var pupils = 0;
        await foreach (
            var row in scope
                .ServiceProvider.GetRequiredService<IStudentRecords>()
                .YearResults(GeneratedProvince.Year)
        )
        {
            pupils += row.Pupils;
        }
        if (
            pupils
            != schools * GeneratedProvince.ClassesPerSchool * GeneratedProvince.PupilsPerClass
        )
        {
            throw new InvalidOperationException($"{pupils} pupils were counted.");
        }
        return clock.Elapsed.TotalMilliseconds / schools;
    }

    private static async Task<double> Median(
        IServiceProvider services,
        Func<IServiceProvider, int, Task> action,
        int runs = Runs + WarmUp
    )
    {
        var times = new List<double>();
        for (var i = 0; i < runs; i++)
        {
            await using var scope = services.CreateAsyncScope();
            scope.ServiceProvider.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
            var start = Stopwatch.GetTimestamp();
            await action(scope.ServiceProvider, i);
            times.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);
        }
        // The first ones compiled the code and filled the caches.
        times.RemoveRange(0, runs / 5);
        times.Sort();
        return times[times.Count / 2];
    }
}
