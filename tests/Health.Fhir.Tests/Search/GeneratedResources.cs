using System.Globalization;
using System.Reflection;
using Health.Fhir.Search.Definitions;
using Hl7.Fhir.Introspection;
using Hl7.Fhir.Model;
using Hl7.Fhir.Utility;

namespace Health.Fhir.Tests.Search;

/// <summary>
/// Valid resources of every R4 type, filled at random from small pools, so that they share codes, point to each other and to what
/// is not there. The same seed makes the same resources.
/// </summary>
internal sealed class GeneratedResources(int seed)
{
    private static readonly string[] Words =
    [
        "Nguyễn",
        "Trần",
        "Đỗ Đức",
        "Thị Lan",
        "nguyen",
        "O'Hara",
        "100%_\\x",
        "Hòa Bình",
        "Sốt cao",
        "Đau đầu",
        "a,b|c$d",
    ];

    private static readonly string[] Systems =
    [
        "urn:s1",
        "http://loinc.org",
        "http://example.org/codes",
    ];

    private static readonly string[] Codes = ["a", "b", "c-1", "29463-7", "X,1", "q|2"];

    private static readonly string[] Urls =
    [
        "http://example.org/fhir/a",
        "http://example.org/fhir/a/b",
        "http://example.org/fhir/ab",
        "urn:oid:1.2.3",
        "http://example.org/fhir/a/b/c",
    ];

    private static readonly string[] Dates =
    [
        "2019",
        "2020-02",
        "2020-02-29",
        "2020-03-01T08:30:00+07:00",
        "2020-02-29T23:30:00Z",
        "2020-03-01T08:30:00.250+07:00",
        "1951-12-31",
    ];

    private static readonly Type[] OpenChoice =
    [
        typeof(Quantity),
        typeof(FhirString),
        typeof(CodeableConcept),
        typeof(FhirDateTime),
        typeof(Period),
        typeof(ResourceReference),
        typeof(FhirBoolean),
        typeof(Integer),
        typeof(Hl7.Fhir.Model.Range),
    ];

    private readonly Random random = new(seed);

    /// <param name="perType">Ids are <c>g1</c>, <c>g2</c>, … in each type.</param>
    public IEnumerable<Resource> All(int perType)
    {
        foreach (var type in FhirModel.R4.ResourceTypes)
        {
            for (var number = 1; number <= perType; number++)
            {
                var resource = (Resource)Fill(ModelInfo.ModelInspector.FindClassMapping(type)!, 0)!;
                resource.Id = string.Create(CultureInfo.InvariantCulture, $"g{number}");
                resource.Meta = new Meta
                {
                    Tag = Some() ? [new Coding(One(Systems), One(Codes))] : [],
                    Profile = Some() ? [One(Urls)] : [],
                    Source = Some() ? One(Urls) : null,
                };
                yield return resource;
            }
        }
    }

    private bool Some(int percent = 45) => random.Next(100) < percent;

    private T One<T>(IReadOnlyList<T> from) => from[random.Next(from.Count)];

    private Base? Fill(ClassMapping mapping, int depth)
    {
        var made = (Base)mapping.CreateInstance();
        var any = false;
        foreach (var property in mapping.PropertyMappings)
        {
            // Bundles hold resources, whose order and links have rules of their own.
            if (
                property.Choice == ChoiceType.ResourceChoice
                || property.Name is "id" or "extension" or "modifierExtension"
                || (
                    depth == 0
                    && property.Name
                        is "meta"
                            or "contained"
                            or "text"
                            or "implicitRules"
                            or "language"
                )
                || typeof(Resource).IsAssignableFrom(property.ImplementingType)
                || (!property.IsMandatoryElement && (depth > 2 || !Some(depth == 0 ? 60 : 40)))
            )
            {
                continue;
            }
            var values = new List<Base>();
            for (var times = property.IsCollection && Some(30) ? 2 : 1; times > 0; times--)
            {
                if (Value(property, depth) is { } value)
                {
                    values.Add(value);
                }
            }
            if (values.Count == 0)
            {
                if (property.IsMandatoryElement && made is not Resource)
                {
                    return null;
                }
                continue;
            }
            any = true;
            if (property.IsCollection)
            {
                var list = (System.Collections.IList)
                    Activator.CreateInstance(
                        typeof(List<>).MakeGenericType(property.ImplementingType)
                    )!;
                values.ForEach(value => list.Add(value));
                property.NativeProperty!.SetValue(made, list);
            }
            else
            {
                property.NativeProperty!.SetValue(made, values[0]);
            }
        }
        return any || made is Resource ? made : null;
    }

    private Base? Value(PropertyMapping property, int depth)
    {
        var type = property.ImplementingType;
        if (property.Choice == ChoiceType.DatatypeChoice)
        {
            var concrete = property.FhirType.Where(choice => Instantiable(choice)).ToList();
            type = One<Type>(concrete.Count > 0 ? concrete : OpenChoice);
        }
        if (type.IsGenericType && type.GetGenericTypeDefinition() == typeof(Code<>))
        {
            var code = (PrimitiveType)Activator.CreateInstance(type)!;
            var members = Enum.GetValues(type.GenericTypeArguments[0]);
            code.JsonValue = ((Enum)members.GetValue(random.Next(members.Length))!).GetLiteral();
            return code;
        }
        return Known(type, property) is { } known ? known
            : ModelInfo.ModelInspector.FindOrImportClassMapping(type) is { } mapping
            && !typeof(PrimitiveType).IsAssignableFrom(type)
            && Instantiable(type)
                ? Fill(mapping, depth + 1)
            : null;
    }

    private static bool Instantiable(Type type) =>
        !type.IsAbstract
        && type.GetConstructor(Type.EmptyTypes) is not null
        && type != typeof(DataType);

    private Base? Known(Type type, PropertyMapping property) =>
        type.Name switch
        {
            nameof(FhirString) or nameof(Markdown) => new FhirString(One(Words)).As(type),
            nameof(Code) => new Code(One(Codes)),
            nameof(FhirUri) or nameof(FhirUrl) => new FhirUri(One(Urls)).As(type),
            nameof(Canonical) => new Canonical(One(Urls) + (Some(20) ? "|1.0" : "")),
            nameof(Oid) => new Oid("urn:oid:1.2.3"),
            nameof(Uuid) => new Uuid("urn:uuid:0d2a8d5a-90bb-4b6b-8a0c-3a9d5e6f0001"),
            nameof(Id) => new Id("x1"),
            nameof(FhirBoolean) => new FhirBoolean(Some()),
            nameof(Integer) => new Integer(random.Next(5) * 10),
            nameof(PositiveInt) => new PositiveInt(1 + random.Next(5)),
            nameof(UnsignedInt) => new UnsignedInt(random.Next(5)),
            nameof(FhirDecimal) => new FhirDecimal(Number()),
            nameof(FhirDateTime) => new FhirDateTime(One(Dates)),
            nameof(Date) => new Date(One(Dates[..3])),
            nameof(Instant) => new Instant { JsonValue = Some() ? Dates[3] : Dates[5] },
            nameof(Time) => new Time("08:30:00"),
            nameof(Base64Binary) => new Base64Binary([1, 2, 3]),
            nameof(Coding) => Coding(),
            nameof(CodeableConcept) => new CodeableConcept
            {
                Coding = Some(85)
                    ? [Coding(), .. Some(20) ? [Coding()] : Array.Empty<Coding>()]
                    : [],
                Text = Some(60) ? One(Words) : "x",
            },
            nameof(Identifier) => new Identifier
            {
                System = Some(80) ? One(Systems) : null,
                Value = One(Codes),
                Type = Some(30)
                    ? new CodeableConcept { Coding = [Coding()], Text = One(Words) }
                    : null,
            },
            nameof(ContactPoint) => new ContactPoint(
                Some()
                    ? ContactPoint.ContactPointSystem.Phone
                    : ContactPoint.ContactPointSystem.Email,
                null,
                One(Codes)
            ),
            nameof(HumanName) => new HumanName
            {
                Family = One(Words),
                Given = Some() ? [One(Words)] : [],
                Text = Some() ? One(Words) : null,
            },
            nameof(Address) => new Address { City = One(Words), Line = Some() ? [One(Words)] : [] },
            nameof(ResourceReference) => Reference(property),
            nameof(Quantity)
            or nameof(Age)
            or nameof(Duration)
            or nameof(Distance)
            or nameof(Count) => Quantity(type, Some(20)),
            nameof(Money) => new Money
            {
                Value = Number(),
                Currency = Some() ? Money.Currencies.VND : null,
            },
            nameof(Hl7.Fhir.Model.Range) => Range(),
            nameof(SampledData) => new SampledData
            {
                Origin = (Quantity)Quantity(typeof(Quantity), false),
                Period = 1,
                Dimensions = 1,
                Data = "1 2 3.5 E",
            },
            nameof(Period) => Period(),
            nameof(Timing) => new Timing
            {
                EventElement = [new FhirDateTime(One(Dates)), new FhirDateTime(One(Dates))],
            },
            _ => null,
        };

    private Coding Coding() =>
        new(Some(80) ? One(Systems) : null, One(Codes), Some() ? One(Words) : null);

    private decimal Number() => One([0m, 1.5m, -2m, 70.25m, 100m, 1000m, 0.001m]);

    private Base Quantity(Type type, bool compared)
    {
        var made = (Quantity)Activator.CreateInstance(type)!;
        made.Value = Number();
        made.System = Some(85) ? "http://unitsofmeasure.org" : null;
        made.Code = Some(90) ? One(["mg", "g", "kg", "cm", "[lb_av]"]) : null;
        made.Unit = Some() ? One(["mg", "grams"]) : null;
        made.Comparator = compared ? One(Enum.GetValues<Quantity.QuantityComparator>()) : null;
        return made;
    }

    private Hl7.Fhir.Model.Range Range()
    {
        var low = (Quantity)Quantity(typeof(Quantity), false);
        return new()
        {
            Low = low,
            High = Some(70)
                ? new Quantity
                {
                    Value = low.Value + 10,
                    System = low.System,
                    Code = low.Code,
                    Unit = low.Unit,
                }
                : null,
        };
    }

    private Period Period()
    {
        var from = random.Next(4);
        return new Period
        {
            Start = Some(80) ? Dates[from] : "2018",
            End = Some(70) ? Dates[Math.Max(from, 2 + random.Next(2))] : null,
        };
    }

    private ResourceReference Reference(PropertyMapping property)
    {
        var targets = property
            .NativeProperty!.GetCustomAttribute<ReferencesAttribute>()
            ?.Resources?.Where(FhirModel.R4.IsResourceType)
            .ToList();
        var type = One(
            targets is { Count: > 0 } ? targets : ["Patient", "Observation", "Encounter"]
        );
        var id = string.Create(CultureInfo.InvariantCulture, $"g{1 + random.Next(4)}");
        return random.Next(20) switch
        {
            0 => new ResourceReference($"http://other.org/fhir/{type}/{id}"),
            1 => new ResourceReference($"{type}/{id}/_history/1"),
            2 => new ResourceReference("urn:uuid:0d2a8d5a-90bb-4b6b-8a0c-3a9d5e6f0001"),
            3 => new ResourceReference { Display = One(Words) },
            // Without a type: by it we tell a Patient's identifier from a Group's, which Firely's resolve() cannot.
            4 or 5 => new ResourceReference
            {
                Identifier = new Identifier(One(Systems), One(Codes)),
            },
            6 => new ResourceReference($"{type}/{id}")
            {
                Identifier = new Identifier(One(Systems), One(Codes)),
            },
            _ => new ResourceReference($"{type}/{id}"),
        };
    }
}

internal static class SameText
{
    /// <summary>Markdown, url and the like hold the same text as their parents.</summary>
    public static Base As(this PrimitiveType value, Type type)
    {
        var made = (PrimitiveType)Activator.CreateInstance(type)!;
        made.JsonValue = value.JsonValue;
        return made;
    }
}
