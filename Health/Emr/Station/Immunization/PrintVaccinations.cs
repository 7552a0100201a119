using Health.Emr.Patients;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Documents;
using SharedKernel.Modules;
using SharedKernel.Ui;
using FhirImmunization = Hl7.Fhir.Model.Immunization;

namespace Health.Emr.Station.Immunization;

/// <summary>
/// The personal vaccination booklet on paper (A5): every dose with lot and place, what does not count and why, and the days of the next ones.
/// </summary>
public sealed class PrintVaccinations(ReadVaccinations read, TimeProvider clock) : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/health/patients/{id}/vaccinations/pdf",
                async (PrintVaccinations feature, string id, CancellationToken cancel) =>
                    Results.File(await feature.Run(id, cancel), "application/pdf")
            )
            .Requires(Permission.ReadHealthRecords);

    public async Task<byte[]> Run(string id, CancellationToken cancel = default)
    {
        var view = await read.Run(id, cancel);
        var patient = view.Summary.Patient;
        var today = clock.Today();
        using var paper = new Paper(
            $"Sổ tiêm chủng {patient.FullName()}",
            $"Sổ tiêm chủng cá nhân · in ngày {today.Text()}"
        );
        paper.Text("SỔ TIÊM CHỦNG CÁ NHÂN", Ink.Title, Align.Center);
        paper.Gap(4);
        paper.Fact("Họ và tên:", patient.FullName());
        paper.Columns([
            (
                0,
                0.5f,
                (left, right) => paper.Fact("Ngày sinh:", patient.Birth()?.Text(), left, right)
            ),
            (0.5f, 1, (left, right) => paper.Fact("Giới tính:", Sex(patient.Sex()), left, right)),
        ]);
        paper.Fact("Số định danh:", patient.PersonalId());
        paper.Fact("Nơi cư trú:", patient.AddressText());
        if (patient.Contact.FirstOrDefault(contact => contact.Name is not null)?.Name is { } mother)
        {
            paper.Fact("Mẹ/người giám hộ:", mother.Text);
        }
        paper.Gap(6);
        Doses(paper, view);
        Next(paper, view);
        return paper.Finish();
    }

    private static void Doses(Paper paper, ReadVaccinations.View view)
    {
        paper.Text("Đã tiêm", Ink.Strong);
        var given = view
            .Doses.Where(dose => dose.Status is FhirImmunization.ImmunizationStatusCodes.Completed)
            .OrderBy(dose => dose.On())
            .ToList();
        if (given.Count == 0)
        {
            paper.Text("Chưa có mũi nào.", Ink.Quiet);
        }
        foreach (var dose in given)
        {
            var judged = view.JudgementsOf(dose.Id!).ToList();
            var numbers = judged
                .Where(one => one.Dose.Status is DoseStatus.Valid)
                .Select(one => one.Dose.Target)
                .Distinct()
                .ToList();
            paper.KeepTogether(26);
            paper.Columns([
                (
                    0,
                    0.2f,
                    (left, right) =>
                        paper.Text(dose.On()?.Text() ?? "", Ink.Plain, Align.Left, left, right)
                ),
                (
                    0.2f,
                    0.62f,
                    (left, right) =>
                        paper.Text(
                            numbers.Count > 0
                                ? $"{dose.Name()}, mũi {string.Join("/", numbers)}"
                                : dose.Name(),
                            Ink.Strong,
                            Align.Left,
                            left,
                            right
                        )
                ),
                (
                    0.63f,
                    1,
                    (left, right) =>
                        paper.Text(
                            string.Join(
                                " · ",
                                new[]
                                {
                                    dose.LotNumber is { } lot ? $"lô {lot}" : null,
                                    dose.Place(),
                                }.OfType<string>()
                            ),
                            Ink.Small,
                            Align.Left,
                            left,
                            right
                        )
                ),
            ]);
            if (
                numbers.Count == 0
                && judged is [var (_, wrong), ..]
                && wrong.Status is DoseStatus.NotValid
            )
            {
                paper.Text($"Không tính: {wrong.Why}.", Ink.Small);
            }
        }
        paper.Gap(6);
    }

    private static void Next(Paper paper, ReadVaccinations.View view)
    {
        var next = view.Offers.OrderBy(offer => offer.Recommended).Take(12).ToList();
        if (next.Count == 0)
        {
            return;
        }
        paper.Text("Lịch các mũi tiếp theo", Ink.Strong);
        foreach (var offer in next)
        {
            paper.Columns([
                (
                    0,
                    0.2f,
                    (left, right) =>
                        paper.Text(
                            offer.Recommended?.Text() ?? "",
                            Ink.Plain,
                            Align.Left,
                            left,
                            right
                        )
                ),
                (
                    0.2f,
                    1,
                    (left, right) =>
                        paper.Text(
                            $"{offer.Vaccine.Vietnamese}, mũi {offer.Doses}",
                            Ink.Plain,
                            Align.Left,
                            left,
                            right
                        )
                ),
            ]);
        }
        paper.Gap(4);
        paper.Text(
            "Lịch theo chương trình tiêm chủng mở rộng; mang sổ này theo mỗi lần tiêm.",
            Ink.Small
        );
    }

    private static string Sex(Sex sex) =>
        sex is SharedKernel.Contracts.Sex.Male ? "Nam"
        : sex is SharedKernel.Contracts.Sex.Female ? "Nữ"
        : "Chưa xác định";
}
