using System.IO.Compression;

namespace SharedKernel.Citizens.Match;

/// <summary>
/// A learned model as bytes: format number, shape, m and u by field and level, share of matches, frequencies; deflated. Hashes of
/// values are in it and no value itself.
/// </summary>
public static class ModelFile
{
    private const int Format = 1;

    public static byte[] Write(LinkageModel model)
    {
        var bytes = new MemoryStream();
        using (var writer = new BinaryWriter(new DeflateStream(bytes, CompressionLevel.Fastest)))
        {
            writer.Write(Format);
            writer.Write(model.M.Length);
            for (var field = 0; field < model.M.Length; field++)
            {
                writer.Write(model.M[field].Length);
                foreach (var share in model.M[field].Concat(model.U[field]))
                {
                    writer.Write(share);
                }
            }
            writer.Write(1 / (1 + Math.Pow(2, -model.Prior)));
            foreach (var frequencies in model.Frequencies.OfType<Frequencies>())
            {
                frequencies.Write(writer);
            }
        }
        return bytes.ToArray();
    }

    /// <returns>Null when it was learned under another schema or format, and so has to be learned anew.</returns>
    public static LinkageModel? Read(byte[] body, LinkageSchema schema)
    {
        using var reader = new BinaryReader(
            new DeflateStream(new MemoryStream(body), CompressionMode.Decompress)
        );
        if (reader.ReadInt32() != Format || reader.ReadInt32() != schema.Fields.Count)
        {
            return null;
        }
        var (m, u) = (new double[schema.Fields.Count][], new double[schema.Fields.Count][]);
        for (var field = 0; field < m.Length; field++)
        {
            var levels = reader.ReadInt32();
            if (levels != schema.Fields[field].Comparison.Levels.Count)
            {
                return null;
            }
            m[field] = Shares(levels);
            u[field] = Shares(levels);
        }
        var model = new LinkageModel(schema, m, u, reader.ReadDouble());
        foreach (var frequencies in model.Frequencies.OfType<Frequencies>())
        {
            frequencies.Read(reader);
        }
        return model;

        double[] Shares(int count) =>
            [.. Enumerable.Range(0, count).Select(_ => reader.ReadDouble())];
    }
}
