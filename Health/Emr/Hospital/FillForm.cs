using System.Globalization;
using System.Reflection;
using Health.Emr.Encounters;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Hospital;

/// <summary>
/// Fills a form of the record that is a Questionnaire (data, see <c>Data/README.md</c>): the answers become a QuestionnaireResponse and, where the form says so,
/// Observations and a Procedure (https://hl7.org/fhir/uv/sdc/extraction.html).
/// </summary>
public sealed class FillForm(FhirSession fhir, Workplace workplace, TimeProvider clock) : IFeature
{
    private const string Sdc = "http://hl7.org/fhir/uv/sdc/StructureDefinition/";
    private const string Extract = Sdc + "sdc-questionnaire-observationExtract";
    private const string Context = Sdc + "sdc-questionnaire-itemExtractionContext";
    private const string UnitOf = "http://hl7.org/fhir/StructureDefinition/questionnaire-unit";
    private const string Least = "http://hl7.org/fhir/StructureDefinition/minValue";
    private const string Greatest = "http://hl7.org/fhir/StructureDefinition/maxValue";

    private static readonly Lazy<IReadOnlyList<Questionnaire>> Loaded = new(() =>
    {
        var parser = new FhirJsonDeserializer();
        var assembly = Assembly.GetExecutingAssembly();
        return
        [
            .. assembly
                .GetManifestResourceNames()
                .Where(name =>
                    name.StartsWith("Health.Emr.Hospital.Data.form-", StringComparison.Ordinal)
                )
                .Order(StringComparer.Ordinal)
                .Select(name =>
                {
                    using var reader = new StreamReader(assembly.GetManifestResourceStream(name)!);
                    return (Questionnaire)parser.DeserializeResource(reader.ReadToEnd());
                }),
        ];
    });

    public static IReadOnlyList<Questionnaire> Forms => Loaded.Value;

    public static Questionnaire? Find(string? id) => Forms.FirstOrDefault(form => form.Id == id);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/stays/{id}/forms/{form}",
                async (
                    FillForm feature,
                    string id,
                    string form,
                    Dictionary<string, string?> answers,
                    CancellationToken cancel
                ) => Results.Ok(new { id = await feature.Run(id, form, answers, cancel) })
            )
            .Requires(Permission.WriteHealthRecords);

    /// <param name="answers">By linkId; a choice by its code, a boolean as <c>true</c> or <c>false</c>, a date as <c>yyyy-MM-dd</c>.</param>
    /// <returns>Id of the QuestionnaireResponse.</returns>
    /// <exception cref="InvalidInput">Names each item that is missing or cannot be; nothing is stored then.</exception>
    public async Task<string> Run(
        string stayId,
        string formId,
        IReadOnlyDictionary<string, string?> answers,
        CancellationToken cancel = default
    )
    {
        var form = Find(formId) ?? throw new NotFound($"Form {formId}");
        var stay = await fhir.OpenOne(stayId, cancel);
        var errors = new List<FieldError>();
        var items = form
            .Item.Select(item => Answer(item, answers, errors))
            .OfType<QuestionnaireResponse.ItemComponent>()
            .ToList();
        if (errors.Count > 0)
        {
            throw new InvalidInput(errors);
        }
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        var now = new FhirDateTime(clock.GetUtcNow().InVietnam());
        var response = new QuestionnaireResponse
        {
            Id = Guid.CreateVersion7().ToString(),
            Questionnaire = form.Url,
            Status = QuestionnaireResponse.QuestionnaireResponseStatus.Completed,
            Subject = stay.Subject,
            Encounter = VnCore.Reference(stay),
            AuthoredElement = now,
            Author = post.Practitioner,
            Item = items,
        };
        changes.Update(response);
        var given = Flat(form.Item)
            .Select(item => (Item: item, Value: Find(items, item.LinkId!)))
            .Where(pair => pair.Value is not null)
            .ToList();
        foreach (var (item, value) in given.Where(pair => IsExtracted(pair.Item)))
        {
            changes.Create(Observed(item, value!, response, stay, now, post));
        }
        if ((form.GetExtensionValue<Code>(Context))?.Value == "Procedure")
        {
            changes.Create(Performed(given!, response, stay, post));
        }
        await fhir.Commit(changes, cancel);
        return response.Id;
    }

    /// <summary>All items of a form, those of its groups included.</summary>
    public static IEnumerable<Questionnaire.ItemComponent> Flat(
        IEnumerable<Questionnaire.ItemComponent> items
    ) => items.SelectMany(item => Flat(item.Item).Prepend(item));

    /// <summary>Whether an item is asked, given the answers so far.</summary>
    public static bool IsAsked(
        Questionnaire.ItemComponent item,
        IReadOnlyDictionary<string, string?> answers
    ) =>
        item.EnableWhen.Count == 0
        || item.EnableWhen.Exists(condition =>
        {
            var answer = answers.GetValueOrDefault(condition.Question!);
            return condition.Operator is Questionnaire.QuestionnaireItemOperator.Exists
                ? !string.IsNullOrWhiteSpace(answer)
                : answer == Plain(condition.Answer);
        });

    private static string? Plain(DataType? value) =>
        value switch
        {
            Coding coding => coding.Code,
            FhirBoolean flag => flag.Value == true ? "true" : "false",
            PrimitiveType primitive => primitive.ToString(),
            _ => null,
        };

    private static QuestionnaireResponse.ItemComponent? Answer(
        Questionnaire.ItemComponent item,
        IReadOnlyDictionary<string, string?> answers,
        List<FieldError> errors
    )
    {
        if (item.Type is Questionnaire.QuestionnaireItemType.Display || !IsAsked(item, answers))
        {
            return null;
        }
        var answered = new QuestionnaireResponse.ItemComponent
        {
            LinkId = item.LinkId,
            Text = item.Text,
            Item =
            [
                .. item
                    .Item.Select(inner => Answer(inner, answers, errors))
                    .OfType<QuestionnaireResponse.ItemComponent>(),
            ],
        };
        if (item.Type is Questionnaire.QuestionnaireItemType.Group)
        {
            return answered.Item.Count > 0 ? answered : null;
        }
        var typed = answers.GetValueOrDefault(item.LinkId!)?.Trim();
        if (string.IsNullOrEmpty(typed))
        {
            if (item.Required == true)
            {
                errors.Add(
                    new(item.LinkId!, T.Of($"{item.Text}: chưa ghi.", $"{item.Text}: missing."))
                );
            }
            return null;
        }
        if (Value(item, typed) is not { } value)
        {
            errors.Add(
                new(
                    item.LinkId!,
                    T.Of(
                        $"{item.Text}: “{typed}” không hợp lệ{Limits(item)}.",
                        $"{item.Text}: “{typed}” cannot be{Limits(item)}."
                    )
                )
            );
            return null;
        }
        answered.Answer.Add(new QuestionnaireResponse.AnswerComponent { Value = value });
        return answered;
    }

    private static DataType? Value(Questionnaire.ItemComponent item, string typed) =>
        item.Type switch
        {
            Questionnaire.QuestionnaireItemType.Boolean => typed is "true" or "false"
                ? new FhirBoolean(typed == "true")
                : null,
            Questionnaire.QuestionnaireItemType.Integer => int.TryParse(
                typed,
                NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var whole
            ) && Fits(item, whole)
                ? new Integer(whole)
                : null,
            Questionnaire.QuestionnaireItemType.Decimal => decimal.TryParse(
                typed.Replace(',', '.'),
                NumberStyles.AllowDecimalPoint | NumberStyles.AllowLeadingSign,
                CultureInfo.InvariantCulture,
                out var number
            ) && Fits(item, number)
                ? new FhirDecimal(number)
                : null,
            Questionnaire.QuestionnaireItemType.Date => PartialDate.TryRead(typed, out var date)
            && date.Day is not null
                ? new Date(date.ToString())
                : null,
            Questionnaire.QuestionnaireItemType.Choice => item
                .AnswerOption.Select(option => option.Value)
                .OfType<Coding>()
                .FirstOrDefault(option => option.Code == typed),
            _ => new FhirString(typed),
        };

    private static bool Fits(Questionnaire.ItemComponent item, decimal value) =>
        !(value < Bound(item, Least)) && !(value > Bound(item, Greatest));

    private static decimal? Bound(Questionnaire.ItemComponent item, string url) =>
        item.GetExtension(url)?.Value switch
        {
            Integer whole => whole.Value,
            FhirDecimal number => number.Value,
            _ => null,
        };

    private static string Limits(Questionnaire.ItemComponent item) =>
        (Bound(item, Least), Bound(item, Greatest)) is ({ } least, { } greatest)
            ? T.Of($", phải từ {least} đến {greatest}", $", from {least} to {greatest}")
            : "";

    private static DataType? Find(
        IEnumerable<QuestionnaireResponse.ItemComponent> items,
        string linkId
    ) =>
        items
            .Select(item =>
                item.LinkId == linkId
                    ? item.Answer.FirstOrDefault()?.Value
                    : Find(item.Item, linkId)
            )
            .FirstOrDefault(value => value is not null);

    private static bool IsExtracted(Questionnaire.ItemComponent item) =>
        item.GetExtensionValue<FhirBoolean>(Extract)?.Value == true && item.Code.Count > 0;

    private static Observation Observed(
        Questionnaire.ItemComponent item,
        DataType value,
        QuestionnaireResponse response,
        Encounter stay,
        FhirDateTime now,
        Post post
    )
    {
        var number = value switch
        {
            FhirDecimal known => known.Value,
            Integer known => known.Value,
            _ => null,
        };
        return new()
        {
            Status = ObservationStatus.Final,
            Category =
            [
                new CodeableConcept(
                    "http://terminology.hl7.org/CodeSystem/observation-category",
                    VitalSigns.ByLoinc(item.Code[0].Code) is null ? "survey" : "vital-signs"
                ),
            ],
            Code = new CodeableConcept { Coding = item.Code, Text = item.Text },
            Subject = stay.Subject,
            Encounter = VnCore.Reference(stay),
            Effective = now,
            Performer = [post.Practitioner],
            DerivedFrom = [VnCore.Reference(response)],
            Value = number is { } measured
                ? new Quantity(
                    measured,
                    item.GetExtensionValue<Coding>(UnitOf)?.Code ?? "1",
                    VnCore.Ucum
                )
                : value,
        };
    }

    private static Procedure Performed(
        IReadOnlyList<(Questionnaire.ItemComponent Item, DataType? Value)> given,
        QuestionnaireResponse response,
        Encounter stay,
        Post post
    )
    {
        var procedure = new Procedure
        {
            Status = EventStatus.Completed,
            Subject = stay.Subject!,
            Encounter = VnCore.Reference(stay),
            Performer = [new Procedure.PerformerComponent { Actor = post.Practitioner }],
            Report = [],
        };
        procedure.AddExtension(
            "http://hl7.org/fhir/StructureDefinition/workflow-supportingInfo",
            VnCore.Reference(response)
        );
        foreach (var (item, value) in given)
        {
            var text = (value as Coding)?.Display ?? value?.ToString();
            switch (item.Definition?.Split("#Procedure.")[^1])
            {
                case "code":
                    procedure.Code = new CodeableConcept { Text = text };
                    break;
                case "performed[x]":
                    procedure.Performed = new FhirDateTime(text!);
                    break;
                case "outcome":
                    procedure.Outcome = new CodeableConcept { Text = text };
                    break;
                case "note":
                    procedure.Note.Add(new Annotation { Text = text });
                    break;
            }
        }
        return procedure;
    }
}
