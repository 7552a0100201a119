using System.Globalization;
using System.Text;

namespace Interop.Registries.Schools;

/// <summary>
/// The pupils as SDMX-CSV 2.0 (https://github.com/sdmx-twg/sdmx-csv) under our data structure <c>VNMOET:EDU_STUDENTS(1.0)</c>: one line for each combination, no totals, since totals are the reader's
/// sums. Code lists: SEX by CL_SEX (M, F, _U), AGE by CL_AGE (Y11, _U), EDU_LEVEL by ISCED 2011 (1, 2, 3), ETHNICITY by the national list (01 … 55, _U), REPEATER (Y, N), OBS_STATUS by CL_OBS_STATUS (A, or P while the year is
/// not over).
/// </summary>
internal static class SdmxPupils
{
    private const string Structure = "VNMOET:EDU_STUDENTS(1.0)";

    internal static readonly string[] Dimensions =
    [
        "REF_AREA",
        "SCHOOL",
        "EDU_LEVEL",
        "GRADE",
        "SEX",
        "AGE",
        "ETHNICITY",
        "REPEATER",
        "TIME_PERIOD",
    ];

    public static byte[] Write(ExportContext context)
    {
        var text = new StringBuilder();
        text.Append("STRUCTURE,STRUCTURE_ID,ACTION,")
            .Append(string.Join(',', Dimensions))
            .Append(",UNIT_MEASURE,OBS_VALUE,OBS_STATUS\r\n");
        var rows = context
            .Rows.Where(row => !row.IsTotal)
            // Conduct is no dimension of the structure: its groups come together again.
            .GroupBy(row => string.Join(',', row.Values.Skip(2).Take(6).Prepend(row.Values[0])))
            .Select(group =>
                (First: group.First().Values, Pupils: group.Sum(row => (long)row.Values[9]!))
            );
        foreach (var (row, pupils) in rows)
        {
            text.Append(
                CultureInfo.InvariantCulture,
                $"dataflow,{Structure},R,VN,{row[0]},{Isced((string)row[2]!)},G{row[3]},{row[4]},{(row[5] is long age ? $"Y{age}" : "_U")},{row[6] ?? "_U"},{row[7]},{context.Period.Year},PS,{pupils},{(context.Complete ? 'A' : 'P')}\r\n"
            );
        }
        return Encoding.UTF8.GetBytes(text.ToString());
    }

    /// <summary>02 primary to ISCED 1, 03 to 2, 04 to 3.</summary>
    internal static string Isced(string level) =>
        level switch
        {
            "02" => "1",
            "03" => "2",
            _ => "3",
        };
}
