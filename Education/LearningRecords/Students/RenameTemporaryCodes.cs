using Microsoft.EntityFrameworkCore;
using SharedKernel.Persistence.Sealing;

namespace Education.LearningRecords.Students;

/// <summary>
/// Temporary codes of earlier versions carried the personal ID in clear (<c>TAM-001315000123</c>). They are renamed to what
/// <see cref="Student.TemporaryCode"/> makes now; nothing else of this register is sealed.
/// </summary>
public sealed class RenameTemporaryCodes(LearningRecordsDb db) : IReseal
{
    private static readonly int WithPersonalId = Student.Temporary.Length + 12;

    public async Task<long> Pass(CancellationToken cancel)
    {
        var pupils = await db
            .Students.Where(pupil =>
                pupil.Code.StartsWith(Student.Temporary) && pupil.Code.Length == WithPersonalId
            )
            .ToListAsync(cancel);
        pupils.ForEach(pupil => pupil.Code = Student.TemporaryCode(pupil.Id));
        await db.SaveChangesAsync(cancel);
        db.ChangeTracker.Clear();
        return pupils.Count;
    }
}
