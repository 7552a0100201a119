using System.Globalization;
using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Orders;

/// <summary>
/// The answer to an order: a DiagnosticReport under the order's id with an Observation for each value, judged by sex and age, and a Task that
/// lies before whoever ordered until it was seen. Entered again it corrects: the earlier versions stay, and it is unread once more.
/// </summary>
public sealed class EnterResults(FhirSession fhir, Workplace workplace, TimeProvider clock)
    : IFeature
{
    private const int LargestFile = 4 * 1024 * 1024;

    /// <param name="Type">Media type: PNG, JPEG or PDF.</param>
    public sealed record File(string Type, byte[] Content, string? Name);

    /// <param name="Values">By <see cref="TestItem.Key"/>, as typed; empty ones were not measured.</param>
    /// <param name="Link">Address of the images in the facility's archive.</param>
    public sealed record Input(
        IReadOnlyDictionary<string, string?>? Values,
        string? Conclusion = null,
        string? Link = null,
        File? Image = null
    );

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/orders/{id}/results",
                async (EnterResults feature, string id, Input input, CancellationToken cancel) =>
                {
                    await feature.Run(id, input, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.WriteHealthRecords);

    /// <exception cref="InvalidInput">Names each value that cannot be; nothing is stored then.</exception>
    /// <exception cref="Conflict">The order was cancelled.</exception>
    public async Task Run(string orderId, Input input, CancellationToken cancel = default)
    {
        var order =
            await fhir.Read<ServiceRequest>(orderId, cancel)
            ?? throw new NotFound($"Order {orderId}");
        if (order.Status is RequestStatus.Revoked)
        {
            throw new Conflict(T.Of("Chỉ định đã hủy.", "The order was cancelled."));
        }
        var service = order.Service() ?? throw new NotFound($"Test of order {orderId}");
        var measured = Read(service, input);
        var patient =
            await fhir.Read<Patient>(VnCore.IdOf(order.Subject)!, cancel)
            ?? throw new NotFound("Patient");
        var now = clock.GetUtcNow().InVietnam();
        var before = await fhir.Read<DiagnosticReport>(orderId, cancel);
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        var observations = measured
            .Select(value =>
                Observed(
                    order,
                    value.Item,
                    value.Text,
                    value.Number,
                    patient,
                    post,
                    now,
                    before is not null
                )
            )
            .ToList();
        observations.ForEach(observation => changes.Update(observation));
        changes.Update(
            Report(order, service, observations, input, before, post, now),
            before?.Meta?.VersionId
        );
        changes.Update(ToSee(order, observations, now));
        if (order.Status is RequestStatus.Active)
        {
            order.Status = RequestStatus.Completed;
            changes.Update(order, order.Meta?.VersionId);
        }
        await fhir.Commit(changes, cancel);
    }

    private static List<(TestItem Item, string Text, decimal? Number)> Read(
        TestService service,
        Input input
    )
    {
        var errors = new List<FieldError>();
        var measured = new List<(TestItem, string, decimal?)>();
        foreach (var item in service.Items)
        {
            if (input.Values?.GetValueOrDefault(item.Key)?.Trim() is not { Length: > 0 } typed)
            {
                continue;
            }
            if (!item.IsNumber)
            {
                if (!item.Answers.Contains(typed))
                {
                    errors.Add(
                        new(
                            item.Key,
                            T.Of(
                                $"{item.Name}: chọn một trong {string.Join(", ", item.Answers)}.",
                                $"{item.Name}: choose one of {string.Join(", ", item.Answers)}."
                            )
                        )
                    );
                }
                measured.Add((item, typed, null));
            }
            else if (
                !decimal.TryParse(
                    typed.Replace(',', '.'),
                    NumberStyles.AllowDecimalPoint,
                    CultureInfo.InvariantCulture,
                    out var number
                )
            )
            {
                errors.Add(
                    new(
                        item.Key,
                        T.Of(
                            $"{item.Name}: “{typed}” không phải là số.",
                            $"{item.Name}: “{typed}” is not a number."
                        )
                    )
                );
            }
            else if (number < item.PossibleLow || number > item.PossibleHigh)
            {
                errors.Add(
                    new(
                        item.Key,
                        T.Of(
                            $"{item.Name} phải từ {item.PossibleLow} đến {item.PossibleHigh} {item.Unit}.",
                            $"{item.Name} must be from {item.PossibleLow} to {item.PossibleHigh} {item.Unit}."
                        )
                    )
                );
            }
            else
            {
                measured.Add((item, typed, number));
            }
        }
        if (
            !string.IsNullOrWhiteSpace(input.Link)
            && !(
                Uri.TryCreate(input.Link.Trim(), UriKind.Absolute, out var link)
                && link.Scheme is "https" or "http"
            )
        )
        {
            errors.Add(
                new(
                    "link",
                    T.Of(
                        "Đường dẫn phải bắt đầu bằng https:// hoặc http://.",
                        "The link must begin with https:// or http://."
                    )
                )
            );
        }
        if (input.Image is { } image && Refuse(image) is { } why)
        {
            errors.Add(new("image", why));
        }
        if (errors.Count == 0 && measured.Count == 0 && string.IsNullOrWhiteSpace(input.Conclusion))
        {
            errors.Add(
                new(
                    service.Items.Count > 0 ? service.Items[0].Key : "conclusion",
                    T.Of("Chưa nhập kết quả nào.", "No result was entered.")
                )
            );
        }
        return errors.Count == 0 ? measured : throw new InvalidInput(errors);
    }

    /// <summary>By its first bytes, whatever it calls itself.</summary>
    private static string? Refuse(File image)
    {
        ReadOnlySpan<byte> start = image.Content;
        var type =
            start.StartsWith((ReadOnlySpan<byte>)[0x89, 0x50, 0x4E, 0x47]) ? "image/png"
            : start.StartsWith((ReadOnlySpan<byte>)[0xFF, 0xD8, 0xFF]) ? "image/jpeg"
            : start.StartsWith("%PDF"u8) ? "application/pdf"
            : null;
        return image.Content.Length > LargestFile
                ? T.Of("Tệp lớn hơn 4 MB.", "The file is larger than 4 MB.")
            : type != image.Type
                ? T.Of("Chỉ nhận ảnh PNG, JPEG hoặc PDF.", "Only PNG, JPEG or PDF is taken.")
            : null;
    }

    private static Observation Observed(
        ServiceRequest order,
        TestItem item,
        string typed,
        decimal? number,
        Patient patient,
        Post post,
        DateTimeOffset now,
        bool again
    )
    {
        var months = patient.Birth()?.MonthsOn(now.VietnamDay());
        var mark =
            number is { } value ? item.Judge(value, patient.Sex(), months)
            : item.AbnormalAnswers.Contains(typed) ? "A"
            : "N";
        var observation = new Observation
        {
            // One place for each value of an order: entering it again is a new version, not a second value.
            Id = $"{order.Id}-{item.Key}",
            BasedOn = [VnCore.Reference(order)],
            Status = again ? ObservationStatus.Corrected : ObservationStatus.Final,
            Category =
            [
                new CodeableConcept(
                    "http://terminology.hl7.org/CodeSystem/observation-category",
                    "laboratory"
                ),
            ],
            Code = new CodeableConcept(VnCore.Loinc, item.Loinc, item.English, item.Vietnamese),
            Subject = order.Subject,
            Encounter = order.Encounter,
            Effective = new FhirDateTime(now),
            Issued = now,
            Performer = [post.Practitioner],
            Value = number is { } measured
                ? Measure(item, measured)
                : new CodeableConcept { Text = typed },
        };
        if (mark is not null)
        {
            observation.Interpretation.Add(
                new CodeableConcept(OrderResource.Interpretations, mark)
            );
        }
        if (item.RangeFor(patient.Sex(), months) is { } range)
        {
            observation.ReferenceRange.Add(
                new Observation.ReferenceRangeComponent
                {
                    Low = range.Low == decimal.MinValue ? null : Measure(item, range.Low),
                    High = range.High == decimal.MaxValue ? null : Measure(item, range.High),
                }
            );
        }
        return observation;
    }

    private static Quantity Measure(TestItem item, decimal value) =>
        new()
        {
            Value = Math.Round(value, item.Decimals, MidpointRounding.AwayFromZero),
            Unit = item.Unit,
            System = VnCore.Ucum,
            Code = item.Ucum,
        };

    private static DiagnosticReport Report(
        ServiceRequest order,
        TestService service,
        List<Observation> observations,
        Input input,
        DiagnosticReport? before,
        Post post,
        DateTimeOffset now
    )
    {
        var report = new DiagnosticReport
        {
            Id = order.Id,
            BasedOn = [VnCore.Reference(order)],
            Status = before is null
                ? DiagnosticReport.DiagnosticReportStatus.Final
                : DiagnosticReport.DiagnosticReportStatus.Corrected,
            Category =
            [
                new CodeableConcept(
                    "http://terminology.hl7.org/CodeSystem/v2-0074",
                    service.Kind is TestKind.Lab ? "LAB" : "RAD"
                ),
            ],
            Code = (CodeableConcept)order.Code!.DeepCopy(),
            Subject = order.Subject,
            Encounter = order.Encounter,
            Effective = new FhirDateTime(now),
            Issued = now,
            Performer = [post.Practitioner],
            Result = [.. observations.Select(observation => VnCore.Reference(observation))],
            Conclusion = string.IsNullOrWhiteSpace(input.Conclusion)
                ? null
                : input.Conclusion.Trim(),
        };
        if (!string.IsNullOrWhiteSpace(input.Link))
        {
            report.PresentedForm.Add(
                new Attachment { Url = input.Link.Trim(), Title = "Hình ảnh" }
            );
        }
        if (input.Image is { } image)
        {
            report.PresentedForm.Add(
                new Attachment
                {
                    ContentType = image.Type,
                    Data = image.Content,
                    Title = image.Name ?? "Hình ảnh",
                }
            );
        }
        else if (before is not null)
        {
            // A corrected value does not lose the picture.
            report.PresentedForm.AddRange(
                before.PresentedForm.Where(form => form.Data is not null)
            );
        }
        return report;
    }

    private static Hl7.Fhir.Model.Task ToSee(
        ServiceRequest order,
        List<Observation> observations,
        DateTimeOffset now
    ) =>
        new()
        {
            Id = order.Id,
            Status = Hl7.Fhir.Model.Task.TaskStatus.Requested,
            Intent = Hl7.Fhir.Model.Task.TaskIntent.Order,
            Priority = observations.Exists(one => one.IsCritical())
                ? RequestPriority.Urgent
                : RequestPriority.Routine,
            Code = new CodeableConcept { Text = "Xem kết quả" },
            Focus = new ResourceReference($"DiagnosticReport/{order.Id}", order.Code?.Text),
            For = order.Subject,
            Encounter = order.Encounter,
            AuthoredOnElement = new FhirDateTime(now),
            LastModifiedElement = new FhirDateTime(now),
            Owner = order.Requester,
        };
}
