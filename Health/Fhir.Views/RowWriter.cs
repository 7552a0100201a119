using System.Globalization;
using System.Text;
using System.Text.Encodings.Web;
using System.Text.Json;
using Health.Fhir.Api.Formats;
using Parquet;
using Parquet.Schema;

namespace Health.Fhir.Views;

/// <summary>Rows of a view on their way out, in one format. Holds no more than a few thousand of them.</summary>
internal abstract class RowWriter(Stream target) : IAsyncDisposable
{
    /// <summary>Names as in <c>_format</c> or Accept → content type.</summary>
    public static string? ContentTypeOf(string format) =>
        format.Split(';')[0].Trim().Replace(' ', '+').ToLowerInvariant() switch
        {
            "ndjson"
            or "application/x-ndjson"
            or "application/ndjson"
            or "application/fhir+ndjson" => "application/x-ndjson",
            "csv" or "text/csv" => Negotiation.Csv,
            "json" or "application/json" => "application/json",
            "parquet" or "application/vnd.apache.parquet" => "application/vnd.apache.parquet",
            _ => null,
        };

    public static async Task<RowWriter> Of(
        string contentType,
        Stream target,
        IReadOnlyList<ViewColumn> columns,
        bool header
    )
    {
        RowWriter writer = contentType switch
        {
            Negotiation.Csv => new CsvRows(target, columns, header),
            "application/vnd.apache.parquet" => await ParquetRows.Create(target, columns),
            _ => new JsonRows(target, columns, isArray: contentType == "application/json"),
        };
        await writer.Start();
        return writer;
    }

    protected Stream Target => target;

    protected virtual ValueTask Start() => ValueTask.CompletedTask;

    public abstract ValueTask Write(object?[] row, CancellationToken cancel);

    /// <summary>The end of the table; without it what was written is not whole.</summary>
    public abstract ValueTask Finish(CancellationToken cancel);

    public virtual ValueTask DisposeAsync() => ValueTask.CompletedTask;

    private sealed class JsonRows(Stream target, IReadOnlyList<ViewColumn> columns, bool isArray)
        : RowWriter(target)
    {
        private readonly MemoryStream buffer = new();
        private readonly JsonEncodedText[] names =
        [
            .. columns.Select(column => JsonEncodedText.Encode(column.Name)),
        ];
        private bool any;

        public override ValueTask Write(object?[] row, CancellationToken cancel)
        {
            if (isArray)
            {
                buffer.Write(any ? ",\n"u8 : "[\n"u8);
            }
            any = true;
            using (
                var json = new Utf8JsonWriter(
                    buffer,
                    new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping }
                )
            )
            {
                json.WriteStartObject();
                for (var at = 0; at < row.Length; at++)
                {
                    json.WritePropertyName(names[at]);
                    JsonSerializer.Serialize(json, row[at]);
                }
                json.WriteEndObject();
            }
            if (!isArray)
            {
                buffer.WriteByte((byte)'\n');
            }
            return buffer.Length < 32 * 1024 ? ValueTask.CompletedTask : Drain(cancel);
        }

        public override ValueTask Finish(CancellationToken cancel)
        {
            if (isArray)
            {
                buffer.Write(any ? "\n]"u8 : "[]"u8);
            }
            return Drain(cancel);
        }

        private async ValueTask Drain(CancellationToken cancel)
        {
            await Target.WriteAsync(buffer.GetBuffer().AsMemory(0, (int)buffer.Length), cancel);
            buffer.SetLength(0);
        }
    }

    /// <summary>RFC 4180; lists as JSON.</summary>
    private sealed class CsvRows(Stream target, IReadOnlyList<ViewColumn> columns, bool header)
        : RowWriter(target)
    {
        private readonly StreamWriter text = new(
            target,
            new UTF8Encoding(false),
            32 * 1024,
            leaveOpen: true
        )
        {
            NewLine = "\r\n",
        };

        protected override async ValueTask Start()
        {
            if (header)
            {
                await Line(columns.Select(column => column.Name), CancellationToken.None);
            }
        }

        public override ValueTask Write(object?[] row, CancellationToken cancel) =>
            Line(row.Select(CellText), cancel);

        public override async ValueTask Finish(CancellationToken cancel) =>
            await text.FlushAsync(cancel);

        private async ValueTask Line(IEnumerable<string> cells, CancellationToken cancel) =>
            await text.WriteLineAsync(string.Join(',', cells.Select(Quoted)).AsMemory(), cancel);

        private static string Quoted(string cell) =>
            cell.AsSpan().ContainsAny("\",\r\n")
                ? $"\"{cell.Replace("\"", "\"\"", StringComparison.Ordinal)}\""
                : cell;
    }

    private static string CellText(object? value) =>
        value switch
        {
            null => "",
            bool truth => truth ? "true" : "false",
            string text => text,
            IFormattable number => number.ToString(null, CultureInfo.InvariantCulture),
            _ => JsonSerializer.Serialize(value),
        };

    /// <summary>
    /// Parquet (https://parquet.apache.org), a row group every few thousand rows. Columns are typed as declared: boolean, integer
    /// (32 or 64 bits), decimal (as double); all else, and what is undeclared, is text.
    /// </summary>
    private sealed class ParquetRows : RowWriter
    {
        private const int GroupRows = 10_000;

        private readonly ParquetWriter writer;
        private readonly DataField[] fields;
        private readonly List<object?[]> rows = [];

        private ParquetRows(Stream target, ParquetWriter writer, DataField[] fields)
            : base(target)
        {
            this.writer = writer;
            this.fields = fields;
        }

        public static async Task<ParquetRows> Create(
            Stream target,
            IReadOnlyList<ViewColumn> columns
        )
        {
            DataField[] fields =
            [
                .. columns.Select(column => new DataField(
                    column.Name,
                    column switch
                    {
                        { Collection: true } => typeof(string),
                        { Type: "boolean" } => typeof(bool),
                        { Type: "integer" or "positiveInt" or "unsignedInt" } => typeof(int),
                        { Type: "integer64" } => typeof(long),
                        { Type: "decimal" } => typeof(double),
                        _ => typeof(string),
                    },
                    isNullable: true
                )),
            ];
            return new(
                target,
                await ParquetWriter.CreateAsync(new ParquetSchema(fields), target),
                fields
            );
        }

        public override async ValueTask Write(object?[] row, CancellationToken cancel)
        {
            rows.Add(row);
            if (rows.Count == GroupRows)
            {
                await Group(cancel);
            }
        }

        public override async ValueTask Finish(CancellationToken cancel)
        {
            if (rows.Count > 0)
            {
                await Group(cancel);
            }
            await writer.DisposeAsync();
        }

        private async Task Group(CancellationToken cancel)
        {
            using var group = writer.CreateRowGroup();
            for (var at = 0; at < fields.Length; at++)
            {
                var field = fields[at];
                if (field.ClrType == typeof(bool))
                {
                    await Column<bool>(group, at, cancel);
                }
                else if (field.ClrType == typeof(int))
                {
                    await Column<int>(group, at, cancel);
                }
                else if (field.ClrType == typeof(long))
                {
                    await Column<long>(group, at, cancel);
                }
                else if (field.ClrType == typeof(double))
                {
                    await Column<double>(group, at, cancel);
                }
                else
                {
                    await group.WriteAsync(
                        field,
                        (IReadOnlyCollection<string>)
                            rows.ConvertAll(row => row[at] is null ? null : CellText(row[at]))!
                    );
                }
            }
            group.CompleteValidate();
            rows.Clear();
        }

        private async Task Column<TValue>(
            ParquetRowGroupWriter group,
            int at,
            CancellationToken cancel
        )
            where TValue : struct
        {
            var values = new TValue?[rows.Count];
            for (var row = 0; row < values.Length; row++)
            {
                values[row] = rows[row][at] is { } value
                    ? Typed<TValue>(value, fields[at].Name)
                    : null;
            }
            await group.WriteAsync<TValue>(
                fields[at],
                values.AsMemory(),
                cancellationToken: cancel
            );
        }

        private static TValue Typed<TValue>(object value, string column)
        {
            try
            {
                return (TValue)
                    Convert.ChangeType(value, typeof(TValue), CultureInfo.InvariantCulture);
            }
            catch (Exception error)
                when (error is FormatException or InvalidCastException or OverflowException)
            {
                throw new FhirRefusal(
                    422,
                    "value",
                    $"The column '{column}' holds '{value}', which is not of its declared type."
                );
            }
        }
    }
}
