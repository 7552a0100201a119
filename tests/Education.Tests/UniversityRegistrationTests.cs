using Education.University;
using Education.University.Programmes;
using Education.University.Registering;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;

namespace Education.Tests;

/// <summary>Seats are never given twice, the line keeps its order, and the rules say why not.</summary>
public sealed class UniversityRegistrationTests(UniversityServer university)
    : IClassFixture<UniversityServer>
{
    [Fact]
    public async Task Three_hundred_at_once_for_a_hundred_seats()
    {
        var section = await university.Section("A1", 100);
        var students = await university.Students(300);
        var answers = await Task.WhenAll(
            students.Select(student => Task.Run(() => Take(university.Desk, section, student)))
        );

        Assert.All(answers, answer => Assert.Empty(answer.Refusals));
        Assert.Equal(100, answers.Count(answer => answer.Place is Place.Seat));
        Assert.Equal(
            Enumerable.Range(1, 200),
            answers.Select(answer => answer.Position).OfType<int>().Order()
        );
        var stored = await university.Stored(section.Id);
        Assert.Equal((100, 200), (stored.Section.Taken, stored.Section.Waiting));
        Assert.Equal((100, 200), (stored.Seated.Count, stored.Line.Count));
        // What was answered is what is stored: the same people, in the same places.
        Assert.Equal(
            students
                .Zip(answers)
                .Where(one => one.Second.Place is Place.Waiting)
                .OrderBy(one => one.Second.Position)
                .Select(one => one.First.Id),
            stored.Line
        );
        await using (var scope = university.Scope())
        {
            var arrivals = scope
                .ServiceProvider.GetRequiredService<UniversityDb>()
                .Registrations.Where(one => one.SectionId == section.Id)
                .OrderBy(one => one.Ticket)
                .Select(one => one.At)
                .ToList();
            Assert.Equal(arrivals.Order(), arrivals);
        }

        // Thirty with a seat and twenty of the first forty in the line leave at once: the first thirty who stay move up.
        var leaving = stored
            .Seated.Take(30)
            .Concat(stored.Line.Take(40).Where((_, i) => i % 2 == 0));
        var left = leaving.ToHashSet();
        var moved = await Task.WhenAll(
            left.Select(student =>
                Task.Run(() => university.Desk.Run(new(section.Id, student, SeatWish.GiveBack)))
            )
        );
        var after = await university.Stored(section.Id);
        Assert.Equal((100, 150), (after.Section.Taken, after.Section.Waiting));
        Assert.Equal((100, 150), (after.Seated.Count, after.Line.Count));
        // Whoever left the line may have moved up before the leave was decided, and given the seat on.
        var stayed = stored.Line.Where(student => !left.Contains(student)).ToList();
        Assert.Equal(stayed.Take(30), after.Seated.Where(stayed.Contains));
        Assert.Equal(stayed.Skip(30), after.Line);
        var citizens = students.ToDictionary(student => student.CitizenId, student => student.Id);
        Assert.Equal(
            stayed.Take(30).Order(),
            moved
                .SelectMany(answer => answer.MovedUp)
                .Select(citizen => citizens[citizen])
                .Where(student => !left.Contains(student))
                .Order()
        );
    }

    /// <summary>As many servers would: each with a desk of its own on one database.</summary>
    [Fact]
    public async Task Several_servers_give_no_seat_twice()
    {
        var section = await university.Section("A1", 40);
        var students = await university.Students(120);
        var desks = Enumerable.Range(0, 4).Select(_ => NewDesk()).ToList();
        var answers = await Task.WhenAll(
            students.Select((student, i) => Task.Run(() => Take(desks[i % 4], section, student)))
        );
        Assert.Equal(40, answers.Count(answer => answer.Place is Place.Seat));
        Assert.Equal(
            Enumerable.Range(1, 80),
            answers.Select(answer => answer.Position).OfType<int>().Order()
        );
        var stored = await university.Stored(section.Id);
        Assert.Equal((40, 80), (stored.Section.Taken, stored.Section.Waiting));
        Assert.Equal((40, 80), (stored.Seated.Count, stored.Line.Count));
    }

    [Fact]
    public async Task The_database_itself_refuses_a_seat_too_many()
    {
        var section = await university.Section("A1", 1);
        await Take(university.Desk, section, (await university.Students(1))[0]);
        await using var scope = university.Scope();
        var db = scope.ServiceProvider.GetRequiredService<UniversityDb>();
        await Assert.ThrowsAnyAsync<System.Data.Common.DbException>(() =>
            db
                .Sections.Where(one => one.Id == section.Id)
                .ExecuteUpdateAsync(set => set.SetProperty(one => one.Taken, one => one.Taken + 1))
        );
    }

    [Fact]
    public async Task Asked_twice_it_answers_the_same()
    {
        var section = await university.Section("A1", 1);
        var students = await university.Students(4);
        foreach (var student in students)
        {
            await Take(university.Desk, section, student);
        }
        Assert.Equal(Place.Seat, (await Take(university.Desk, section, students[0])).Place);
        var again = await Take(university.Desk, section, students[2]);
        Assert.Equal((Place.Waiting, 2), (again.Place, again.Position));
        // Both at once, and again.
        var late = (await university.Students(1))[0];
        var both = await Task.WhenAll(
            Take(university.Desk, section, late),
            Take(university.Desk, section, late)
        );
        Assert.All(
            both,
            answer => Assert.Equal((Place.Waiting, 4), (answer.Place, answer.Position))
        );
        var stored = await university.Stored(section.Id);
        Assert.Equal((1, 4), (stored.Section.Taken, stored.Line.Count));
    }

    [Fact]
    public async Task Who_drops_and_comes_back_stands_at_the_end()
    {
        var section = await university.Section("A1", 1);
        var students = await university.Students(3);
        foreach (var student in students)
        {
            await Take(university.Desk, section, student);
        }
        var dropped = await university.Desk.Run(new(section.Id, students[0].Id, SeatWish.GiveBack));
        Assert.Equal([students[1].CitizenId], dropped.MovedUp);
        var back = await Take(university.Desk, section, students[0]);
        Assert.Equal((Place.Waiting, 2), (back.Place, back.Position));
        // Giving back what one does not hold changes nothing.
        await university.Desk.Run(new(section.Id, students[2].Id, SeatWish.GiveBack));
        var nothing = await university.Desk.Run(new(section.Id, students[2].Id, SeatWish.GiveBack));
        Assert.Empty(nothing.MovedUp);
        var stored = await university.Stored(section.Id);
        Assert.Equal([students[1].Id], stored.Seated);
        Assert.Equal([students[0].Id], stored.Line);
        Assert.Equal((1, 1), (stored.Section.Taken, stored.Section.Waiting));
    }

    [Fact]
    public async Task New_seats_go_to_the_line_and_taken_ones_stay()
    {
        var section = await university.Section("A1", 2);
        var students = await university.Students(6);
        foreach (var student in students)
        {
            await Take(university.Desk, section, student);
        }
        await Resize(section, 5);
        var stored = await university.Stored(section.Id);
        Assert.Equal(students.Take(5).Select(student => student.Id), stored.Seated);
        Assert.Equal([students[5].Id], stored.Line);
        await Assert.ThrowsAsync<Conflict>(() => Resize(section, 4));
        await Assert.ThrowsAsync<InvalidInput>(() => Resize(section, 0));
        Assert.Equal(5, (await university.Stored(section.Id)).Section.Capacity);
    }

    [Fact]
    public async Task Nobody_sits_in_two_places_at_once()
    {
        var first = await university.Section("A1", 9, new(8, 1, 3));
        var over = await university.Section("A2", 9, new(8, 3, 4));
        var beside = await university.Section("A2", 9, new(8, 4, 6));
        var student = (await university.Students(1))[0];
        await Take(university.Desk, first, student);
        Assert.Contains("Trùng giờ", Only(await Take(university.Desk, over, student)), Ordinal);
        Assert.Equal(Place.Seat, (await Take(university.Desk, beside, student)).Place);
    }

    /// <summary>Two sections over each other, asked for in one moment: one decision sees the other.</summary>
    [Fact]
    public async Task Two_requests_of_one_student_see_each_other()
    {
        var one = await university.Section("A1", 50, new(7, 13, 14));
        var other = await university.Section("A2", 50, new(7, 14, 15));
        var students = await university.Students(20);
        var desks = new[] { NewDesk(), NewDesk() };
        var answers = await Task.WhenAll(
            students.SelectMany(student =>
                new[]
                {
                    Task.Run(() => Take(desks[0], one, student)),
                    Task.Run(() => Take(desks[1], other, student)),
                }
            )
        );
        Assert.Equal(20, answers.Count(answer => answer.Place is Place.Seat));
        Assert.Equal(20, answers.Count(answer => answer.Refusals.Count == 1));
    }

    [Fact]
    public async Task A_waiting_place_holds_its_credits_and_its_course()
    {
        var full = await university.Section("A1", 1);
        var students = await university.Students(2);
        await Take(university.Desk, full, students[0]);
        Assert.Equal(Place.Waiting, (await Take(university.Desk, full, students[1])).Place);
        var same = await Take(university.Desk, await university.Section("A1", 9), students[1]);
        Assert.Contains("hủy lớp đó trước", Only(same), Ordinal);
        await Take(university.Desk, await university.Section("A2", 9), students[1]);
        await Take(university.Desk, await university.Section("C1", 9), students[1]);
        // 3 + 3 + 2, and 9 are the most.
        var answer = await Take(university.Desk, await university.Section("C2", 9), students[1]);
        Assert.Contains(answer.Refusals, why => why.Contains("11 tín chỉ", Ordinal));
    }

    [Fact]
    public async Task A_course_waits_for_what_it_builds_on()
    {
        var answer = await Take(
            university.Desk,
            await university.Section("B1", 9),
            (await university.Students(1))[0]
        );
        Assert.Equal("Chưa đạt học phần tiên quyết: A1.", Only(answer));
    }

    [Fact]
    public async Task Registration_opens_at_its_moment_and_not_for_strangers()
    {
        await university.Term(2, TimeSpan.FromHours(1));
        await university.Term(3, TimeSpan.FromDays(-2));
        var student = (await university.Students(1))[0];
        var early = await Take(
            university.Desk,
            await university.Section("A1", 9, term: 2),
            student
        );
        Assert.Contains("Đăng ký mở lúc", Only(early), Ordinal);
        var late = await Take(university.Desk, await university.Section("A1", 9, term: 3), student);
        Assert.Contains("Đăng ký đã đóng", Only(late), Ordinal);
        var section = await university.Section("A1", 9);
        var nobody = await university.Desk.Run(
            new(section.Id, Guid.CreateVersion7(), SeatWish.Take)
        );
        Assert.Contains("Không có sinh viên này", Only(nobody), Ordinal);
        var nowhere = await university.Desk.Run(
            new(Guid.CreateVersion7(), student.Id, SeatWish.Take)
        );
        Assert.Contains("Không có lớp học phần này", Only(nowhere), Ordinal);
    }

    private const StringComparison Ordinal = StringComparison.Ordinal;

    private static string Only(SeatAnswer answer)
    {
        Assert.Null(answer.Place);
        return Assert.Single(answer.Refusals);
    }

    private RegistrationDesk NewDesk() =>
        new(
            university.Services.GetRequiredService<IServiceScopeFactory>(),
            university.Services.GetRequiredService<TimeProvider>()
        );

    private static Task<SeatAnswer> Take(RegistrationDesk desk, Section section, Student student) =>
        desk.Run(new(section.Id, student.Id, SeatWish.Take));

    private async Task Resize(Section section, int capacity)
    {
        await using var scope = university.Scope();
        await scope.ServiceProvider.GetRequiredService<ResizeSection>().Run(section.Id, capacity);
    }
}
