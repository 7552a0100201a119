using System.Text.RegularExpressions;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.EntityFrameworkCore;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Persistence.Sealing;

namespace SharedKernel.Citizens;

/// <summary>
/// Finds people by the beginnings of words of their name, in any order, with or without diacritics: ranges of an index. Or by a whole
/// number that they have or had, since numbers are kept sealed.
/// </summary>
public sealed partial class SearchCitizens(
    CitizensDb db,
    Vault vault,
    IAccess access,
    ICurrentCaller current,
    IAudit audit
) : IFeature
{
    private const int MostWords = 8;
    private const int MostResults = 100;

    /// <summary>Candidates read before ranking: those with the very diacritics that were typed come first.</summary>
    private const int MostCandidates = 300;

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                "/api/citizens",
                async (
                    string? personalId,
                    string? name,
                    int? limit,
                    SearchCitizens search,
                    CancellationToken cancel
                ) =>
                    (personalId ?? name) is { } text && (personalId is null || name is null)
                        ? await search.Run(text, limit ?? 20, cancel)
                        : throw new InvalidInput(
                            "query",
                            "Give either personalId (the whole number) or name."
                        )
            )
            .Requires(Permission.ReadCitizens);

    /// <param name="limit">At most 100.</param>
    public async Task<IReadOnlyList<Citizen>> Run(
        string text,
        int limit,
        CancellationToken cancel = default
    )
    {
        var reach = access.ReachOf(current.Caller, Permission.ReadCitizens);
        if (reach is Reach.None)
        {
            throw new AccessDenied(Permission.ReadCitizens);
        }
        limit = Math.Clamp(limit, 1, MostResults);
        text = NameKey.Written(text);
        var people = FindCitizens.Visible(db.People.AsNoTracking(), reach, current.Caller);
        var number = NumberIn(text);
        var ids = Matching(people, text, number) is { } matching
            ? await matching
                .OrderBy(person => person.NameKey)
                .Select(person => person.Id)
                .Take(MostCandidates)
                .ToListAsync(cancel)
            : [];
        var order = ids.Index().ToDictionary(found => found.Item, found => found.Index);
        // A record that was replaced finds its person, by whichever name or number it was known.
        var ranked = (await PersonGroup.Load(db.People.AsNoTracking(), ids, cancel))
            .OrderBy(group => group.All.Min(person => Rank(person, text)))
            .ThenBy(group =>
                group.All.Min(person => order.GetValueOrDefault(person.Id, int.MaxValue))
            )
            .Take(limit)
            .Select(group => group.ToCitizen())
            .ToList();
        await audit.Record(
            current.Caller,
            new(
                AuditAction.Read,
                number is null ? $"Citizen?{text}" : $"Citizen?{SealedNumber.Key(vault, number)}",
                ranked.ConvertAll(citizen => citizen.Id.ToString())
            ),
            cancel
        );
        return ranked;
    }

    private IQueryable<Person>? Matching(IQueryable<Person> people, string text, string? number)
    {
        if (number is not null)
        {
            var forms = SealedNumber.Forms(vault, number);
            return people.Where(person =>
                person.Identifiers.Any(identifier => forms.Contains(identifier.Key))
            );
        }
        var words = NameKey.Words(text).Take(MostWords).ToList();
        foreach (var word in words)
        {
            var (from, to) = (word, After(word));
            people = people.Where(person =>
                person.Words.Any(part =>
                    string.Compare(part.Word, from) >= 0 && string.Compare(part.Word, to) < 0
                )
            );
        }
        return words.Count == 0 ? null : people;
    }

    /// <summary>Everything that begins with <paramref name="prefix"/> sorts before this, compared by bytes.</summary>
    private static string After(string prefix) => prefix + '\uFFFF';

    /// <summary>The text as a number is kept; null where it is none. A temporary number is kept with its hyphen.</summary>
    private static string? NumberIn(string text)
    {
        var number = Gaps().Replace(text, "").ToUpperInvariant();
        return !Number().IsMatch(number) ? null
            : number.StartsWith("TAM", StringComparison.Ordinal) ? number.Insert(3, "-")
            : number;
    }

    [GeneratedRegex(@"[\s.\-]")]
    private static partial Regex Gaps();

    /// <summary>Digits, or a card's or passport's letters and digits: no name has three digits on end.</summary>
    [GeneratedRegex(@"\A(?:[0-9]+|(?=.*[0-9]{3})[A-Z0-9]{6,20}|TAM[A-Z0-9]{8})\z")]
    private static partial Regex Number();

    private static int Rank(Person person, string text) =>
        person.FullName.Equals(text, StringComparison.OrdinalIgnoreCase) ? 0
        : person.FullName.Contains(text, StringComparison.OrdinalIgnoreCase) ? 1
        : text.Split(' ').All(Has(person.FullName)) ? 2
        : 3;

    private static Func<string, bool> Has(string name) =>
        word => name.Contains(word, StringComparison.OrdinalIgnoreCase);
}
