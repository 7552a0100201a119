using System.Globalization;
using System.Text;
using Health.Emr.Encounters;
using Health.Emr.Orders;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Documents.Signing;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Papers;

/// <summary>
/// Issues a referral, an appointment, a sick leave or a discharge certificate: what the record knows is filled in, the doctor's certificate signs it,
/// and a DocumentReference under the paper's code keeps the signed bytes.
/// </summary>
public sealed class IssuePaper(
    FhirSession fhir,
    ReadEncounter visits,
    Workplace workplace,
    SigningKeys keys,
    IAccess access,
    ICurrentCaller current,
    TimeProvider clock
) : IFeature
{
    /// <summary>
    /// Longest sick leave that one certificate gives (TT 25/2025/TT-BYT takes over the 30 days, 180 for tuberculosis, of TT 56/2017 article 20; needs
    /// verification).
    /// </summary>
    private const int LongestLeave = 30;
    private const int LongestLeaveTuberculosis = 180;

    /// <param name="Kind">Of <see cref="PaperForm"/>.</param>
    /// <param name="Fields">By key; dates as <c>yyyy-MM-dd</c> or <c>dd/MM/yyyy</c>.</param>
    public sealed record Input(string? Kind, IReadOnlyDictionary<string, string?>? Fields);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/encounters/{id}/papers",
                async (IssuePaper feature, string id, Input input, CancellationToken cancel) =>
                    Results.Ok(new { code = await feature.Run(id, input, cancel) })
            )
            .Requires(Permission.SignPrescriptions);

    /// <summary>What the record knows already, by the form's keys.</summary>
    public static IReadOnlyDictionary<string, string> Prefill(
        PaperForm form,
        ReadEncounter.Visit visit,
        DateOnly today
    )
    {
        var started = visit.Encounter.Started().VietnamDay();
        var treatment = string.Join(
            "; ",
            visit
                .Prescriptions.Where(one => one.DocStatus is CompositionStatus.Final)
                .Select(one => one.Description)
                .OfType<string>()
        );
        var known = new Dictionary<string, string?>
        {
            ["findings"] = visit.Note.Examination,
            ["plan"] = visit.Note.Plan,
            ["advice"] = visit.Note.Plan,
            ["treatment"] = treatment,
            ["results"] = string.Join(
                "; ",
                visit
                    .Orders.Where(order => order.Status is RequestStatus.Completed)
                    .Select(order => order.Name())
            ),
            ["condition"] = form.Kind == "referral" ? "Tỉnh, sinh hiệu ổn định" : "Ổn định",
            ["reason"] = form.Kind == "follow-up" ? "Khám lại, đánh giá điều trị" : null,
            ["date"] = Day(today.AddDays(14)),
            ["from"] = Day(today),
            ["to"] = Day(today.AddDays(2)),
            ["admitted"] = Day(started),
            ["discharged"] = Day(today),
        };
        return form
            .Fields.Where(field => !string.IsNullOrWhiteSpace(known.GetValueOrDefault(field.Key)))
            .ToDictionary(field => field.Key, field => known[field.Key]!);

        static string Day(DateOnly day) => day.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
    }

    /// <returns>The paper's code.</returns>
    /// <exception cref="InvalidInput">Names each field that is missing or cannot be; nothing is stored then.</exception>
    public async Task<string> Run(
        string encounterId,
        Input input,
        CancellationToken cancel = default
    )
    {
        var form =
            PaperForm.Find(input.Kind)
            ?? throw new InvalidInput(
                "kind",
                T.Of("Không có loại giấy này.", "There is no such paper.")
            );
        var visit = await visits.Run(encounterId, cancel);
        var now = clock.GetUtcNow().InVietnam();
        var fields = Check(
            form,
            visit,
            input.Fields ?? new Dictionary<string, string?>(),
            now.VietnamDay()
        );
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        access.Demand(
            current.Caller,
            Permission.SignPrescriptions,
            organisation: post.FacilityCode
        );
        var code = PaperDocument.NewCode(form, post.FacilityCode, now.VietnamDay());
        var document = PaperDocument.Write(
            form,
            code,
            now,
            visit.Encounter,
            visit.Summary.Patient,
            post,
            visit.Diagnoses,
            fields
        );
        changes.Update(
            new DocumentReference
            {
                Id = code,
                MasterIdentifier = new Identifier(VnCore.PaperCode, code),
                Identifier = [new Identifier(VnCore.PaperCode, code)],
                Status = DocumentReferenceStatus.Current,
                DocStatus = CompositionStatus.Final,
                Type = PaperDocument.Type(form),
                Subject = VnCore.Reference(visit.Summary.Patient),
                Date = now,
                Author = [post.Practitioner],
                Authenticator = VnCore.Reference(post.Person),
                Custodian = post.Organisation,
                Description = fields.GetValueOrDefault("to") ?? fields.GetValueOrDefault("date"),
                Content =
                [
                    Content("application/fhir+json", document),
                    Content(
                        DetachedJws.MediaType,
                        Encoding.ASCII.GetBytes(
                            DetachedJws.Sign(document, keys.Of(current.Caller), now)
                        )
                    ),
                ],
                Context = new DocumentReference.ContextComponent
                {
                    Encounter = [VnCore.Reference(visit.Encounter)],
                },
            }
        );
        await fhir.Commit(changes, cancel);
        return code;
    }

    private static Dictionary<string, string> Check(
        PaperForm form,
        ReadEncounter.Visit visit,
        IReadOnlyDictionary<string, string?> typed,
        DateOnly today
    )
    {
        var errors = new List<FieldError>();
        var fields = new Dictionary<string, string>();
        var days = new Dictionary<string, DateOnly>();
        foreach (var field in form.Fields)
        {
            var text = typed.GetValueOrDefault(field.Key)?.Trim();
            if (string.IsNullOrEmpty(text))
            {
                if (field.Required)
                {
                    errors.Add(
                        new(
                            field.Key,
                            T.Of($"{field.Label}: chưa ghi.", $"{field.Label}: missing.")
                        )
                    );
                }
            }
            else if (field.Type == "date")
            {
                if (PartialDate.TryRead(text, out var date) && date.Day is not null)
                {
                    days[field.Key] = date.First;
                    fields[field.Key] = date.First.Text();
                }
                else
                {
                    errors.Add(
                        new(
                            field.Key,
                            T.Of(
                                $"{field.Label}: “{text}” không phải là ngày.",
                                $"{field.Label}: “{text}” is not a date."
                            )
                        )
                    );
                }
            }
            else if (field.Choices is { } choices && !choices.Contains(text))
            {
                errors.Add(
                    new(
                        field.Key,
                        T.Of(
                            $"{field.Label}: chọn trong danh sách.",
                            $"{field.Label}: choose from the list."
                        )
                    )
                );
            }
            else
            {
                fields[field.Key] = text;
            }
        }
        if (visit.Diagnoses.Count == 0)
        {
            errors.Add(
                new(
                    "diagnosis",
                    T.Of("Lượt khám chưa có chẩn đoán.", "The visit has no diagnosis yet.")
                )
            );
        }
        errors.AddRange(CheckDays(days, visit, today));
        return errors.Count == 0 ? fields : throw new InvalidInput(errors);
    }

    private static IEnumerable<FieldError> CheckDays(
        Dictionary<string, DateOnly> days,
        ReadEncounter.Visit visit,
        DateOnly today
    )
    {
        if (days.TryGetValue("date", out var again) && again <= today)
        {
            yield return new(
                "date",
                T.Of("Ngày hẹn phải sau hôm nay.", "The appointment must be after today.")
            );
        }
        if (days.TryGetValue("from", out var from) && days.TryGetValue("to", out var to))
        {
            var most = visit.Diagnoses.Any(one => IsTuberculosis(one.IcdCode()))
                ? LongestLeaveTuberculosis
                : LongestLeave;
            var count = to.DayNumber - from.DayNumber + 1;
            if (count < 1)
            {
                yield return new(
                    "to",
                    T.Of(
                        "Ngày cuối phải từ ngày đầu trở đi.",
                        "The last day must not be before the first."
                    )
                );
            }
            else if (count > most)
            {
                yield return new(
                    "to",
                    T.Of(
                        $"Nghỉ {count} ngày vượt mức {most} ngày cho một giấy.",
                        $"{count} days are more than the {most} of one certificate."
                    )
                );
            }
        }
        if (
            days.TryGetValue("admitted", out var admitted)
            && days.TryGetValue("discharged", out var discharged)
            && discharged < admitted
        )
        {
            yield return new(
                "discharged",
                T.Of("Ra viện trước khi vào viện.", "Discharged before admitted.")
            );
        }
    }

    private static bool IsTuberculosis(string? code) =>
        code is not null
        && string.CompareOrdinal(code, "A15") >= 0
        && string.CompareOrdinal(code, "A20") < 0;

    private static DocumentReference.ContentComponent Content(string type, byte[] data) =>
        new()
        {
            Attachment = new Attachment { ContentType = type, Data = data },
        };
}
