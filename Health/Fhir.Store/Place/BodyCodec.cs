using System.Buffers.Binary;
using System.Collections.Concurrent;
using System.Collections.Frozen;
using SharedKernel.Persistence.Sealing;
using ZstdSharp;
using ZstdSharp.Unsafe;

namespace Health.Fhir.Store.Place;

/// <summary>
/// How a body lies in its column: one byte that says how, then the bytes. Resources of a type repeat their element names, systems
/// and urls, so each type gets a Zstandard dictionary made from the first of its bodies; those before it are compressed without.
/// All of that is then sealed (<see cref="Vault"/>), the dictionaries too, since they are made of people's data. What was stored before
/// bodies were sealed is still read.
/// </summary>
internal sealed class BodyCodec(Vault vault)
{
    private const byte Plain = 0;
    private const byte Compressed = 1;
    private const byte WithDictionary = 2;
    private const int Samples = 160;
    private const int DictionarySize = 24 * 1024;

    // With a dictionary the higher levels save hardly a byte, and take twice as long.
    private const int Level = 1;
    private const string BodyPurpose = "fhir.body";
    private const string DictionaryPurpose = "fhir.dictionary";

    private readonly ConcurrentDictionary<short, List<byte[]>> samples = new();
    private readonly ConcurrentQueue<(short Type, byte[] Content)> trained = new();
    private readonly Coder withoutDictionary = new(0, null);
    private FrozenDictionary<int, Coder> coders = FrozenDictionary<int, Coder>.Empty;
    private FrozenDictionary<short, Coder> current = FrozenDictionary<short, Coder>.Empty;

    /// <summary>Gives the content of a dictionary that another host has made; set by the store.</summary>
    public Func<int, (short Type, byte[] Content)?> Find { get; set; } = _ => null;

    public byte[] Encode(short type, ReadOnlySpan<byte> body)
    {
        if (!current.TryGetValue(type, out var coder))
        {
            Sample(type, body);
            coder = withoutDictionary;
        }
        return vault.Seal(coder.Compress(body) ?? [Plain, .. body], BodyPurpose);
    }

    public ReadOnlyMemory<byte> Decode(byte[] stored) =>
        Vault.IsSealed(stored) ? Unpacked(vault.Open(stored, BodyPurpose)) : Unpacked(stored);

    /// <summary>The same body under the newest key.</summary>
    public byte[] Reseal(byte[] stored) =>
        vault.Seal(Vault.IsSealed(stored) ? vault.Open(stored, BodyPurpose) : stored, BodyPurpose);

    /// <summary>What every body and dictionary under the newest key begins with.</summary>
    public byte[] NewestHead() => vault.NewestHead();

    /// <summary>A dictionary as it is stored.</summary>
    public byte[] SealDictionary(byte[] content) => vault.Seal(content, DictionaryPurpose);

    public byte[] OpenDictionary(byte[] stored) =>
        Vault.IsSealed(stored) ? vault.Open(stored, DictionaryPurpose) : stored;

    private ReadOnlyMemory<byte> Unpacked(byte[] stored) =>
        stored switch
        {
            [] => default,
            [Plain, ..] => stored.AsMemory(1),
            [Compressed, ..] => withoutDictionary.Decompress(stored.AsSpan(1)),
            _ => CoderOf(BinaryPrimitives.ReadUInt16LittleEndian(stored.AsSpan(1)))
                .Decompress(stored.AsSpan(3)),
        };

    /// <summary>A dictionary that waits to be stored; it must be committed before a body uses it.</summary>
    public bool TryTakeTrained(out (short Type, byte[] Content) dictionary) =>
        trained.TryDequeue(out dictionary);

    public void GiveBack((short Type, byte[] Content) dictionary) => trained.Enqueue(dictionary);

    /// <summary>From now on bodies of the type are written with this dictionary.</summary>
    public void Use(int id, short type, byte[] content)
    {
        lock (samples)
        {
            var coder = new Coder(id, content);
            coders = coders.Append(new(id, coder)).ToFrozenDictionary();
            if (!current.ContainsKey(type))
            {
                current = current.Append(new(type, coder)).ToFrozenDictionary();
            }
            samples.TryRemove(type, out _);
        }
    }

    private Coder CoderOf(int id)
    {
        if (!coders.TryGetValue(id, out var coder))
        {
            var (type, content) =
                Find(id)
                ?? throw new InvalidDataException(
                    $"The body needs dictionary {id}, which is not there."
                );
            Use(id, type, content);
            coder = coders[id];
        }
        return coder;
    }

    private void Sample(short type, ReadOnlySpan<byte> body)
    {
        var ofType = samples.GetOrAdd(type, _ => []);
        byte[][] all;
        lock (ofType)
        {
            if (ofType.Count >= Samples)
            {
                return;
            }
            ofType.Add(body.ToArray());
            if (ofType.Count < Samples)
            {
                return;
            }
            all = [.. ofType];
        }
        _ = Task.Run(() =>
        {
            try
            {
                trained.Enqueue((type, DictBuilder.TrainFromBuffer(all, DictionarySize)));
            }
            catch (ZstdException)
            {
                // Too little in common to make one; the type goes on without.
            }
        });
    }

    /// <summary>Compressors are not safe to share between threads and cost memory: as many as are in use at once.</summary>
    private sealed class Coder(int id, byte[]? dictionary)
    {
        private readonly ConcurrentBag<Compressor> compressors = [];
        private readonly ConcurrentBag<Decompressor> decompressors = [];

        public byte[]? Compress(ReadOnlySpan<byte> body)
        {
            if (!compressors.TryTake(out var compressor))
            {
                compressor = new Compressor(Level);
                compressor.SetParameter(ZSTD_cParameter.ZSTD_c_dictIDFlag, 0);
                if (dictionary is not null)
                {
                    compressor.LoadDictionary(dictionary);
                }
            }
            var head = dictionary is null ? 1 : 3;
            var room = System.Buffers.ArrayPool<byte>.Shared.Rent(
                Compressor.GetCompressBound(body.Length)
            );
            try
            {
                var length = compressor.Wrap(body, room);
                if (length + head > body.Length)
                {
                    return null;
                }
                var stored = new byte[length + head];
                stored[0] = dictionary is null ? Compressed : WithDictionary;
                if (dictionary is not null)
                {
                    BinaryPrimitives.WriteUInt16LittleEndian(stored.AsSpan(1), (ushort)id);
                }
                room.AsSpan(0, length).CopyTo(stored.AsSpan(head));
                return stored;
            }
            finally
            {
                System.Buffers.ArrayPool<byte>.Shared.Return(room);
                compressors.Add(compressor);
            }
        }

        public byte[] Decompress(ReadOnlySpan<byte> stored)
        {
            if (!decompressors.TryTake(out var decompressor))
            {
                decompressor = new Decompressor();
                if (dictionary is not null)
                {
                    decompressor.LoadDictionary(dictionary);
                }
            }
            try
            {
                var body = new byte[Decompressor.GetDecompressedSize(stored)];
                decompressor.Unwrap(stored, body);
                return body;
            }
            finally
            {
                decompressors.Add(decompressor);
            }
        }
    }
}
