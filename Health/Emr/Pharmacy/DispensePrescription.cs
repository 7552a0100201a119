using System.Globalization;
using Health.Emr.Prescriptions;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Pharmacy;

/// <summary>
/// Hands out all or part of a prescription: one MedicationDispense a line, and the prescription moves on, in one transaction that holds only if nobody
/// else has handed out of it meanwhile (https://hl7.org/fhir/R4/medicationdispense.html; TT 26/2025/TT-BYT Điều 12).
/// </summary>
public sealed class DispensePrescription(
    FhirSession fhir,
    PrescriptionLimits limits,
    Workplace workplace,
    ICurrentCaller current,
    IAccess access,
    TimeProvider clock
) : IFeature
{
    /// <param name="Receiver">Who takes the drugs; required for narcotics and psychotropics.</param>
    /// <param name="ReceiverId">The receiver's personal ID or passport; likewise.</param>
    public sealed record Input(
        IReadOnlyList<Input.Line>? Lines,
        string? Receiver = null,
        string? ReceiverId = null
    )
    {
        /// <param name="Order">As <see cref="FindForDispensing"/> gave it.</param>
        /// <param name="Quantity">In the prescription's unit.</param>
        /// <param name="Substitute">Drug code of what is handed out instead.</param>
        public sealed record Line(string Order, int Quantity, string? Substitute = null);
    }

    /// <param name="Dispenses">Ids of the MedicationDispenses.</param>
    public sealed record Result(PrescriptionState State, IReadOnlyList<string> Dispenses);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/pharmacy/prescriptions/{code}/dispenses",
                async (
                    DispensePrescription feature,
                    string code,
                    Input input,
                    CancellationToken cancel
                ) => Results.Ok(await feature.Run(code, input, cancel))
            )
            .Requires(Permission.DispensePrescriptions);

    /// <exception cref="NotFound">There is no signed prescription of this code.</exception>
    /// <exception cref="InvalidInput">Names each line that may not be handed out so.</exception>
    /// <exception cref="Conflict">It no longer holds, or somebody else handed out of it at this moment; nothing was written.</exception>
    public async Task<Result> Run(string code, Input input, CancellationToken cancel = default)
    {
        access.Demand(current.Caller, Permission.DispensePrescriptions);
        using var ownWork = new OwnWork(current);
        var found = await Dispensable.Read(code, fhir, limits, clock.Today(), cancel);
        if (!found.State.CanBeDispensed())
        {
            throw new Conflict(
                T.Of(
                    $"Không bán được: đơn {code} {found.State.Text().ToLowerInvariant()}.",
                    $"Cannot be dispensed: prescription {code} is {found.State.Text().ToLowerInvariant()}."
                )
            );
        }
        var lines = Check(found, input);
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        var at = clock.GetUtcNow().InVietnam();
        var dispenses = new List<string>();
        foreach (var (line, quantity, given) in lines)
        {
            var dispense = Dispense(found, line, quantity, given, post, at, input);
            dispenses.Add(dispense.Id!);
            changes.Update(dispense);
            if (line.Remaining == quantity)
            {
                line.Order.Status = MedicationRequest.MedicationrequestStatus.Completed;
                changes.Update(line.Order, line.Order.Meta?.VersionId);
            }
        }
        var isAll = found.Lines.All(line =>
            line.Remaining
            == lines.Where(one => one.Line == line).Select(one => one.Quantity).FirstOrDefault()
        );
        var next = isAll ? PrescriptionState.Dispensed : PrescriptionState.PartlyDispensed;
        var count = found.Count + 1;
        found.Document.Become(next);
        found.Document.Meta!.Tag.RemoveAll(tag => tag.System == Dispensable.CountTag);
        found.Document.Meta.Tag.Add(
            new Coding(Dispensable.CountTag, count.ToString(CultureInfo.InvariantCulture))
        );
        changes.Update(found.Document, found.Document.Meta.VersionId);
        try
        {
            await fhir.Commit(changes, cancel);
        }
        catch (Conflict)
        {
            throw new Conflict(
                T.Of(
                    "Nhà thuốc khác vừa bán thuốc của đơn này. Chưa có gì được ghi; hãy xem lại số còn lại.",
                    "Another pharmacy has just dispensed from this prescription. Nothing was written; look again at what is left."
                )
            );
        }
        return new Result(next, dispenses);
    }

    private static List<(Dispensable.Line Line, int Quantity, Drug? Given)> Check(
        Dispensable found,
        Input input
    )
    {
        var errors = new List<FieldError>();
        var lines = new List<(Dispensable.Line, int, Drug?)>();
        var asked = (input.Lines ?? []).Where(line => line.Quantity != 0).ToList();
        for (var i = 0; i < asked.Count; i++)
        {
            var (order, quantity, substitute) = asked[i];
            var line = found.Lines.FirstOrDefault(one => one.Order.Id == order);
            var given = substitute is null ? line?.Drug : DrugCatalogue.Find(substitute);
            if (line is null || asked.FindIndex(one => one.Order == order) < i)
            {
                errors.Add(
                    new(
                        $"lines[{i}].order",
                        T.Of(
                            "Đơn không có dòng này, hoặc ghi hai lần.",
                            "No such line, or named twice."
                        )
                    )
                );
            }
            else if (quantity < 0 || quantity > line.Available)
            {
                errors.Add(
                    new(
                        $"lines[{i}].quantity",
                        T.Of(
                            $"Chỉ được bán từ 1 đến {line.Available} {line.Unit} (kê {line.Prescribed}, đã bán {line.Dispensed}).",
                            $"From 1 to {line.Available} {line.Unit} may be dispensed ({line.Prescribed} written, {line.Dispensed} dispensed)."
                        )
                    )
                );
            }
            else if (
                substitute is not null
                && (
                    given is null
                    || line.Drug is null
                    || (given.Code != line.Drug.Code && !Substitution.IsAllowed(line.Drug, given))
                )
            )
            {
                errors.Add(
                    new(
                        $"lines[{i}].substitute",
                        T.Of(
                            "Chỉ thay bằng thuốc cùng hoạt chất, hàm lượng, dạng bào chế và đường dùng; thuốc kiểm soát không được thay.",
                            "Only the same ingredient, strength, form and route may stand in; controlled drugs may not be substituted."
                        )
                    )
                );
            }
            else
            {
                lines.Add((line, quantity, given));
            }
        }
        if (asked.Count == 0)
        {
            errors.Add(new("lines", T.Of("Chưa chọn thuốc nào.", "No drug was chosen.")));
        }
        if (found.View.Class is not ControlClass.Common)
        {
            foreach (
                var (field, value) in new[]
                {
                    ("receiver", input.Receiver),
                    ("receiverId", input.ReceiverId),
                }
            )
            {
                if (string.IsNullOrWhiteSpace(value))
                {
                    errors.Add(
                        new(
                            field,
                            T.Of(
                                "Thuốc kiểm soát: ghi họ tên và số giấy tờ của người nhận.",
                                "Controlled drugs: give the name and identity number of who takes them."
                            )
                        )
                    );
                }
            }
        }
        return errors.Count == 0 ? lines : throw new InvalidInput(errors);
    }

    private static MedicationDispense Dispense(
        Dispensable found,
        Dispensable.Line line,
        int quantity,
        Drug? given,
        Post post,
        DateTimeOffset at,
        Input input
    )
    {
        var isSubstitute = given is not null && given.Code != line.Drug?.Code;
        return new MedicationDispense
        {
            Id = Guid.CreateVersion7().ToString(),
            Status = MedicationDispense.MedicationDispenseStatusCodes.Completed,
            Medication = isSubstitute
                ? new CodeableConcept
                {
                    Coding =
                    [
                        new Coding(VnCore.Atc, given!.Atc, given.Ingredients),
                        new Coding(VnCore.DrugCodes, given.Code),
                    ],
                    Text = given.NameWithStrength,
                }
                : line.Order.Medication,
            Subject = line.Order.Subject,
            Performer =
            [
                new MedicationDispense.PerformerComponent { Actor = post.Practitioner },
                new MedicationDispense.PerformerComponent { Actor = post.Organisation },
            ],
            AuthorizingPrescription = [VnCore.Reference(line.Order)],
            Quantity = new Quantity { Value = quantity, Unit = line.Unit },
            WhenHandedOverElement = new FhirDateTime(at),
            Receiver = string.IsNullOrWhiteSpace(input.Receiver)
                ? []
                :
                [
                    new ResourceReference
                    {
                        Display = input.Receiver.Trim(),
                        Identifier = string.IsNullOrWhiteSpace(input.ReceiverId)
                            ? null
                            : new Identifier(VnCore.NationalId, input.ReceiverId.Trim()),
                    },
                ],
            DosageInstruction = line.Order.DosageInstruction,
            Substitution = new MedicationDispense.SubstitutionComponent
            {
                WasSubstituted = isSubstitute,
            },
            Note = [new Annotation { Text = $"Đơn {found.View.Code}" }],
        };
    }
}
