using System.IO.Compression;
using Education.LearningRecords;
using Education.LearningRecords.Assessment;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using Testing;

namespace Education.Tests;

/// <summary>A copy of the sample package to be changed, and the importer that takes it.</summary>
internal sealed class SamplePackage : IDisposable
{
    private static readonly string Sample = Path.Combine(
        Repository.Root,
        "../shared/data/oneroster/sample-vn"
    );

    public SamplePackage()
    {
        Assert.SkipUnless(Directory.Exists(Sample), $"{Sample} is not there.");
        foreach (var file in Directory.EnumerateFiles(Sample))
        {
            File.WriteAllBytes(
                Path.Combine(Folder, Path.GetFileName(file)),
                File.ReadAllBytes(file)
            );
        }
    }

    public string Folder { get; } = Directory.CreateTempSubdirectory("oneroster-").FullName;

    public void Edit(string file, string from, string to)
    {
        var path = Path.Combine(Folder, file);
        var text = File.ReadAllText(path);
        Assert.Contains(from, text);
        File.WriteAllText(path, text.Replace(from, to));
    }

    public void Write(string file, string text) =>
        File.WriteAllText(Path.Combine(Folder, file), text + "\n");

    public static async Task<ImportResult> Import(RecordsServer server, string path)
    {
        await using var scope = server.Scope();
        var importer = scope
            .ServiceProvider.GetServices<IImporter>()
            .Single(importer => importer.Accepts(path));
        return await importer.Import(path, new Progress<ImportProgress>());
    }

    public void Dispose() => Directory.Delete(Folder, recursive: true);
}

public sealed class OneRosterImportTests : IAsyncLifetime
{
    private readonly RecordsServer server = new();
    private readonly SamplePackage package = new();

    public ValueTask InitializeAsync() => server.InitializeAsync();

    public async ValueTask DisposeAsync()
    {
        await server.DisposeAsync();
        package.Dispose();
    }

    [Fact]
    public async Task The_sample_comes_in_whole_and_only_once()
    {
        var first = await Import(package.Folder);
        Assert.Equal(
            new Dictionary<string, int>
            {
                ["schools"] = 1,
                ["school years"] = 1,
                ["terms"] = 1,
                ["classes"] = 1,
                ["subjects of classes"] = 1,
                ["pupils"] = 1,
                ["teachers"] = 1,
                ["enrolments"] = 1,
                ["assignments"] = 1,
                ["assessments"] = 1,
                ["marks"] = 1,
            },
            first.Imported
        );
        var second = await Import(package.Folder);
        Assert.Empty(second.Imported);
        Assert.Equal(Directory.GetFiles(package.Folder).Length, second.SkippedFiles);

        await using var scope = server.Scope();
        var db = scope.ServiceProvider.GetRequiredService<LearningRecordsDb>();
        var pupil = await db.Students.SingleAsync();
        Assert.Equal(("Nguyễn Văn An", "2600000001"), (pupil.FullName, pupil.Code));
        var citizen = await scope
            .ServiceProvider.GetRequiredService<ICitizens>()
            .FindByPersonalId("001212000001");
        Assert.Equal(pupil.Id, citizen?.Id);
        Assert.Equal("8.5", (await db.Marks.SingleAsync()).Value.ToString());
        Assert.StartsWith("OneRoster", (await db.MarkChanges.SingleAsync()).Why);
        var column = await db.MarkColumns.SingleAsync(c => c.Title == "GK Toán 6A");
        Assert.Equal(ColumnKind.Midterm, column.Kind);
    }

    [Fact]
    public async Task A_package_of_version_1_1_brings_the_same()
    {
        package.Edit("manifest.csv", "oneroster.version,1.2", "oneroster.version,1.1");
        package.Edit("manifest.csv", "file.roles,bulk", "source.systemCode,vn");
        File.Delete(Path.Combine(package.Folder, "roles.csv"));
        package.Write(
            "users.csv",
            """
            sourcedId,status,dateLastModified,enabledUser,orgSourcedIds,role,username,userIds,givenName,familyName,middleName,identifier,email,sms,phone,agentSourcedIds,grades,password
            HS1,,,true,T1,student,0100000001,{cccd:001212000001},An,Nguyễn,Văn,2600000001,,,,,06,
            GV1,,,true,T1,teacher,gv1,,Bình,Trần,,,,,,,,
            """
        );
        package.Write(
            "categories.csv",
            """
            sourcedId,status,dateLastModified,title
            TX,,,Đánh giá thường xuyên
            GK,,,Giữa kì
            CK,,,Cuối kì
            """
        );
        package.Write(
            "lineItems.csv",
            """
            sourcedId,status,dateLastModified,title,description,assignDate,dueDate,classSourcedId,categorySourcedId,gradingPeriodSourcedId,resultValueMin,resultValueMax
            LI1,,,GK Toán 6A,,2026-11-01,2026-11-05,6A-TOAN,GK,HK1,0,10
            """
        );
        var imported = (await Import(package.Folder)).Imported;
        Assert.Equal(
            (1, 1, 1, 1),
            (imported["pupils"], imported["teachers"], imported["assignments"], imported["marks"])
        );
        await using var scope = server.Scope();
        var db = scope.ServiceProvider.GetRequiredService<LearningRecordsDb>();
        var column = await db.MarkColumns.SingleAsync(known => known.Title == "GK Toán 6A");
        Assert.Equal(ColumnKind.Midterm, column.Kind);
    }

    [Fact]
    public async Task A_zip_is_the_same_package()
    {
        var zip = package.Folder + ".zip";
        await ZipFile.CreateFromDirectoryAsync(package.Folder, zip);
        try
        {
            Assert.Equal(1, (await Import(zip)).Imported["marks"]);
            Assert.Empty((await Import(package.Folder)).Imported);
        }
        finally
        {
            File.Delete(zip);
        }
    }

    [Fact]
    public async Task A_changed_package_changes_what_differs()
    {
        await Import(package.Folder);
        package.Edit("results.csv", "8.5", "9");
        package.Edit("users.csv", "2600000001", "2600000002");
        var again = await Import(package.Folder);
        Assert.Equal(new Dictionary<string, int> { ["pupils"] = 1, ["marks"] = 1 }, again.Imported);
        await using var scope = server.Scope();
        var db = scope.ServiceProvider.GetRequiredService<LearningRecordsDb>();
        Assert.Equal("9", (await db.Marks.SingleAsync()).Value.ToString());
        Assert.Equal(2, await db.MarkChanges.CountAsync());
    }

    private Task<ImportResult> Import(string path) => SamplePackage.Import(server, path);
}

/// <summary>Nothing of a wrong package is kept, so that all of them can be given to one server.</summary>
public sealed class OneRosterRefusalTests(RecordsServer server) : IClassFixture<RecordsServer>
{
    [Theory]
    [InlineData(
        "manifest.csv",
        "oneroster.version,1.2",
        "oneroster.version,2.0",
        "manifest.csv, oneroster.version: must be 1.2"
    )]
    [InlineData(
        "manifest.csv",
        "file.users,bulk",
        "file.users,delta",
        "manifest.csv, file.users: delta packages are not taken"
    )]
    [InlineData(
        "manifest.csv",
        "file.resources,absent",
        "file.resources,bulk",
        "manifest.csv, file.resources: says bulk, but there is no resources.csv"
    )]
    [InlineData(
        "manifest.csv",
        "file.users,bulk",
        "file.users,absent",
        "manifest.csv, file.users: says absent, but there is a users.csv"
    )]
    [InlineData("manifest.csv", "file.orgs,bulk\r\n", "", "manifest.csv, file.orgs: is missing")]
    [InlineData(
        "users.csv",
        "givenName",
        "giventName",
        "users.csv, column giventName: there is no such column"
    )]
    [InlineData(
        "users.csv",
        ",An,",
        ",,",
        "users.csv, row 2, column givenName: a value is required"
    )]
    [InlineData(
        "users.csv",
        "HS1,,,true",
        "HS1,active,,true",
        "users.csv, row 2, column status: is blank in a bulk file"
    )]
    [InlineData(
        "users.csv",
        "001212000001",
        "00121200000",
        "users.csv, row 2, column userIds: cccd '00121200000' is not 12 digits"
    )]
    [InlineData(
        "users.csv",
        "GV1,,,true",
        "HS1,,,true",
        "users.csv, row 3, column sourcedId: 'HS1' is there twice"
    )]
    [InlineData(
        "users.csv",
        "GV1,,,true",
        "GV1,,,yes",
        "users.csv, row 3, column enabledUser: 'yes' is neither true nor false"
    )]
    [InlineData(
        "academicSessions.csv",
        "2026-09-05,2027-05-31",
        "05/09/2026,2027-05-31",
        "academicSessions.csv, row 2, column startDate: '05/09/2026' is not a date: write yyyy-MM-dd"
    )]
    [InlineData(
        "academicSessions.csv",
        "2026-09-05,2027-05-31",
        "2027-09-05,2027-05-31",
        "academicSessions.csv, row 2, column endDate: is not after startDate"
    )]
    [InlineData(
        "orgs.csv",
        "0100100501",
        "",
        "orgs.csv, row 3, column identifier: a school's code"
    )]
    [InlineData(
        "courses.csv",
        "Toán 6,TOAN6",
        "Đan lát 6,DL6",
        "courses.csv, row 2, column title: 'Đan lát 6' is not a subject of grade 6"
    )]
    [InlineData(
        "classes.csv",
        ",T1,HK1",
        ",T9,HK1",
        "classes.csv, row 2, column schoolSourcedId: there is no 'T9' in orgs.csv"
    )]
    [InlineData(
        "classes.csv",
        "scheduled",
        "lecture",
        "classes.csv, row 2, column classType: 'lecture' is none of homeroom, scheduled"
    )]
    [InlineData(
        "enrollments.csv",
        "HS1,student",
        "HS9,student",
        "enrollments.csv, row 2, column userSourcedId: there is no 'HS9' in users.csv"
    )]
    [InlineData(
        "categories.csv",
        "Cuối kì,3",
        "Cuối kì,4",
        "categories.csv, row 4, column weight: is 1 (regular), 2 (mid-term) or 3 (final)"
    )]
    [InlineData(
        "results.csv",
        ",8.5,",
        ",11,",
        "results.csv, row 2, column score: '11' is not 0 to 10"
    )]
    [InlineData(
        "results.csv",
        ",8.5,",
        ",8.25,",
        "results.csv, row 2, column score: '8.25' is not 0 to 10"
    )]
    [InlineData("results.csv", "RS1,,,LI1", "\"RS1,,,LI1", "results.csv, row 2: is not valid CSV")]
    [InlineData(
        "results.csv",
        ",6A-TOAN,,,,",
        ",6A-TOAN,,",
        "results.csv, row 2: has 13 values under 15 columns"
    )]
    public async Task A_wrong_package_is_refused_whole_and_says_where(
        string file,
        string from,
        string to,
        string expected
    )
    {
        using var package = new SamplePackage();
        package.Edit(file, from, to);
        var refusal = await Assert.ThrowsAsync<InvalidInput>(() =>
            SamplePackage.Import(server, package.Folder)
        );
        Assert.Contains(expected, refusal.Message);

        await using var scope = server.Scope();
        var db = scope.ServiceProvider.GetRequiredService<LearningRecordsDb>();
        Assert.False(await db.Schools.AnyAsync());
        Assert.False(await db.Students.AnyAsync());
        Assert.False(await db.ImportedPackages.AnyAsync());
    }

    [Fact]
    public async Task A_file_that_is_not_utf8_is_refused()
    {
        using var package = new SamplePackage();
        var users = Path.Combine(package.Folder, "users.csv");
        var text = await File.ReadAllTextAsync(users);
        await File.WriteAllBytesAsync(users, System.Text.Encoding.Latin1.GetBytes(text + "é"));
        var refusal = await Assert.ThrowsAsync<InvalidInput>(() =>
            SamplePackage.Import(server, package.Folder)
        );
        Assert.Contains("is not UTF-8", refusal.Message);
    }
}
