using System.Collections.Immutable;
using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;

namespace SharedKernel.Persistence.Sealing;

/// <summary>A key of AES-256 by its number, which each record that it sealed carries.</summary>
/// <param name="Secret">32 bytes; base64 in the file.</param>
public sealed record SealingKey(int Id, DateTimeOffset CreatedAt, byte[] Secret);

/// <summary>
/// The keys under which records are sealed, newest last, and the key of the look-up hashes, which stays. They lie outside the database:
/// in a file for its owner alone (made at first start), or in the configuration <c>Vault:Ring</c> as the same JSON, when a secret store keeps them.
/// </summary>
/// <exception cref="InvalidDataException">The file is not a key ring.</exception>
public sealed class KeyRing
{
    private const int LookAgainMilliseconds = 2_000;

    private static readonly JsonSerializerOptions Json = new() { WriteIndented = true };

    private readonly string? file;
    private readonly Lock changing = new();
    private volatile Content content;
    private DateTime readAt;
    private long lookedAt;

    private sealed record Content(
        [property: JsonRequired] byte[] Lookup,
        [property: JsonRequired] ImmutableArray<SealingKey> Keys,
        ImmutableSortedDictionary<string, int>? Resealed = null
    );

    private KeyRing(string? file, string text)
    {
        this.file = file;
        content = Parse(text);
    }

    /// <summary>Newest last; what is written is sealed under the last.</summary>
    public ImmutableArray<SealingKey> Keys => content.Keys;

    /// <summary>The key under which all of it was brought last; 0 when it never was.</summary>
    /// <param name="what">A module's part, as <c>ModuleBuilder.Reseals</c> names it.</param>
    public int ResealedUnder(string what) => content.Resealed?.GetValueOrDefault(what) ?? 0;

    /// <summary>Of the look-up hashes; 32 bytes.</summary>
    internal byte[] Lookup => content.Lookup;

    /// <summary>Where the keys lie by default.</summary>
    /// <param name="dataFolder">Of the installation.</param>
    public static string FileIn(string dataFolder) =>
        Path.Combine(dataFolder, "keys", "vault.json");

    /// <summary>The ring of the file; makes one where there is none.</summary>
    public static KeyRing At(string file, TimeProvider clock)
    {
        var text = OwnerOnly.ReadOrMake(
            file,
            () =>
                JsonSerializer.Serialize(
                    new Content(RandomNumberGenerator.GetBytes(32), [NewKey(1, clock)]),
                    Json
                )
        );
        return new KeyRing(file, text) { readAt = File.GetLastWriteTimeUtc(file) };
    }

    /// <summary>A ring that a secret store keeps: it can be read and not rotated here.</summary>
    public static KeyRing Of(string json) => new(null, json);

    /// <summary>Adds a key, under which everything is sealed from now on; other hosts of the same folder see it within two seconds.</summary>
    /// <exception cref="InvalidOperationException">The ring is kept by a secret store.</exception>
    public SealingKey Rotate(TimeProvider clock)
    {
        lock (changing)
        {
            Read();
            var key = NewKey(content.Keys[^1].Id + 1, clock);
            Write(content with { Keys = content.Keys.Add(key) });
            return key;
        }
    }

    /// <summary>A walk over a module's part has found nothing under a key older than this, nor in clear.</summary>
    public void NoteResealed(string what, int id)
    {
        if (file is null || ResealedUnder(what) == id)
        {
            return;
        }
        lock (changing)
        {
            Read();
            Write(
                content with
                {
                    Resealed = (
                        content.Resealed ?? ImmutableSortedDictionary<string, int>.Empty
                    ).SetItem(what, id),
                }
            );
        }
    }

    /// <summary>Removes a key that seals nothing any more.</summary>
    /// <param name="whats">All parts that seal, whether they run in this process or not.</param>
    /// <exception cref="InvalidOperationException">It is the newest, records may still lie under it, or there is none of that number, or a secret store keeps the ring.</exception>
    public void Retire(int id, IEnumerable<string> whats)
    {
        lock (changing)
        {
            Read();
            if (content.Keys[^1].Id == id || content.Keys.All(key => key.Id != id))
            {
                throw new InvalidOperationException(
                    $"Key {id} is the newest or not in the ring; only an older one can be retired."
                );
            }
            var waiting = whats
                .Union(content.Resealed?.Keys ?? [])
                .Where(what => ResealedUnder(what) != content.Keys[^1].Id)
                .ToList();
            if (waiting.Count > 0)
            {
                throw new InvalidOperationException(
                    $"Records of {string.Join(", ", waiting)} may still lie under key {id}: bring them under the newest first (keys reseal)."
                );
            }
            Write(content with { Keys = [.. content.Keys.Where(key => key.Id != id)] });
        }
    }

    internal SealingKey Newest()
    {
        if (file is not null && Environment.TickCount64 - lookedAt > LookAgainMilliseconds)
        {
            Refresh();
        }
        return content.Keys[^1];
    }

    internal SealingKey? Find(int id)
    {
        var keys = content.Keys;
        for (var at = keys.Length - 1; at >= 0; at--)
        {
            if (keys[at].Id == id)
            {
                return keys[at];
            }
        }
        return null;
    }

    /// <summary>Another host may have rotated.</summary>
    public void Refresh()
    {
        lock (changing)
        {
            lookedAt = Environment.TickCount64;
            if (file is not null && File.GetLastWriteTimeUtc(file) != readAt)
            {
                Read();
            }
        }
    }

    private void Read()
    {
        if (file is null)
        {
            throw new InvalidOperationException(
                "The key ring is given by the configuration Vault:Ring; change it where it is kept."
            );
        }
        readAt = File.GetLastWriteTimeUtc(file);
        content = Parse(File.ReadAllText(file));
    }

    private void Write(Content next)
    {
        OwnerOnly.Write(file!, JsonSerializer.Serialize(next, Json));
        content = next;
        readAt = File.GetLastWriteTimeUtc(file!);
    }

    private static Content Parse(string text)
    {
        try
        {
            var ring = JsonSerializer.Deserialize<Content>(text);
            return
                ring is { Lookup.Length: 32, Keys.Length: > 0 }
                && ring.Keys.All(key =>
                    key is { Id: > 0 and <= ushort.MaxValue, Secret.Length: 32 }
                )
                && ring.Keys.Zip(ring.Keys.Skip(1)).All(pair => pair.First.Id < pair.Second.Id)
                ? ring
                : throw new InvalidDataException("The key ring lacks keys of 32 bytes.");
        }
        catch (JsonException error)
        {
            throw new InvalidDataException($"The key ring cannot be read: {error.Message}");
        }
    }

    private static SealingKey NewKey(int id, TimeProvider clock) =>
        new(id, clock.GetUtcNow(), RandomNumberGenerator.GetBytes(32));
}
