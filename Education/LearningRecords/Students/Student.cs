using SharedKernel.Contracts;

namespace Education.LearningRecords.Students;

/// <summary>
/// A pupil. Who the person is, the kernel knows; name, birth and sex stand here as the school's register states them, since
/// a học bạ is a document of its day and a class list must not wait for another module.
/// </summary>
public sealed class Student
{
    public required CitizenId Id { get; init; }

    /// <summary>Mã học sinh of the ministry's database; <c>TAM-…</c> until the ministry has issued one.</summary>
    public required string Code { get; set; }
    public required string FullName { get; set; }
    public PartialDate? BirthDate { get; set; }
    public Sex Sex { get; set; }

    /// <summary>Two-digit code (01 Kinh … 55 foreigner).</summary>
    public string? Ethnicity { get; set; }

    /// <summary>Takes over what the register knows of the person.</summary>
    public void Follow(Citizen citizen)
    {
        FullName = citizen.Details.FullName;
        BirthDate = citizen.Details.BirthDate;
        Sex = citizen.Details.Sex;
        Ethnicity = citizen.Details.Ethnicity;
    }

    /// <summary>
    /// For a pupil without a code, after the ministry's convention <c>TAM-…</c>. It carries the kernel's id and not the personal ID, which this
    /// register keeps nowhere.
    /// </summary>
    public static string TemporaryCode(CitizenId citizen) => Temporary + citizen;

    internal const string Temporary = "TAM-";
}
