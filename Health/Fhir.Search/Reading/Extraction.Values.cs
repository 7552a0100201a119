using System.Globalization;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Values;

namespace Health.Fhir.Search.Reading;

// One method per parameter type: from an element of any data type to the rows of that parameter.
internal sealed partial class Extraction
{
    /// <summary>https://hl7.org/fhir/R4/search.html#token</summary>
    private void EmitToken(SearchParameterInfo parameter, int node)
    {
        ref var value = ref tape[node];
        switch (value.Type.Kind)
        {
            case DataKind.Coding:
                EmitCoding(parameter, node);
                break;
            case DataKind.CodeableConcept:
                for (var child = value.Child; child != 0; child = tape[child].Next)
                {
                    if (tape[child].Element!.Slot == Slots.ConceptCoding)
                    {
                        EmitCoding(parameter, child);
                    }
                    else if (tape[child].Element!.Slot == Slots.ConceptText)
                    {
                        AddOnce(
                            result.Tokens,
                            new TokenIndex(parameter, null, null, tape.SharedText(tape[child]))
                        );
                    }
                }
                break;
            case DataKind.Identifier:
                EmitIdentifier(parameter, node);
                break;
            case DataKind.ContactPoint:
                if (tape.Find(node, Slots.ContactValue) is > 0 and var contact)
                {
                    AddOnce(
                        result.Tokens,
                        new TokenIndex(parameter, null, tape.Text(tape[contact]), null)
                    );
                }
                break;
            case DataKind.Code when value.Element!.Codes is { } codes:
                if (codes.TryFind(tape.Utf8(value), out var code, out var system))
                {
                    AddOnce(
                        result.Tokens,
                        new TokenIndex(parameter, system.Length == 0 ? null : system, code, null)
                    );
                }
                break;
            case >= DataKind.Boolean and <= DataKind.Time:
                AddOnce(
                    result.Tokens,
                    new TokenIndex(parameter, null, tape.SharedText(value), null)
                );
                break;
        }
    }

    private void EmitCoding(SearchParameterInfo parameter, int node)
    {
        string? system = null;
        string? code = null;
        string? display = null;
        for (var child = tape[node].Child; child != 0; child = tape[child].Next)
        {
            var slot = tape[child].Element!.Slot;
            if (slot == Slots.CodingSystem)
            {
                system = tape.SharedText(tape[child]);
            }
            else if (slot == Slots.CodingCode)
            {
                code = tape.SharedText(tape[child]);
            }
            else if (slot == Slots.CodingDisplay)
            {
                display = tape.SharedText(tape[child]);
            }
        }
        if (system is not null || code is not null || display is not null)
        {
            AddOnce(result.Tokens, new TokenIndex(parameter, system, code, display));
        }
    }

    private void EmitIdentifier(SearchParameterInfo parameter, int node)
    {
        string? system = null;
        string? value = null;
        string? typeText = null;
        var type = 0;
        for (var child = tape[node].Child; child != 0; child = tape[child].Next)
        {
            var slot = tape[child].Element!.Slot;
            if (slot == Slots.IdentifierSystem)
            {
                system = tape.SharedText(tape[child]);
            }
            else if (slot == Slots.IdentifierValue)
            {
                value = tape.Text(tape[child]);
            }
            else if (slot == Slots.IdentifierType)
            {
                type = child;
            }
        }
        if (type != 0 && tape.Find(type, Slots.ConceptText) is > 0 and var text)
        {
            typeText = tape.SharedText(tape[text]);
        }
        if (system is not null || value is not null || typeText is not null)
        {
            AddOnce(result.Tokens, new TokenIndex(parameter, system, value, typeText));
        }
        if (type == 0 || value is null)
        {
            return;
        }
        for (var coding = tape[type].Child; coding != 0; coding = tape[coding].Next)
        {
            if (
                tape[coding].Element!.Slot == Slots.ConceptCoding
                && tape.Find(coding, Slots.CodingCode) is > 0 and var code
            )
            {
                var typeSystem = tape.Find(coding, Slots.CodingSystem);
                AddOnce(
                    result.IdentifierTypes,
                    new IdentifierTypeIndex(
                        parameter,
                        typeSystem == 0 ? null : tape.SharedText(tape[typeSystem]),
                        tape.SharedText(tape[code]),
                        value
                    )
                );
            }
        }
    }

    /// <summary>https://hl7.org/fhir/R4/search.html#string</summary>
    private void EmitString(SearchParameterInfo parameter, int node)
    {
        ref var value = ref tape[node];
        switch (value.Type.Kind)
        {
            case DataKind.HumanName or DataKind.Address:
                // All their texts; use and type are codes, period is neither.
                for (var child = value.Child; child != 0; child = tape[child].Next)
                {
                    if (tape[child].Type.Kind == DataKind.String)
                    {
                        EmitText(parameter, child);
                    }
                }
                break;
            case >= DataKind.Boolean and <= DataKind.Time:
                EmitText(parameter, node);
                break;
        }
    }

    private void EmitText(SearchParameterInfo parameter, int node)
    {
        // An element's own id is a string too.
        if (tape[node].Element!.Name != "id")
        {
            var text = tape.SharedText(tape[node]);
            AddOnce(result.Strings, new StringIndex(parameter, text, SearchText.Normalise(text)));
        }
    }

    /// <summary>https://hl7.org/fhir/R4/search.html#date</summary>
    private void EmitDate(SearchParameterInfo parameter, int node)
    {
        if (RangeOf(node) is { } range)
        {
            AddOnce(result.Dates, new DateIndex(parameter, range));
        }
    }

    private DateRange? RangeOf(int node)
    {
        ref var value = ref tape[node];
        switch (value.Type.Kind)
        {
            case DataKind.Date or DataKind.DateTime or DataKind.Instant:
                return FhirDate.TryParse(tape.Utf8(value), out var date) ? date.Range : null;
            case DataKind.Period:
                var start = tape.Find(node, Slots.PeriodStart);
                var end = tape.Find(node, Slots.PeriodEnd);
                return start == 0 && end == 0
                    ? null
                    : new DateRange(
                        start == 0 ? DateRange.Always.Low : RangeOf(start)!.Value.Low,
                        end == 0 ? DateRange.Always.High : RangeOf(end)!.Value.High
                    );
            case DataKind.Timing:
                // "The specified scheduling details are ignored and only the outer limits matter."
                DateRange? outer = null;
                for (var child = value.Child; child != 0; child = tape[child].Next)
                {
                    var slot = tape[child].Element!.Slot;
                    var inner =
                        slot == Slots.TimingEvent ? child
                        : slot == Slots.TimingRepeat
                        && tape.Find(child, Slots.RepeatBounds) is var bounds
                        && bounds > 0
                        && tape[bounds].Type.Kind == DataKind.Period
                            ? bounds
                        : 0;
                    if (inner != 0 && RangeOf(inner) is { } found)
                    {
                        outer = outer is { } known
                            ? new(Math.Min(known.Low, found.Low), Math.Max(known.High, found.High))
                            : found;
                    }
                }
                return outer;
            default:
                return null;
        }
    }

    /// <summary>https://hl7.org/fhir/R4/search.html#number</summary>
    private void EmitNumber(SearchParameterInfo parameter, int node)
    {
        ref var value = ref tape[node];
        var range = value.Type.Kind switch
        {
            DataKind.Integer or DataKind.UnsignedInt or DataKind.PositiveInt or DataKind.Decimal =>
                Point(node),
            DataKind.Range => RangeOfRange(node),
            DataKind.Quantity => RangeOfQuantity(node),
            _ => null,
        };
        if (range is { } number)
        {
            AddOnce(result.Numbers, new NumberIndex(parameter, number));
        }
    }

    /// <summary>https://hl7.org/fhir/R4/search.html#quantity</summary>
    private void EmitQuantity(SearchParameterInfo parameter, int node)
    {
        ref var value = ref tape[node];
        switch (value.Type.Kind)
        {
            case DataKind.Quantity when RangeOfQuantity(node) is { } range:
                EmitQuantity(parameter, range, node);
                break;
            case DataKind.Range when RangeOfRange(node) is { } range:
                var low = tape.Find(node, Slots.RangeLow);
                EmitQuantity(parameter, range, low == 0 ? tape.Find(node, Slots.RangeHigh) : low);
                break;
            case DataKind.SampledData when RangeOfSamples(node) is { } range:
                EmitQuantity(parameter, range, tape.Find(node, Slots.SampleOrigin));
                break;
            case DataKind.Money when tape.Find(node, Slots.MoneyValue) is > 0 and var amount:
                var currency = tape.Find(node, Slots.MoneyCurrency);
                AddOnce(
                    result.Quantities,
                    new QuantityIndex(
                        parameter,
                        Point(amount),
                        currency == 0 ? null : "urn:iso:std:iso:4217",
                        currency == 0 ? null : tape.SharedText(tape[currency]),
                        null
                    )
                );
                break;
        }
    }

    private void EmitQuantity(SearchParameterInfo parameter, NumberRange range, int unitOf)
    {
        var system = tape.Find(unitOf, Slots.QuantitySystem);
        var code = tape.Find(unitOf, Slots.QuantityCode);
        var unit = tape.Find(unitOf, Slots.QuantityUnit);
        AddOnce(
            result.Quantities,
            new QuantityIndex(
                parameter,
                range,
                system == 0 ? null : tape.SharedText(tape[system]),
                code == 0 ? null : tape.SharedText(tape[code]),
                unit == 0 ? null : tape.SharedText(tape[unit])
            )
        );
    }

    private NumberRange Point(int node)
    {
        var number = double.Parse(
            tape.Utf8(tape[node]),
            NumberStyles.Float,
            CultureInfo.InvariantCulture
        );
        return new(number, number);
    }

    private NumberRange? RangeOfQuantity(int node)
    {
        if (tape.Find(node, Slots.QuantityValue) is not (> 0 and var value))
        {
            return null;
        }
        var point = Point(value);
        var comparator = tape.Find(node, Slots.QuantityComparator);
        return comparator == 0
            ? point
            : tape.Text(tape[comparator]) switch
            {
                "<" => new(double.MinValue, Math.BitDecrement(point.High)),
                "<=" => new(double.MinValue, point.High),
                ">" => new(Math.BitIncrement(point.Low), double.MaxValue),
                ">=" => new(point.Low, double.MaxValue),
                _ => point,
            };
    }

    private NumberRange? RangeOfRange(int node)
    {
        var low = tape.Find(node, Slots.RangeLow);
        var high = tape.Find(node, Slots.RangeHigh);
        var from = low == 0 ? null : RangeOfQuantity(low);
        var to = high == 0 ? null : RangeOfQuantity(high);
        return from is null && to is null
            ? null
            : new(from?.Low ?? double.MinValue, to?.High ?? double.MaxValue);
    }

    /// <summary>From the smallest sample to the largest, in the unit of the origin: https://hl7.org/fhir/R4/datatypes.html#SampledData</summary>
    private NumberRange? RangeOfSamples(int node)
    {
        var origin = tape.Find(node, Slots.SampleOrigin);
        var data = tape.Find(node, Slots.SampleData);
        if (
            origin == 0
            || data == 0
            || tape.Find(origin, Slots.QuantityValue) is not (> 0 and var zero)
        )
        {
            return null;
        }
        var factorAt = tape.Find(node, Slots.SampleFactor);
        var factor = factorAt == 0 ? 1 : Point(factorAt).Low;
        var (low, high) = (double.MaxValue, double.MinValue);
        foreach (var sample in tape.Text(tape[data]).Split(' '))
        {
            // E, L and U stand for an error, below and above what can be measured.
            if (double.TryParse(sample, CultureInfo.InvariantCulture, out var number))
            {
                var measured = Point(zero).Low + (number * factor);
                (low, high) = (Math.Min(low, measured), Math.Max(high, measured));
            }
        }
        return low > high ? null : new(low, high);
    }
}
