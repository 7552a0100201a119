using System.Globalization;
using Health.Fhir.Store.Place;

namespace Health.Fhir.Store.Writing;

/// <summary>
/// Numbers for new resources, taken from the database in blocks, so that several hosts never give the same one. A block that is
/// not used up leaves a gap, which means nothing.
/// </summary>
internal sealed class KeySource(Dialect dialect)
{
    private const int Block = 256;
    private readonly Dictionary<short, (long Next, long Last)> blocks = [];

    public void Forget() => blocks.Clear();

    /// <summary>Makes sure that so many keys of the type can be had without asking again.</summary>
    public async Task Reserve(Session session, short type, int count, CancellationToken cancel)
    {
        var (next, last) = blocks.GetValueOrDefault(type, (1, 0));
        if (last - next + 1 >= count)
        {
            return;
        }
        var size = Math.Max(count, Block);
        await using var command = session.Command(
            string.Create(
                CultureInfo.InvariantCulture,
                $"INSERT INTO {dialect.Schema}counter (type, last) VALUES (@0, @1) ON CONFLICT (type) DO UPDATE SET last = counter.last + excluded.last RETURNING last"
            ),
            type,
            (long)size
        );
        var end = (long)(await command.ExecuteScalarAsync(cancel))!;
        blocks[type] = (end - size + 1, end);
    }

    public long Next(short type)
    {
        var (next, last) = blocks[type];
        blocks[type] = (next + 1, last);
        return Key.Of(type, next);
    }
}
