using SharedKernel.Ui;

namespace Health.Emr.DecisionSupport.CdsHooks;

/// <summary>One service of https://cds-hooks.hl7.org/2.0/ as discovery tells it.</summary>
/// <param name="Prefetch">By key: the FHIR search that gives the caller's context to us.</param>
public sealed record CdsService(
    string Hook,
    string Id,
    string Title,
    string Description,
    IReadOnlyDictionary<string, string> Prefetch
)
{
    private static readonly Dictionary<string, string> WhatTheRulesAsk = new()
    {
        ["patient"] = "Patient/{{context.patientId}}",
        ["allergies"] = "AllergyIntolerance?patient={{context.patientId}}&_count=100",
        ["medications"] =
            "MedicationRequest?patient={{context.patientId}}&status=active&_count=100",
        ["weight"] =
            "Observation?patient={{context.patientId}}&code=http://loinc.org|29463-7&_sort=-date&_count=1",
        ["results"] =
            $"Observation?patient={{{{context.patientId}}}}&code={ClinicalCodes.ResultSearch}&_sort=-date&_count=20",
    };

    public static IReadOnlyList<CdsService> All =>
        [
            new(
                "order-select",
                "drugs-on-select",
                T.Of("Kiểm tra thuốc khi chọn", "Drug checks on selection"),
                T.Of(
                    "Dị ứng, trùng hoạt chất, tương tác (QĐ 5948/QĐ-BYT), liều, thai kỳ, chức năng thận của thuốc vừa chọn.",
                    "Allergy, duplicate, interaction (Decision 5948/QĐ-BYT), dose, pregnancy and kidney function for the drugs just selected."
                ),
                WhatTheRulesAsk
            ),
            new(
                "order-sign",
                "drugs-on-sign",
                T.Of("Kiểm tra thuốc khi ký đơn", "Drug checks on signing"),
                T.Of(
                    "Cùng các quy tắc, cho cả đơn trước khi ký.",
                    "The same rules for the whole prescription before it is signed."
                ),
                WhatTheRulesAsk
            ),
            new(
                "patient-view",
                "drugs-on-view",
                T.Of("Kiểm tra thuốc đang dùng", "Checks of the drugs being taken"),
                T.Of(
                    "Cùng các quy tắc, cho các thuốc người bệnh đang dùng.",
                    "The same rules for what the patient takes already."
                ),
                WhatTheRulesAsk
            ),
        ];

    /// <exception cref="SharedKernel.Contracts.NotFound">There is no such service.</exception>
    public static CdsService Of(string id) =>
        All.FirstOrDefault(service => service.Id == id)
        ?? throw new SharedKernel.Contracts.NotFound($"CDS service {id}");
}
