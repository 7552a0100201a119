using Education.LearningRecords.Assessment;
using Education.LearningRecords.Schools;
using Education.LearningRecords.Students;
using SharedKernel.Contracts;

namespace Education.LearningRecords.Transcripts;

/// <summary>Makes the content of a học bạ số from the results that the rule set gives now.</summary>
public sealed class FreezeYear(ReadRecord records, ICitizens citizens, ICurrentCaller current)
{
    /// <summary>A temporary code of the ministry's database is made of the personal ID, which no document shows in clear.</summary>
    private const string TemporaryCode = "TAM-";

    /// <returns>The content, and what the year still lacks by name: it can be signed once that is nothing.</returns>
    public async Task<(TranscriptContent Content, IReadOnlyList<string> Missing)> Run(
        Student student,
        SchoolClass schoolClass,
        TranscriptHead head,
        CancellationToken cancel
    )
    {
        var year =
            await records.Year(student.Id, schoolClass.Year, cancel)
            ?? throw new NotFound($"Year {schoolClass.Year} of {student.FullName}");
        var number = await PersonalId(student.Id, cancel);
        var content = new TranscriptContent(
            head.Id,
            head.Version,
            head.Replaces,
            head.Why,
            Circular22.Name,
            new(
                schoolClass.SchoolCode,
                year.School,
                schoolClass.Year,
                schoolClass.Name,
                schoolClass.Grade
            ),
            new(
                student.Code.StartsWith(TemporaryCode, StringComparison.Ordinal)
                    ? null
                    : student.Code,
                student.FullName,
                student.BirthDate,
                student.Sex,
                number is null ? null : HashedNumber.Of(number)
            ),
            [.. year.Sheet.Subjects.Select(Subject)],
            [
                .. new[] { 1, 2 }.Select(term =>
                {
                    var conduct = year.Terms.FirstOrDefault(known => known.Term == term);
                    return new FrozenTerm(
                        term,
                        (term == 1 ? year.Sheet.Term1 : year.Sheet.Term2)?.Level.Official(),
                        conduct?.Level?.Official(),
                        conduct?.Absences ?? 0,
                        conduct?.Comment
                    );
                }),
            ],
            year.Sheet.Year?.Level.Official(),
            year.Conduct?.Official(),
            year.Decision is { } decision
                ? new(decision.Outcome, decision.Outcome.Official(), decision.Article)
                : null,
            year.Award.Official()
        );
        return (content, Missing(content));
    }

    /// <summary>Whether the results are still what was frozen. The hash of the number has another salt each time and is compared by itself.</summary>
    public async Task<bool> IsCurrent(
        TranscriptContent frozen,
        Student student,
        SchoolClass schoolClass,
        CancellationToken cancel
    )
    {
        var (now, _) = await Run(
            student,
            schoolClass,
            new(frozen.Id, frozen.Version, frozen.Replaces, frozen.Why),
            cancel
        );
        var same = now with { Pupil = now.Pupil with { PersonalId = frozen.Pupil.PersonalId } };
        return TranscriptXml.Write(same) == TranscriptXml.Write(frozen);
    }

    /// <summary>Teachers may not read the register of citizens. The number goes into the document as a hash and is told to nobody.</summary>
    private async Task<string?> PersonalId(CitizenId id, CancellationToken cancel)
    {
        var caller = current.Caller;
        current.Become(Caller.TheSystem);
        try
        {
            return (await citizens.Find(id, cancel))?.Details.PersonalId;
        }
        finally
        {
            current.Become(caller);
        }
    }

    private static FrozenSubject Subject(SubjectSheet sheet) =>
        new(
            sheet.Subject.Subject,
            sheet.Subject.Name,
            sheet.Subject.Kind,
            sheet.Subject.AnnualPeriods,
            [
                .. new[] { 1, 2 }.Select(term => new FrozenSubjectTerm(
                    term,
                    [
                        .. sheet
                            .MarksOf(term)
                            .OrderBy(mark => mark.Column)
                            .ThenBy(mark => mark.Number)
                            .Select(mark => new FrozenMark(
                                mark.Column,
                                mark.Number,
                                mark.Value.ToString()
                            )),
                    ],
                    RecordDocument.Result(sheet.Term(term))
                )),
            ],
            RecordDocument.Result(sheet.Retest ?? sheet.Year)
        );

    private static List<string> Missing(TranscriptContent content)
    {
        var missing = content
            .Subjects.Where(subject => subject.Year is null)
            .Select(subject => subject.Name)
            .ToList();
        if (content.Conduct is null)
        {
            missing.Add("rèn luyện");
        }
        return missing;
    }
}

/// <summary>Which document of a pupil's year it is.</summary>
public sealed record TranscriptHead(Guid Id, int Version, Guid? Replaces, string? Why);
