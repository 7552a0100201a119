using Education.LearningRecords.Assessment;
using SharedKernel.Contracts;

namespace Education.OneRoster.Rest;

/// <summary>ĐĐGtx, ĐĐGgk, ĐĐGck with the weights of Circular 22/2021, article 9.1b. The circular fixes them: they are read and never written.</summary>
public static class Categories
{
    private static readonly (ColumnKind Kind, string Id, string Title, int Weight)[] All =
    [
        (ColumnKind.Regular, "TX", "Đánh giá thường xuyên", 1),
        (ColumnKind.Midterm, "GK", "Đánh giá giữa kì", 2),
        (ColumnKind.Final, "CK", "Đánh giá cuối kì", 3),
        // Circular 27/2020: levels count towards no average.
        (ColumnKind.MidtermLevel, "GK-MUC", "Mức đạt được giữa kì", 0),
        (ColumnKind.FinalLevel, "CK-MUC", "Mức đạt được cuối kì", 0),
    ];

    /// <summary>The circular took effect.</summary>
    private static readonly DateTimeOffset Since = new(2021, 9, 5, 0, 0, 0, VietnamTime.Offset);

    public static IQueryable<Category> Things { get; } =
        All.Select(known => new Category
            {
                SourcedId = known.Id,
                Title = known.Title,
                Weight = known.Weight,
                DateLastModified = Since,
            })
            .ToList()
            .AsQueryable();

    public static string IdOf(ColumnKind kind) => All.First(known => known.Kind == kind).Id;

    public static ColumnKind? KindOf(string? id) =>
        All.Where(known => known.Id == id)
            .Select(known => (ColumnKind?)known.Kind)
            .FirstOrDefault();
}
