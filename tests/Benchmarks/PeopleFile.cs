using System.Globalization;
using Samples.GeneratedPeople;

namespace Benchmarks;

/// <summary><c>people count file.csv</c>: writes generated people for somebody else's tool; the first column is who they are.</summary>
public static class PeopleFile
{
    public static int Write(int count, string file)
    {
        using var csv = new StreamWriter(file);
        csv.WriteLine(
            "person,fullName,birthDate,sex,personalId,insurance,phone,address,commune,addressAsOf"
        );
        foreach (var (person, one) in new PeopleGenerator(count, Linkage.Seed).Records())
        {
            csv.WriteLine(
                string.Join(
                    ',',
                    person,
                    one.FullName,
                    one.BirthDate,
                    one.Sex,
                    one.PersonalId,
                    one.InsuranceNumber,
                    one.Phone,
                    one.Address,
                    one.CommuneCode,
                    one.AddressAsOf?.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)
                )
            );
        }
        return 0;
    }
}
