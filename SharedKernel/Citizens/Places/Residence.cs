using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace SharedKernel.Citizens.Places;

/// <summary>Where a told commune lies today.</summary>
/// <param name="Commune">Code in force; null when none was told or which of several it is cannot be known.</param>
/// <param name="Divided">Code of a commune of before July 2025 that was divided among several: goes to the work list.</param>
/// <param name="Warning">In the reader's language; null when all is clear.</param>
internal sealed record Residence(string? Commune, string? Divided, string? Warning)
{
    public static Residence Of(CitizenDetails details, AdministrativeUnits units, DateOnly today)
    {
        if (details.CommuneCode is not { } code)
        {
            return new(null, null, null);
        }
        var at = details.AddressAsOf ?? today;
        // A code that only the other time knows was written with the wrong day, which is no reason to lose the place.
        var commune =
            units.Commune(code, at)
            ?? units.Commune(code, at < AdministrativeUnits.Reform ? today : DateOnly.MinValue);
        return commune switch
        {
            null => new(
                code,
                null,
                T.Of(
                    $"Mã xã {code} không có trong danh mục đơn vị hành chính.",
                    $"The list of administrative units has no commune {code}."
                )
            ),
            { Until: null } => new(code, null, null),
            _ => Moved(commune, units.Now(commune)),
        };
    }

    private static Residence Moved(Commune before, IReadOnlyList<Commune> now) =>
        now is [var only]
            ? new(only.Code, null, null)
            : new(
                null,
                before.Code,
                T.Of(
                    $"{before.FullName} đã chia vào nhiều đơn vị; cần hỏi nơi ở thuộc: {Names(now)}.",
                    $"{before.FullName} was divided; ask which of these the residence lies in: {Names(now)}."
                )
            );

    private static string Names(IReadOnlyList<Commune> communes) =>
        string.Join("; ", communes.Select(commune => commune.Name));
}
