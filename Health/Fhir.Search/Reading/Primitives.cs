using System.Buffers;
using System.Buffers.Text;
using System.Text;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Values;

namespace Health.Fhir.Search.Reading;

/// <summary>The forms of primitive values: https://hl7.org/fhir/R4/datatypes.html#primitive.</summary>
internal static class Primitives
{
    private static readonly SearchValues<byte> IdLetters = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-."u8
    );
    private static readonly SearchValues<byte> Space = SearchValues.Create(" \t\r\n\f\v"u8);

    // What XML cannot write, and so no text of FHIR may hold; EF begins U+FFFE and U+FFFF.
    private static readonly SearchValues<byte> Suspicious = SearchValues.Create([
        .. Enumerable.Range(0, 32).Select(code => (byte)code).Except("\t\r\n"u8.ToArray()),
        0xEF,
    ]);
    private static readonly SearchValues<byte> LowerHex = SearchValues.Create("0123456789abcdef"u8);

    /// <summary>Booleans are <see cref="NodeKind.True"/>.</summary>
    public static NodeKind JsonKind(DataKind kind) =>
        kind switch
        {
            DataKind.Boolean => NodeKind.True,
            DataKind.Integer or DataKind.UnsignedInt or DataKind.PositiveInt or DataKind.Decimal =>
                NodeKind.Number,
            _ => NodeKind.String,
        };

    public static string JsonName(NodeKind kind) =>
        kind switch
        {
            NodeKind.True => "boolean, true or false without quotes",
            NodeKind.Number => "number, without quotes",
            _ => "string",
        };

    /// <summary>What is wrong with the value, or null.</summary>
    public static string? Refusal(DataKind kind, ReadOnlySpan<byte> value)
    {
        if (value.IsEmpty)
        {
            return "An empty text says nothing; leave the property out.";
        }
        if (value.IndexOfAny(Suspicious) >= 0 && HoldsControl(value))
        {
            return "A text may hold no control characters but tab, carriage return and line feed.";
        }
        return kind switch
        {
            DataKind.Integer when !IsInteger(value, int.MinValue) => Wrong(
                value,
                "a whole number of 32 bits"
            ),
            DataKind.UnsignedInt when !IsInteger(value, 0) => Wrong(
                value,
                "a whole number from 0 to 2,147,483,647"
            ),
            DataKind.PositiveInt when !IsInteger(value, 1) => Wrong(
                value,
                "a whole number from 1 to 2,147,483,647"
            ),
            DataKind.Decimal when !IsDecimal(value) => Wrong(
                value,
                "a decimal that this server can hold (28 digits)"
            ),
            DataKind.Code when !IsCode(value) => Wrong(
                value,
                "a code: no space at its ends, single spaces within"
            ),
            DataKind.Id when !IsId(value) => Wrong(
                value,
                "an id: 1 to 64 of the letters A-Z a-z, digits, - and ."
            ),
            DataKind.Uri or DataKind.Url or DataKind.Canonical when value.IndexOfAny(Space) >= 0 =>
                Wrong(value, "a uri: it has no spaces"),
            DataKind.Uri
            or DataKind.Canonical
                when value.StartsWith("urn:oid:"u8)
                    && value.IndexOf((byte)'|') < 0
                    && !IsOid(value) => Wrong(value, "an oid such as urn:oid:1.2.3"),
            DataKind.Oid when !IsOid(value) => Wrong(value, "an oid such as urn:oid:1.2.3"),
            DataKind.Uuid when !IsUuid(value) => Wrong(
                value,
                "a lower-case uuid such as urn:uuid:c757873d-ec9a-4326-a141-556f43239520"
            ),
            DataKind.Date
                when !FhirDate.TryParse(value, out var date)
                    || date.Precision > DatePrecision.Day => Wrong(
                value,
                "a date: YYYY, YYYY-MM or YYYY-MM-DD"
            ),
            DataKind.DateTime
                when !FhirDate.TryParse(value, out var time)
                    || time.Precision == DatePrecision.Minute
                    || (time.Precision > DatePrecision.Minute && !time.HasZone) => Wrong(
                value,
                "a dateTime: YYYY, YYYY-MM, YYYY-MM-DD or YYYY-MM-DDThh:mm:ss with Z or a zone such as +07:00"
            ),
            DataKind.Instant
                when !FhirDate.TryParse(value, out var instant)
                    || instant.Precision < DatePrecision.Second
                    || !instant.HasZone => Wrong(
                value,
                "an instant: YYYY-MM-DDThh:mm:ss.sss with Z or a zone such as +07:00"
            ),
            DataKind.Time when !IsTime(value) => Wrong(value, "a time: hh:mm:ss"),
            DataKind.Base64 when !IsBase64(value) => "This is not base64.",
            DataKind.Xhtml => Xhtml.Refusal(value),
            _ => null,
        };
    }

    /// <summary>https://hl7.org/fhir/R4/datatypes.html#string: no characters below 32 but 9, 10 and 13.</summary>
    private static bool HoldsControl(ReadOnlySpan<byte> value) =>
        value.ContainsAnyInRange((byte)0, (byte)8)
        || value.ContainsAnyInRange((byte)11, (byte)12)
        || value.ContainsAnyInRange((byte)14, (byte)31)
        || value.IndexOf("\uFFFE"u8) >= 0
        || value.IndexOf("\uFFFF"u8) >= 0;

    private static string Wrong(ReadOnlySpan<byte> value, string rule) =>
        $"'{Encoding.UTF8.GetString(value.Length > 60 ? value[..60] : value)}' is not {rule}.";

    private static bool IsInteger(ReadOnlySpan<byte> value, int from) =>
        Utf8Parser.TryParse(value, out int number, out var read)
        && read == value.Length
        && number >= from;

    private static bool IsDecimal(ReadOnlySpan<byte> value) =>
        decimal.TryParse(
            value,
            System.Globalization.NumberStyles.Float,
            System.Globalization.CultureInfo.InvariantCulture,
            out _
        );

    private static bool IsCode(ReadOnlySpan<byte> value)
    {
        if (value.IndexOf("\u00A0"u8) >= 0)
        {
            return false;
        }
        var before = true;
        foreach (var letter in value)
        {
            var isSpace = letter is (byte)' ' or (>= 9 and <= 13);
            if (isSpace && before)
            {
                return false;
            }
            before = isSpace;
        }
        return !before;
    }

    public static bool IsId(ReadOnlySpan<byte> value) =>
        value.Length is > 0 and <= 64 && value.IndexOfAnyExcept(IdLetters) < 0;

    private static bool IsOid(ReadOnlySpan<byte> value)
    {
        if (!value.StartsWith("urn:oid:"u8) || value.Length < 11 || value[8] is < 48 or > 50)
        {
            return false;
        }
        var rest = value[9..];
        while (rest is [(byte)'.', ..])
        {
            var arc = 1;
            while (arc < rest.Length && char.IsAsciiDigit((char)rest[arc]))
            {
                arc++;
            }
            if (arc == 1 || (arc > 2 && rest[1] == '0'))
            {
                return false;
            }
            rest = rest[arc..];
        }
        return rest.IsEmpty;
    }

    private static bool IsUuid(ReadOnlySpan<byte> value)
    {
        if (!value.StartsWith("urn:uuid:"u8) || value.Length != 45)
        {
            return false;
        }
        var uuid = value[9..];
        return uuid[8] == '-'
            && uuid[13] == '-'
            && uuid[18] == '-'
            && uuid[23] == '-'
            && uuid[..8].IndexOfAnyExcept(LowerHex) < 0
            && uuid[9..13].IndexOfAnyExcept(LowerHex) < 0
            && uuid[14..18].IndexOfAnyExcept(LowerHex) < 0
            && uuid[19..23].IndexOfAnyExcept(LowerHex) < 0
            && uuid[24..].IndexOfAnyExcept(LowerHex) < 0;
    }

    private static bool IsTime(ReadOnlySpan<byte> value)
    {
        Span<byte> dated = stackalloc byte[64];
        if (value.Length > 40 || value.IndexOfAny("Z+-"u8) >= 0)
        {
            return false;
        }
        "2000-01-01T"u8.CopyTo(dated);
        value.CopyTo(dated[11..]);
        return FhirDate.TryParse(dated[..(11 + value.Length)], out var time)
            && time.Precision >= DatePrecision.Second;
    }

    private static bool IsBase64(ReadOnlySpan<byte> value) => Base64.IsValid(value);
}
