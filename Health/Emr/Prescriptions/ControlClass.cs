using System.Text.Json.Serialization;
using SharedKernel.Ui;

namespace Health.Emr.Prescriptions;

/// <summary>
/// How strictly a drug is controlled. The classes are never mixed: each has its own prescription, with its own letter at the end
/// of the code (TT 26/2025/TT-BYT, annex I note 1).
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<ControlClass>))]
public enum ControlClass
{
    /// <summary>C, annex I.</summary>
    Common,

    /// <summary>H, annex III: psychotropics and precursors.</summary>
    Psychotropic,

    /// <summary>N, annex II.</summary>
    Narcotic,
}

/// <summary>What the drugs are for; decides for how many days the controlled ones may be given.</summary>
[JsonConverter(typeof(JsonStringEnumConverter<Course>))]
public enum Course
{
    Acute,
    Chronic,
    CancerPain,
}

public static class ControlClassNames
{
    /// <summary>As in the code and the national API: <c>c</c>, <c>h</c>, <c>n</c>.</summary>
    public static char Letter(this ControlClass kind) =>
        kind switch
        {
            ControlClass.Narcotic => 'n',
            ControlClass.Psychotropic => 'h',
            _ => 'c',
        };

    /// <exception cref="ArgumentOutOfRangeException">No such letter.</exception>
    public static ControlClass OfLetter(char letter) =>
        char.ToLowerInvariant(letter) switch
        {
            'n' => ControlClass.Narcotic,
            'h' => ControlClass.Psychotropic,
            'c' => ControlClass.Common,
            _ => throw new ArgumentOutOfRangeException(nameof(letter), letter, null),
        };

    /// <summary>Title of the ministry's form.</summary>
    public static string FormTitle(this ControlClass kind) =>
        kind switch
        {
            ControlClass.Narcotic => "ĐƠN THUỐC “N”",
            ControlClass.Psychotropic => "ĐƠN THUỐC “H”",
            _ => "ĐƠN THUỐC",
        };

    public static string Text(this ControlClass kind) =>
        kind switch
        {
            ControlClass.Narcotic => T.Of("thuốc gây nghiện (N)", "narcotic (N)"),
            ControlClass.Psychotropic => T.Of(
                "thuốc hướng thần, tiền chất (H)",
                "psychotropic or precursor (H)"
            ),
            _ => T.Of("thuốc thường (C)", "common (C)"),
        };
}
