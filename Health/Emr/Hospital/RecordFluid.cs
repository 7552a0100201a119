using Health.Emr.Encounters;
using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Hospital;

/// <summary>
/// What went into a patient and what came out, in millilitres, each an Observation; the balance of a day is counted from 6 o'clock to 6 o'clock.
/// </summary>
public sealed class RecordFluid(FhirSession fhir, Workplace workplace, TimeProvider clock)
    : IFeature
{
    public const int DayBegins = 6;
    private const int Most = 5000;

    /// <param name="In">Taken in; otherwise lost.</param>
    public sealed record Kind(string Code, string Vietnamese, string English, bool In)
    {
        public string Name => T.Of(Vietnamese, English);
    }

    public static readonly IReadOnlyList<Kind> Kinds =
    [
        new("in-oral", "Ăn uống", "By mouth", In: true),
        new("in-iv", "Dịch truyền", "Intravenous", In: true),
        new("in-blood", "Máu, chế phẩm", "Blood products", In: true),
        new("out-urine", "Nước tiểu", "Urine", In: false),
        new("out-stool", "Phân", "Stool", In: false),
        new("out-vomit", "Nôn", "Vomit", In: false),
        new("out-drain", "Dẫn lưu", "Drain", In: false),
    ];

    public sealed record Input(string? Kind, int Millilitres);

    public sealed record Line(DateTimeOffset At, Kind Kind, int Millilitres, string? By);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/stays/{id}/fluids",
                async (RecordFluid feature, string id, Input input, CancellationToken cancel) =>
                {
                    await feature.Run(id, input, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteHealthRecords);

    /// <exception cref="InvalidInput">No such kind, or an amount that cannot be.</exception>
    public async Task Run(string stayId, Input input, CancellationToken cancel = default)
    {
        var stay = await fhir.OpenOne(stayId, cancel);
        var kind =
            Kinds.FirstOrDefault(one => one.Code == input.Kind)
            ?? throw new InvalidInput(
                "fluid",
                T.Of("Chọn loại dịch vào hoặc ra.", "Choose what went in or out.")
            );
        if (input.Millilitres is < 1 or > Most)
        {
            throw new InvalidInput(
                "millilitres",
                T.Of($"Lượng từ 1 đến {Most} ml.", $"From 1 to {Most} ml.")
            );
        }
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        changes.Create(
            new Observation
            {
                Status = ObservationStatus.Final,
                Category = [new CodeableConcept(VnCore.FluidKinds, kind.In ? "in" : "out")],
                Code = new CodeableConcept(
                    VnCore.FluidKinds,
                    kind.Code,
                    kind.English,
                    kind.Vietnamese
                ),
                Subject = stay.Subject,
                Encounter = VnCore.Reference(stay),
                Effective = new FhirDateTime(clock.GetUtcNow().InVietnam()),
                Performer = [post.Practitioner],
                Value = new Quantity(input.Millilitres, "mL", VnCore.Ucum),
            }
        );
        await fhir.Commit(changes, cancel);
    }

    internal static string SearchFor(string stayId, DateOnly day) =>
        $"encounter=Encounter/{stayId}&category={VnCore.FluidKinds}|in,{VnCore.FluidKinds}|out&status=final&{Stay.Day("date", day, DayBegins)}&_sort=date&_count=200";

    internal static IEnumerable<Line> Read(IEnumerable<Observation> observations) =>
        from observation in observations
        let kind = Kinds.FirstOrDefault(one =>
            observation.Code?.Coding.Exists(code => code.Code == one.Code) == true
        )
        where kind is not null && observation.Value is Quantity
        select new Line(
            ReadPatientSummary.When(observation.Effective),
            kind,
            (int)((Quantity)observation.Value!).Value!.Value,
            observation.Performer.FirstOrDefault()?.Display
        );

    /// <summary>What went in less what came out, in millilitres.</summary>
    public static int Balance(IEnumerable<Line> lines) =>
        lines.Sum(line => line.Kind.In ? line.Millilitres : -line.Millilitres);
}
