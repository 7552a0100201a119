using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Education.LearningRecords.Assessment;

/// <summary>What is answered when somebody saves a sheet over what somebody else has just saved.</summary>
internal static class SheetConflict
{
    /// <param name="what">The pupil or class whose row it is.</param>
    public static Conflict Of(string what) =>
        new(
            T.Of(
                $"{what}: người khác vừa sửa; hãy tải lại trang.",
                $"{what}: someone else has just changed this; load the page again."
            )
        );
}
