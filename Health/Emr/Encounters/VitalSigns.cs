using SharedKernel.Ui;

namespace Health.Emr.Encounters;

/// <summary>
/// One vital sign: its LOINC code, UCUM unit, the range that a living person can have (outside it is a slip of the hand), and
/// the range that is ordinary at an age.
/// </summary>
/// <param name="Key">Name of the form field.</param>
/// <param name="Decimals">How many are kept.</param>
public sealed record VitalSign(
    string Key,
    string Loinc,
    string Vietnamese,
    string English,
    string Unit,
    string Ucum,
    decimal PossibleLow,
    decimal PossibleHigh,
    int Decimals,
    IReadOnlyList<OrdinaryRange> Ordinary
)
{
    public string Name => T.Of(Vietnamese, English);

    public bool IsPossible(decimal value) => PossibleLow <= value && value <= PossibleHigh;

    /// <summary>Null when no range is known for the age, or the age is not.</summary>
    public OrdinaryRange? OrdinaryAt(int? months) =>
        months is { } age
            ? Ordinary.FirstOrDefault(range => range.FromMonths <= age && age < range.ToMonths)
            : null;

    /// <summary><c>L</c>, <c>H</c>, <c>N</c>, or null when no range is known.</summary>
    public string? Interpret(decimal value, int? months) =>
        OrdinaryAt(months) is not { } range ? null
        : value < range.Low ? "L"
        : value > range.High ? "H"
        : "N";
}

/// <param name="ToMonths">Exclusive.</param>
public sealed record OrdinaryRange(
    int FromMonths,
    int ToMonths,
    decimal Low,
    decimal High,
    string Source
);

/// <summary>The FHIR vital signs (https://hl7.org/fhir/R4/observation-vitalsigns.html) that a clinic measures.</summary>
public static class VitalSigns
{
    private const string Pals = "PALS 2020";
    private const string Hypertension = "QĐ 3192/QĐ-BYT 2010";
    private const string Bmi = "WHO WPRO 2000";
    private const int Always = 2400;

    public static readonly VitalSign Temperature = new(
        "temperature",
        "8310-5",
        "Nhiệt độ",
        "Temperature",
        "°C",
        "Cel",
        25,
        45,
        1,
        [new(0, Always, 36.0m, 37.4m, "BYT")]
    );

    public static readonly VitalSign Pulse = new(
        "pulse",
        "8867-4",
        "Mạch",
        "Pulse",
        "lần/phút",
        "/min",
        20,
        300,
        0,
        [
            new(0, 12, 100, 180, Pals),
            new(12, 36, 98, 140, Pals),
            new(36, 72, 80, 120, Pals),
            new(72, 144, 75, 118, Pals),
            new(144, Always, 60, 100, Pals),
        ]
    );

    public static readonly VitalSign Respiration = new(
        "respiration",
        "9279-1",
        "Nhịp thở",
        "Respiratory rate",
        "lần/phút",
        "/min",
        4,
        120,
        0,
        [
            new(0, 12, 30, 53, Pals),
            new(12, 36, 22, 37, Pals),
            new(36, 72, 20, 28, Pals),
            new(72, 144, 18, 25, Pals),
            new(144, Always, 12, 20, Pals),
        ]
    );

    public static readonly VitalSign Systolic = new(
        "systolic",
        "8480-6",
        "Huyết áp tâm thu",
        "Systolic pressure",
        "mmHg",
        "mm[Hg]",
        40,
        300,
        0,
        [
            new(0, 1, 67, 84, Pals),
            new(1, 12, 72, 104, Pals),
            new(12, 36, 86, 106, Pals),
            new(36, 72, 89, 112, Pals),
            new(72, 120, 97, 115, Pals),
            new(120, 144, 102, 120, Pals),
            new(144, 192, 110, 131, Pals),
            new(192, Always, 90, 139, Hypertension),
        ]
    );

    public static readonly VitalSign Diastolic = new(
        "diastolic",
        "8462-4",
        "Huyết áp tâm trương",
        "Diastolic pressure",
        "mmHg",
        "mm[Hg]",
        20,
        200,
        0,
        [
            new(0, 1, 35, 53, Pals),
            new(1, 12, 37, 56, Pals),
            new(12, 36, 42, 63, Pals),
            new(36, 72, 46, 72, Pals),
            new(72, 120, 57, 76, Pals),
            new(120, 144, 61, 80, Pals),
            new(144, 192, 64, 83, Pals),
            new(192, Always, 60, 89, Hypertension),
        ]
    );

    public static readonly VitalSign Saturation = new(
        "saturation",
        "2708-6",
        "SpO₂",
        "SpO₂",
        "%",
        "%",
        30,
        100,
        0,
        [new(0, Always, 95, 100, "WHO")]
    );

    public static readonly VitalSign Height = new(
        "height",
        "8302-2",
        "Chiều cao",
        "Height",
        "cm",
        "cm",
        20,
        250,
        1,
        []
    );

    /// <summary>A small child's height, measured lying: the same observation with its posture beside (<see cref="LyingLoinc"/>).</summary>
    public static readonly VitalSign Length = new(
        "length",
        "8302-2",
        "Chiều dài nằm",
        "Length, lying",
        "cm",
        "cm",
        20,
        150,
        1,
        []
    );

    public static readonly VitalSign HeadCircumference = new(
        "head",
        "9843-4",
        "Vòng đầu",
        "Head circumference",
        "cm",
        "cm",
        15,
        80,
        1,
        []
    );

    public static readonly VitalSign Weight = new(
        "weight",
        "29463-7",
        "Cân nặng",
        "Weight",
        "kg",
        "kg",
        0.3m,
        400,
        2,
        []
    );

    public static readonly VitalSign BodyMass = new(
        "bmi",
        "39156-5",
        "BMI",
        "BMI",
        "kg/m²",
        "kg/m2",
        5,
        120,
        1,
        [new(228, Always, 18.5m, 22.9m, Bmi)]
    );

    /// <summary>Panel of the two pressures, which FHIR keeps in one Observation.</summary>
    public const string BloodPressureLoinc = "85354-9";

    /// <summary>LOINC of a body height measured lying and of one measured standing, second codes of the observation.</summary>
    public const string LyingLoinc = "8306-3";
    public const string StandingLoinc = "8308-9";

    /// <summary>In the order in which a nurse measures them; the body-mass index is computed.</summary>
    public static readonly IReadOnlyList<VitalSign> Measured =
    [
        Temperature,
        Pulse,
        Systolic,
        Diastolic,
        Respiration,
        Saturation,
        Weight,
        Height,
        Length,
        HeadCircumference,
    ];

    /// <summary>What is asked for at an age: a small child lies to be measured, and its head is measured too.</summary>
    public static IEnumerable<VitalSign> MeasuredAt(int? months) =>
        Measured.Where(sign =>
            sign == Height ? months is null or >= 24
            : sign == Length ? months < 36
            : sign != HeadCircumference || months < 60
        );

    public static VitalSign? ByLoinc(string? loinc) =>
        Measured.Append(BodyMass).FirstOrDefault(sign => sign.Loinc == loinc);

    /// <param name="weight">Kilograms.</param>
    /// <param name="height">Centimetres.</param>
    public static decimal BodyMassIndex(decimal weight, decimal height) =>
        Math.Round(weight / (height / 100 * (height / 100)), 1, MidpointRounding.AwayFromZero);
}
