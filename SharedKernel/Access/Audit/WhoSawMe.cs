using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace SharedKernel.Access.Audit;

/// <param name="Roles">What they are: <c>Doctor</c>, or several.</param>
/// <param name="What">What they saw or changed, in plain words.</param>
/// <param name="Times">How often on that day.</param>
/// <param name="Refused">They tried and were not let.</param>
public sealed record Sighting(
    DateOnly Day,
    DateTimeOffset Last,
    string Name,
    IReadOnlyList<Role> Roles,
    string? Organisation,
    bool Changed,
    bool Refused,
    IReadOnlyList<string> What,
    int Times
);

/// <summary>
/// Tells a person who looked at their records, when and at what: the right to know under the Personal Data Protection Law
/// 91/2025/QH15. What one person did on one day is one line; what the person did themselves is left out.
/// </summary>
public sealed class WhoSawMe(AuditDb db, IAccess access, ICurrentCaller current) : IFeature
{
    /// <summary>Older rows stay in the trail; the page shows the latest.</summary>
    private const int MostRows = 2000;

    public async Task<IReadOnlyList<Sighting>> Run(CancellationToken cancel = default)
    {
        var caller = current.Caller;
        access.Demand(caller, Permission.ReadOwnAudit, caller.Citizen);
        var me = caller.Citizen.ToString();
        var rows = await db
            .Rows.AsNoTracking()
            .Where(row =>
                row.CallerId != caller.Id && row.Subjects.Any(subject => subject.Subject == me)
            )
            .OrderByDescending(row => row.Sequence)
            .Take(MostRows)
            .ToListAsync(cancel);
        return
        [
            .. rows.GroupBy(row => new
                {
                    Day = row.At.VietnamDay(),
                    row.CallerId,
                    row.CallerName,
                    row.Roles,
                    row.Organisation,
                    row.Allowed,
                    Changed = row.Action is not AuditAction.Read,
                })
                .Select(group => new Sighting(
                    group.Key.Day,
                    group.Max(row => row.At),
                    group.Key.CallerName,
                    [
                        .. group
                            .Key.Roles.Split(',', StringSplitOptions.RemoveEmptyEntries)
                            .Select(Enum.Parse<Role>),
                    ],
                    group.Key.Organisation,
                    group.Key.Changed,
                    !group.Key.Allowed,
                    [.. group.Select(row => InPlainWords(row.What)).Distinct().Order()],
                    group.Count()
                )),
        ];
    }

    /// <summary><c>Encounter/0190…</c> is a visit to whoever made it.</summary>
    private static string InPlainWords(string what) =>
        what.Split('/', '?')[0] switch
        {
            "Citizen" or "Patient" or "RelatedPerson" => T.Of(
                "thông tin cá nhân",
                "personal details"
            ),
            "Encounter" => T.Of("lượt khám", "visits"),
            "Condition" => T.Of("chẩn đoán", "diagnoses"),
            "Observation" => T.Of("chỉ số và kết quả", "measurements and results"),
            "MedicationRequest" or "Prescription" => T.Of("đơn thuốc", "prescriptions"),
            "AllergyIntolerance" => T.Of("dị ứng", "allergies"),
            "Student" or "Enrolment" => T.Of("hồ sơ học sinh", "the student record"),
            "Gradebook" or "Mark" or "Marks" or "Transcript" => T.Of(
                "điểm và học bạ",
                "marks and transcripts"
            ),
            "Consent" => T.Of("sự đồng ý của bạn", "your consents"),
            "Emergency" => T.Of("mở khẩn cấp", "an emergency access"),
            "audit" => T.Of("nhật ký truy cập", "the audit trail"),
            _ => T.Of("hồ sơ khác", "other records"),
        };
}
