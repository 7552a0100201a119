using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Education.LearningRecords.Students;

/// <summary>A policy category (diện chính sách, đối tượng ưu tiên) that a pupil belongs to, from a day until a day.</summary>
public sealed class StudentPolicy
{
    public Guid Id { get; init; } = Guid.CreateVersion7();
    public required CitizenId StudentId { get; init; }

    /// <summary>Code of <see cref="PolicyCategories"/>.</summary>
    public required string Category { get; init; }
    public required DateOnly From { get; init; }

    /// <summary>Last day; null while it holds.</summary>
    public DateOnly? Until { get; set; }

    /// <summary>The paper that proves it: number, issuer.</summary>
    public string? Evidence { get; init; }
    public required string RecordedBy { get; init; }
}

public sealed record PolicyCategory(string Code, string Vietnamese, string English)
{
    public string Text => T.Of(Vietnamese, English);
}

/// <summary>
/// The categories that statistics and tuition ask for. The ministry's code list (Decision 4998/QĐ-BGDĐT of 2021) could not be had: these codes
/// are our own, to be mapped when it can (needs verification).
/// </summary>
public static class PolicyCategories
{
    public static IReadOnlyList<PolicyCategory> All { get; } =
    [
        new("LIETSI", "Con liệt sĩ", "Child of a fallen soldier"),
        new("THUONGBINH", "Con thương binh, bệnh binh", "Child of an invalid of war"),
        new("HONGHEO", "Hộ nghèo", "Poor household"),
        new("CANNGHEO", "Hộ cận nghèo", "Near-poor household"),
        new("DTTS", "Dân tộc thiểu số", "Ethnic minority"),
        new("DTTSRIN", "Dân tộc thiểu số rất ít người", "Very small ethnic group"),
        new("KHUYETTAT", "Khuyết tật", "Disability"),
        new("MOCOI", "Mồ côi", "Orphan"),
        new("DBKK", "Thường trú ở vùng đặc biệt khó khăn", "Lives in an area of special hardship"),
        new("BAOTRO", "Đối tượng bảo trợ xã hội", "Beneficiary of social protection"),
    ];

    public static PolicyCategory? Find(string code) =>
        All.FirstOrDefault(category => category.Code == code);
}
