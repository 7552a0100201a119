using Education.University.Rules;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Education.University.Programmes;

/// <param name="Scale">The institution's own letters; null for the circular's.</param>
/// <param name="DismissedAt">2 or 3: the warning in a row that means dismissal.</param>
public sealed record InstitutionRequest(
    string Name,
    AttemptRule Attempts = AttemptRule.Best,
    WarningCriteria Warnings = WarningCriteria.All,
    int DismissedAt = 2,
    int MostCreditsPerTerm = 25,
    IReadOnlyList<ScaleStep>? Scale = null
);

/// <summary>Registers a university under its code with what Circular 08/2021 leaves to it; the same code again changes it.</summary>
public sealed class SetUpInstitution(UniversityDb db, UniversityAccess access, TimeProvider clock)
    : IFeature
{
    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPut(
                "/education/universities/{code}",
                async (
                    string code,
                    InstitutionRequest request,
                    SetUpInstitution feature,
                    CancellationToken cancel
                ) =>
                {
                    await feature.Run(code, request, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.ManageUniversity);

    /// <exception cref="InvalidInput">A figure or the scale is none that the circular allows.</exception>
    public async Task<Institution> Run(
        string code,
        InstitutionRequest request,
        CancellationToken cancel = default
    )
    {
        await access.Demand(Permission.ManageUniversity, code);
        if (code.Length > 20 || string.IsNullOrWhiteSpace(request.Name))
        {
            throw new InvalidInput(
                "name",
                T.Of(
                    "Trường có mã dài nhất 20 ký tự và có tên.",
                    "A university has a code of at most 20 characters and a name."
                )
            );
        }
        if (request.DismissedAt is not (2 or 3))
        {
            throw new InvalidInput(
                "dismissedAt",
                T.Of(
                    "Buộc thôi học ở lần cảnh báo liên tiếp thứ 2 hoặc thứ 3 (Điều 11).",
                    "Dismissal comes with the second or the third warning in a row (article 11)."
                )
            );
        }
        if (
            request.Warnings is WarningCriteria.None
            || (request.Warnings & ~WarningCriteria.All) != 0
        )
        {
            throw new InvalidInput(
                "warnings",
                T.Of(
                    "Chọn ít nhất một điều kiện cảnh báo của Điều 11.1.",
                    "Choose at least one of the conditions of article 11.1."
                )
            );
        }
        if (request.MostCreditsPerTerm is < 1 or > 60)
        {
            throw new InvalidInput(
                "mostCreditsPerTerm",
                T.Of("Từ 1 đến 60 tín chỉ.", "1 to 60 credits.")
            );
        }
        IReadOnlyList<ScaleStep> scale = request.Scale ?? [];
        if (scale.Any(step => !IsTenths(step.From) || !IsTenths(step.Points)))
        {
            throw new InvalidInput(
                "scale",
                T.Of("Thang điểm có một chữ số thập phân.", "A scale has one decimal.")
            );
        }
        if (scale.Any(step => step.Letter is not { Length: > 0 and <= 3 }))
        {
            throw new InvalidInput(
                "scale",
                T.Of("Điểm chữ có 1 đến 3 ký tự.", "A letter has 1 to 3 characters.")
            );
        }
        _ = new GradeScale(RuleSet.On(clock.Today()), scale);
        var institution = await db
            .Institutions.Include(known => known.Letters)
            .FirstOrDefaultAsync(known => known.Code == code, cancel);
        if (institution is null)
        {
            institution = new Institution { Code = code, Name = request.Name.Trim() };
            db.Institutions.Add(institution);
        }
        institution.Name = request.Name.Trim();
        institution.Attempts = request.Attempts;
        institution.Warnings = request.Warnings;
        institution.DismissedAt = request.DismissedAt;
        institution.MostCreditsPerTerm = request.MostCreditsPerTerm;
        await using var transaction = await db.Database.BeginTransactionAsync(cancel);
        // Letters are keyed by themselves: the old ones go before new ones of the same name come.
        db.Letters.RemoveRange(institution.Letters);
        institution.Letters.Clear();
        await db.SaveChangesAsync(cancel);
        institution.Letters.AddRange(
            scale.Select(step => new ScaleLetter
            {
                InstitutionCode = code,
                Letter = step.Letter,
                FromTenths = (int)(step.From * 10),
                PointTenths = (int)(step.Points * 10),
            })
        );
        await db.SaveChangesAsync(cancel);
        await transaction.CommitAsync(cancel);
        return institution;
    }

    private static bool IsTenths(decimal figure) => figure * 10 == Math.Truncate(figure * 10);
}
