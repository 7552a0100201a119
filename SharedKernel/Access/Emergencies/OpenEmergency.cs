using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace SharedKernel.Access.Emergencies;

/// <summary>
/// Break-glass: a doctor or nurse opens the record of somebody whom their facility does not treat, with a reason, for
/// <c>Access:Emergency:Hours</c> (4). To protect life, data may be used without consent (Decree 13/2023/NĐ-CP, Art. 17.1; kept by the
/// Personal Data Protection Law 91/2025/QH15; article to be verified). Whoever it is about sees it, and the data protection officer reviews it.
/// </summary>
public sealed partial class OpenEmergency(
    AccessDb db,
    IEnumerable<IRecordDoor> doors,
    IAccess access,
    ICurrentCaller current,
    IAudit audit,
    IConfiguration configuration,
    TimeProvider clock
) : IFeature, IEmergencies
{
    private const int ShortestText = 10;

    /// <param name="Patient">Id of the FHIR Patient.</param>
    /// <param name="Text">What happened, in 10 to 500 characters.</param>
    public sealed record Input(string Patient, EmergencyReason Reason, string Text);

    public static void AddServices(IServiceCollection services) =>
        services.AddScoped<IEmergencies>(scope => scope.GetRequiredService<OpenEmergency>());

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/api/emergencies",
                async (OpenEmergency feature, Input input, CancellationToken cancel) =>
                    Results.Ok(await feature.Open(input.Patient, input.Reason, input.Text, cancel))
            )
            .Requires(Permission.OpenInEmergency);

    public TimeSpan Lasts =>
        TimeSpan.FromHours(configuration.GetValue("Access:Emergency:Hours", 4d));

    /// <inheritdoc/>
    public async Task<Emergency> Open(
        string patient,
        EmergencyReason reason,
        string text,
        CancellationToken cancel = default
    )
    {
        var caller = current.Caller;
        access.Demand(caller, Permission.OpenInEmergency);
        Check(patient ?? "", reason, text ?? "");
        var now = clock.GetUtcNow();
        var open = await db
            .Emergencies.AsNoTracking()
            .Where(row =>
                row.Account == caller.Id
                && row.Patient == patient
                && row.Until > now
                && row.Closed == null
            )
            .OrderByDescending(row => row.Until)
            .FirstOrDefaultAsync(cancel);
        if (open is null)
        {
            open = new EmergencyAccess
            {
                Id = Guid.CreateVersion7(),
                Patient = patient!,
                Account = caller.Id,
                Name = caller.Name,
                Organisation = caller.Organisation,
                Reason = reason,
                Text = text!.Trim(),
                Opened = now,
                Until = now + Lasts,
            };
            db.Emergencies.Add(open);
            await db.SaveChangesAsync(cancel);
        }
        await audit.Record(
            caller,
            new(
                AuditAction.Execute,
                $"Emergency/{open.Id}",
                [open.Patient],
                Detail: $"break-glass: {reason}, until {open.Until:u}"
            ),
            cancel
        );
        // Opened once more if the first time was cut short between the two.
        foreach (var door in doors)
        {
            await door.Open(open.ToEmergency(), cancel);
        }
        return open.ToEmergency();
    }

    private static void Check(string patient, EmergencyReason reason, string text)
    {
        var errors = new List<FieldError>();
        if (!IdOfFhir().IsMatch(patient))
        {
            errors.Add(
                new("patient", T.Of("Mã hồ sơ người bệnh không đúng.", "This is no patient's id."))
            );
        }
        if (!Enum.IsDefined(reason))
        {
            errors.Add(new("reason", T.Of("Hãy chọn lý do.", "Pick a reason.")));
        }
        if (text.Trim().Length is < ShortestText or > EmergencyAccess.LongestText)
        {
            errors.Add(
                new(
                    "text",
                    T.Of(
                        $"Hãy ghi rõ tình huống, {ShortestText} đến {EmergencyAccess.LongestText} ký tự.",
                        $"Say what happened, in {ShortestText} to {EmergencyAccess.LongestText} characters."
                    )
                )
            );
        }
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9\-.]{1,64}$")]
    private static partial Regex IdOfFhir();
}
