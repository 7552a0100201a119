using Parquet;
using Parquet.Schema;
using SharedKernel.Contracts;

namespace Interop.Prices;

/// <summary>A price list as Apache Parquet, the columns of the CSV; 50,000 lines lie in memory at a time.</summary>
internal static class ParquetPrices
{
    private const int GroupRows = 50_000;

    private static readonly (string Name, Func<PriceLine, string?> Of)[] Texts =
    [
        ("item_kind", line => PriceFile.Lower(line.ItemKind)),
        ("code", line => line.Code),
        ("name", line => line.Name),
        ("unit", line => line.Unit),
        ("registration_number", line => line.Registration),
    ];

    private static readonly (string Name, Func<PriceLine, long?> Of)[] Amounts =
    [
        ("price_insurance", line => line.Insurance),
        ("price_self_pay", line => line.SelfPay),
        ("price_on_demand", line => line.OnDemand),
        ("price_support", line => line.Support),
    ];

    public static async Task Write(
        Stream target,
        IAsyncEnumerable<PriceLine> lines,
        CancellationToken cancel
    )
    {
        DataField[] fields =
        [
            .. Texts.Select(column => new DataField(column.Name, typeof(string), isNullable: true)),
            .. Amounts.Select(column => new DataField(column.Name, typeof(long), isNullable: true)),
        ];
        await using var writer = await ParquetWriter.CreateAsync(new ParquetSchema(fields), target);
        var rows = new List<PriceLine>();
        await foreach (var line in lines.WithCancellation(cancel))
        {
            rows.Add(line);
            if (rows.Count == GroupRows)
            {
                await Group(writer, fields, rows, cancel);
            }
        }
        if (rows.Count > 0)
        {
            await Group(writer, fields, rows, cancel);
        }
    }

    private static async Task Group(
        ParquetWriter writer,
        DataField[] fields,
        List<PriceLine> rows,
        CancellationToken cancel
    )
    {
        using var group = writer.CreateRowGroup();
        foreach (var (index, column) in Texts.Index())
        {
            await group.WriteAsync(
                fields[index],
                (IReadOnlyCollection<string>)rows.ConvertAll(row => column.Of(row))!
            );
        }
        foreach (var (index, column) in Amounts.Index())
        {
            await group.WriteAsync<long>(
                fields[Texts.Length + index],
                rows.Select(column.Of).ToArray().AsMemory(),
                cancellationToken: cancel
            );
        }
        group.CompleteValidate();
        rows.Clear();
    }
}
