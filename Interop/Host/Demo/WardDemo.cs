using Health.Emr.Encounters;
using Health.Emr.Hospital;
using Health.Emr.Orders;
using Health.Emr.Patients;
using Health.Fhir.Store;
using Microsoft.AspNetCore.Identity;
using SharedKernel.Access.Accounts;
using SharedKernel.Contracts;

namespace Interop.Host.Demo;

/// <summary>The hospital's wards with a few patients in bed, orders that wait and a result that lies unread before the doctor.</summary>
internal static class WardDemo
{
    private sealed record Case(
        int FromAge,
        string Reason,
        string Code,
        string Course,
        string Care,
        string Drug,
        decimal Dose,
        string Times
    );

    private static readonly (string Name, int Beds)[] Wards =
    [
        ("Khoa Nội tổng hợp", 8),
        ("Khoa Ngoại", 6),
    ];

    private static readonly Case[] Cases =
    [
        new(
            50,
            "Ho, sốt, khó thở",
            "J18.9",
            "Sốt 38,5 °C, ho đờm vàng, phổi phải ran ẩm.",
            "Chăm sóc cấp II, ăn cháo, uống nhiều nước.",
            "amox500",
            1,
            "6, 14, 22"
        ),
        new(
            60,
            "Đau đầu, huyết áp cao",
            "I10",
            "Huyết áp 180/100, tỉnh, không yếu liệt.",
            "Theo dõi huyết áp mỗi 4 giờ, ăn nhạt.",
            "amlo5",
            1,
            "8"
        ),
        new(
            18,
            "Đau hố chậu phải",
            "K35.8",
            "Sau mổ ruột thừa ngày 1, đau nhẹ vết mổ, chưa trung tiện.",
            "Vận động sớm, nhịn ăn đến khi trung tiện.",
            "para500",
            1,
            "6, 12, 18, 23"
        ),
    ];

    public static async Task Load(
        IServiceProvider services,
        DemoPopulation population,
        CancellationToken cancel
    )
    {
        if (services.GetService<FhirSession>() is null)
        {
            return; // Health is not among the modules that run.
        }
        await Become(services, "bacsi");
        var wards = services.GetRequiredService<KeepWards>();
        foreach (var (name, beds) in Wards)
        {
            await wards.Open(new(name, beds), cancel);
        }
        var today = services.GetRequiredService<TimeProvider>().Today();
        var people = population
            .People.Where(person => person.Details.BirthDate is not null)
            .OrderByDescending(person => person.Id.ToString(), StringComparer.Ordinal)
            .ToList();
        foreach (var (one, i) in Cases.Select((one, i) => (one, i)))
        {
            var person = people.First(person =>
                person.Details.BirthDate!.Value.YearsOn(today) >= one.FromAge
            );
            people.Remove(person);
            var ward = (await wards.FreeBeds(cancel))[i == 2 ? ^1 : 0];
            await Admit(services, person, one, ward.Beds[0].Id!, cancel);
        }
        services.GetRequiredService<ICurrentCaller>().Become(Caller.TheSystem);
    }

    private static async Task Admit(
        IServiceProvider services,
        DemoPerson person,
        Case one,
        string bed,
        CancellationToken cancel
    )
    {
        await services.GetRequiredService<RegisterPatient>().Run(person.Id, cancel);
        var visit = await services
            .GetRequiredService<OpenEncounter>()
            .Run(new(person.Id.ToString(), one.Reason), cancel);
        await services
            .GetRequiredService<AddDiagnosis>()
            .Run(visit, new(one.Code, Primary: true), cancel);
        var tests = services.GetRequiredService<OrderTests>();
        var results = services.GetRequiredService<EnterResults>();
        var blood = await tests.Run(visit, new(["cbc"]), cancel);
        await results.Run(
            blood[0],
            new(
                new Dictionary<string, string?>
                {
                    ["wbc"] = "14,2",
                    ["hgb"] = "128",
                    ["plt"] = "265",
                    ["neu"] = "82",
                }
            ),
            cancel
        );
        var stay = await services
            .GetRequiredService<AdmitPatient>()
            .Run(visit, new(bed, Emergency: true), cancel);
        await services
            .GetRequiredService<WriteProgress>()
            .Run(stay, new(one.Course, one.Care), cancel);
        await services
            .GetRequiredService<OrderDrug>()
            .Run(stay, new(one.Drug, one.Dose, one.Times, Days: 3), cancel);
        await tests.Run(stay, new(["crp"], Urgent: true), cancel);
    }

    private static async Task Become(IServiceProvider services, string user)
    {
        var account =
            await services.GetRequiredService<UserManager<Account>>().FindByNameAsync(user)
            ?? throw new InvalidOperationException($"{user} has no account.");
        services
            .GetRequiredService<ICurrentCaller>()
            .Become(
                new Caller(
                    account.Id,
                    account.FullName,
                    account.Roles.ToHashSet(),
                    account.Organisation
                )
            );
    }
}
