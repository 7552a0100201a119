using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Health.Emr.Prescriptions;

/// <summary>
/// The national code of a prescription, 14 characters: five of the facility, seven random ones of 0-9a-z, a hyphen, and the class
/// (TT 26/2025/TT-BYT, annex I note 1). It is unique in its facility; here it is also the id of the signed document, so a second
/// prescription under one code cannot be stored.
/// </summary>
public static partial class PrescriptionCode
{
    private const int FacilityLength = 5;
    private const int RandomLength = 7;

    /// <exception cref="ArgumentException">The facility's code is not five letters or digits.</exception>
    public static string New(string facility, ControlClass kind)
    {
        if (!Facility().IsMatch(facility))
        {
            throw new ArgumentException(
                $"'{facility}' is not a facility code of {FacilityLength} characters.",
                nameof(facility)
            );
        }
        var random = RandomNumberGenerator.GetString(
            "0123456789abcdefghijklmnopqrstuvwxyz",
            RandomLength
        );
        return $"{facility}{random}-{kind.Letter()}";
    }

    /// <summary>Codes of other systems may end in a capital, or in T or Y for traditional medicine.</summary>
    public static bool IsValid(string code) => Code().IsMatch(code);

    public static ControlClass ClassOf(string code) => ControlClassNames.OfLetter(code[^1]);

    [GeneratedRegex("^[0-9A-Za-z]{5}$")]
    private static partial Regex Facility();

    [GeneratedRegex("^[0-9A-Za-z]{5}[0-9a-z]{7}-[nhcytNHCYT]$")]
    private static partial Regex Code();
}
