namespace Education.University.Registering;

/// <summary>A term of an institution and the moment in which registration opens.</summary>
public sealed class UniversityTerm
{
    public required Guid Id { get; init; }
    public required string InstitutionCode { get; init; }

    /// <summary>Year in which the academic year begins.</summary>
    public required int Year { get; init; }

    /// <summary>1, 2, and 3 for the summer.</summary>
    public required int Number { get; init; }
    public required DateOnly Starts { get; set; }
    public required DateOnly Ends { get; set; }
    public required DateTimeOffset Opens { get; set; }
    public required DateTimeOffset Closes { get; set; }

    /// <summary>
    /// Times that seats were given or taken back. Counting it up is the first thing such a transaction does, so that one at a time decides about
    /// a term, whatever number of servers there are.
    /// </summary>
    public long Decisions { get; set; }

    /// <summary>Order of terms in time.</summary>
    public int Order => Year * 10 + Number;

    public bool IsOpen(DateTimeOffset at) => Opens <= at && at < Closes;
}

/// <summary>A class of a course in a term, with seats.</summary>
public sealed class Section
{
    public required Guid Id { get; init; }
    public required Guid TermId { get; init; }
    public required Guid CourseId { get; init; }

    /// <summary>Such as <c>01</c>.</summary>
    public required string Number { get; init; }
    public required int Capacity { get; set; }

    /// <summary>Seats taken; the database itself refuses more than <see cref="Capacity"/>.</summary>
    public int Taken { get; set; }

    /// <summary>How many wait; nobody gets a seat past them.</summary>
    public int Waiting { get; set; }

    /// <summary>The last number that was drawn.</summary>
    public long Tickets { get; set; }

    public string? TeacherAccount { get; set; }
    public string? TeacherName { get; set; }
    public string? Room { get; set; }
    public DateTimeOffset? PublishedAt { get; set; }
    public List<SectionSlot> Slots { get; } = [];

    public int SeatsLeft => Capacity - Taken;
}

/// <summary>When a section meets in every week of its term.</summary>
public sealed class SectionSlot
{
    public required Guid SectionId { get; init; }

    /// <summary>2 (Monday) to 8 (Sunday), as timetables in Viet Nam number them.</summary>
    public required int Day { get; init; }

    /// <summary>Periods of the day, 1–15.</summary>
    public required int First { get; init; }
    public required int Last { get; init; }

    public bool Meets(SectionSlot other) =>
        Day == other.Day && First <= other.Last && other.First <= Last;
}

public enum Place
{
    Seat,
    Waiting,
    Dropped,
}

/// <summary>What a student holds in a section.</summary>
public sealed class Registration
{
    public required Guid SectionId { get; init; }
    public required Guid StudentId { get; init; }
    public required Guid TermId { get; init; }
    public required Guid CourseId { get; init; }
    public Place Place { get; set; }

    /// <summary>Order of arrival in the section; the least ticket of those who wait moves up next.</summary>
    public long Ticket { get; set; }

    /// <summary>When it was asked for.</summary>
    public DateTimeOffset At { get; set; }

    /// <summary>When the student moved up from the waiting list, if so.</summary>
    public DateTimeOffset? MovedUpAt { get; set; }
}
