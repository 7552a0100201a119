using SharedKernel.Contracts;

namespace Interop.Registries.Forms;

/// <summary>
/// One thing that happened to one person and may be counted: a visit that ended, a death, a vaccine given. The conditions of a form ask for its values
/// by name.
/// </summary>
public sealed class Fact
{
    /// <summary>Reference of the record, such as <c>Encounter/123</c>.</summary>
    public required string Record { get; init; }

    /// <summary>Id of the Patient.</summary>
    public required string Patient { get; init; }

    /// <summary>The day by which age is counted, Viet Nam's.</summary>
    public required DateOnly On { get; init; }

    /// <summary>Code of the facility; null when the record names none.</summary>
    public string? Facility { get; set; }
    public Sex Sex { get; set; }
    public PartialDate? Born { get; set; }

    /// <summary>Two digits (01 Kinh), or null.</summary>
    public string? Ethnicity { get; set; }

    /// <summary>ICD-10 category of the principal diagnosis or of the cause of death.</summary>
    public string? Category { get; set; }

    /// <summary>Every ICD-10 code recorded, as written.</summary>
    public List<string> Codes { get; } = [];

    /// <summary>AMB, IMP, EMER … (v3-ActCode); of an immunization the CVX code.</summary>
    public string? Kind { get; set; }

    /// <summary><c>died</c>, <c>died-before</c>, <c>grave</c> (sent home dying at the family's wish), or null.</summary>
    public string? Outcome { get; set; }

    /// <summary>1, 2, 3 … of a vaccine.</summary>
    public int? Dose { get; set; }

    /// <summary><c>reached</c> or <c>missed</c>: blood pressure below 140/90 at the last measurement of the visit; null when none.</summary>
    public string? BloodPressure { get; set; }

    /// <summary>LOINC codes of what was measured in the visit, of those that the form asks about.</summary>
    public HashSet<string> Measured { get; } = [];
    public bool Certified { get; set; }

    public int? Years => Born?.YearsOn(On);

    /// <summary>Null when the birth is not known to the day.</summary>
    public int? Days => Born is { Day: not null } born ? On.DayNumber - born.First.DayNumber : null;
}
