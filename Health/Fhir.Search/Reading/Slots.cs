using Health.Fhir.Search.Definitions;

namespace Health.Fhir.Search.Reading;

/// <summary>Where the elements that become index values lie in their types.</summary>
internal static class Slots
{
    public static readonly int CodingSystem = Of("Coding", "system");
    public static readonly int CodingCode = Of("Coding", "code");
    public static readonly int CodingDisplay = Of("Coding", "display");
    public static readonly int ConceptCoding = Of("CodeableConcept", "coding");
    public static readonly int ConceptText = Of("CodeableConcept", "text");
    public static readonly int IdentifierSystem = Of("Identifier", "system");
    public static readonly int IdentifierValue = Of("Identifier", "value");
    public static readonly int IdentifierType = Of("Identifier", "type");
    public static readonly int ContactValue = Of("ContactPoint", "value");
    public static readonly int ReferenceReference = Of("Reference", "reference");
    public static readonly int ReferenceType = Of("Reference", "type");
    public static readonly int ReferenceIdentifier = Of("Reference", "identifier");
    public static readonly int QuantityValue = Of("Quantity", "value");
    public static readonly int QuantityComparator = Of("Quantity", "comparator");
    public static readonly int QuantitySystem = Of("Quantity", "system");
    public static readonly int QuantityCode = Of("Quantity", "code");
    public static readonly int QuantityUnit = Of("Quantity", "unit");
    public static readonly int MoneyValue = Of("Money", "value");
    public static readonly int MoneyCurrency = Of("Money", "currency");
    public static readonly int RangeLow = Of("Range", "low");
    public static readonly int RangeHigh = Of("Range", "high");
    public static readonly int SampleOrigin = Of("SampledData", "origin");
    public static readonly int SampleFactor = Of("SampledData", "factor");
    public static readonly int SampleData = Of("SampledData", "data");
    public static readonly int PeriodStart = Of("Period", "start");
    public static readonly int PeriodEnd = Of("Period", "end");
    public static readonly int TimingEvent = Of("Timing", "event");
    public static readonly int TimingRepeat = Of("Timing", "repeat");
    public static readonly int RepeatBounds = Of("Timing.repeat", "bounds");

    private static int Of(string type, string element) =>
        TypeTable.Get(type)?.Slot(element) is >= 0 and var slot
            ? slot
            : throw new InvalidOperationException($"R4 has no {type}.{element}.");
}
