using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace SharedKernel.Citizens.Places;

/// <summary>
/// Reads the commune that somebody typed or picked. A name of before 1 July 2025 becomes what it is now; one that was divided is kept
/// as it was, so that its people wait at <see cref="AddressesToAsk"/>.
/// </summary>
public sealed class ReadCommune(AdministrativeUnits units) : IFeature
{
    /// <returns>Null for an empty text.</returns>
    /// <exception cref="InvalidInput">No commune, or more than one, is called so (<c>communeCode</c>).</exception>
    public CommuneOfResidence? Run(string? typed)
    {
        if (string.IsNullOrWhiteSpace(typed))
        {
            return null;
        }
        if (units.Read(typed) is { } present)
        {
            return new(present.Code);
        }
        if (units.ReadBefore(typed) is not { } before)
        {
            throw new InvalidInput(
                "communeCode",
                T.Of(
                    "Không rõ là xã nào: hãy chọn trong danh sách.",
                    "It is not clear which commune: pick one of the list."
                )
            );
        }
        return units.Now(before) is [var now]
            ? new(
                now.Code,
                null,
                T.Of(
                    $"{before.FullName} nay là {now.FullName}.",
                    $"{before.FullName} is {now.FullName} now."
                )
            )
            : new(before.Code, AdministrativeUnits.Reform.AddDays(-1));
    }
}
