using Health.Contracts;
using SharedKernel.Modules;

namespace Interop.Registries.Forms;

/// <summary>Form 14/BCT: morbidity and mortality by ICD-10 at facilities, 20 columns (Circular 23/2025/TT-BYT, annex IV).</summary>
public sealed class MorbidityForm(ReadFacts read, IDiseaseGroups diseases, IFhirReader fhir)
    : StatisticForm(Name, read, diseases, fhir),
        IExport
{
    private const string Name = "form-14";

    public static ExportDefinition Definition { get; } =
        Monthly(
            Name,
            new(
                "Biểu 14: tình hình bệnh tật và tử vong theo ICD-10",
                "Form 14: morbidity by ICD-10"
            ),
            typeof(MorbidityForm)
        );
}

/// <summary>Deaths in the community by cause, age and sex, 30 columns, by the day of death.</summary>
public sealed class CommunityDeathForm(ReadFacts read, IDiseaseGroups diseases, IFhirReader fhir)
    : StatisticForm(Name, read, diseases, fhir),
        IExport
{
    private const string Name = "community-deaths";

    public static ExportDefinition Definition { get; } =
        Monthly(
            Name,
            new("Tình hình tử vong tại cộng đồng", "Deaths in the community"),
            typeof(CommunityDeathForm)
        );
}

/// <summary>Form 4-TYT: mother and child care, as far as recorded diagnoses tell.</summary>
public sealed class MotherAndChildForm(ReadFacts read, IDiseaseGroups diseases, IFhirReader fhir)
    : StatisticForm(Name, read, diseases, fhir),
        IExport
{
    private const string Name = "form-4";

    public static ExportDefinition Definition { get; } =
        Monthly(
            Name,
            new("Biểu 4-TYT: chăm sóc sức khỏe bà mẹ và trẻ em", "Form 4: mother and child care"),
            typeof(MotherAndChildForm)
        );
}

/// <summary>Vaccine doses given, by vaccine, dose, age and sex.</summary>
public sealed class ImmunizationForm(ReadFacts read, IDiseaseGroups diseases, IFhirReader fhir)
    : StatisticForm(Name, read, diseases, fhir),
        IExport
{
    private const string Name = "immunization";

    public static ExportDefinition Definition { get; } =
        Monthly(Name, new("Kết quả tiêm chủng", "Immunization"), typeof(ImmunizationForm));
}

/// <summary>Visits for and people with non-communicable diseases, and how many reach their blood pressure.</summary>
public sealed class ChronicDiseaseForm(ReadFacts read, IDiseaseGroups diseases, IFhirReader fhir)
    : StatisticForm(Name, read, diseases, fhir),
        IExport
{
    private const string Name = "chronic-diseases";

    public static ExportDefinition Definition { get; } =
        Monthly(
            Name,
            new("Quản lý bệnh không lây nhiễm", "Non-communicable diseases"),
            typeof(ChronicDiseaseForm)
        );
}
