using SharedKernel.Contracts;

namespace Interop.Host.Demo;

/// <param name="Household">People with the same number live together.</param>
/// <param name="Guardian">Index of a parent in <see cref="DemoPopulation.People"/>, for children.</param>
internal sealed record DemoPerson(
    CitizenId Id,
    CitizenDetails Details,
    int Household,
    int? Guardian
);

/// <summary>The people of the demo world, already registered with the kernel.</summary>
internal sealed record DemoPopulation(IReadOnlyList<DemoPerson> People)
{
    public const string StationCode = "40151";
    public const string StationName = "Trạm Y tế xã An Hòa";
    public const string HospitalCode = "40012";
    public const string HospitalName = "Bệnh viện Đa khoa khu vực An Hòa";
    public const string SchoolCode = "4017001";
    public const string SchoolName = "Trường THCS An Hòa";

    /// <summary>Aged 11 to 15: the pupils of grades 6 to 9.</summary>
    public IEnumerable<DemoPerson> PupilsOf(int grade, int schoolYear) =>
        People.Where(person => person.Details.BirthDate?.Year == schoolYear - 5 - grade);
}
