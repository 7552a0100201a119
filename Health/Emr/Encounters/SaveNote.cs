using System.Net;
using System.Xml.Linq;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;
using Composition = Hl7.Fhir.Model.Composition;

namespace Health.Emr.Encounters;

/// <summary>
/// Saves the reason and the note of a visit, again and again while it is typed: the reason on the Encounter, the note as a
/// Composition of sections under the encounter's own id (https://hl7.org/fhir/R4/composition.html), preliminary until the visit
/// ends. What was carried over from an earlier visit and not changed stays marked, line by line, and the Composition names where it came from.
/// </summary>
public sealed class SaveNote(FhirSession fhir, Workplace workplace, TimeProvider clock) : IFeature
{
    /// <param name="Version">Of the note as it was read; null when there was none. Refused when somebody saved since.</param>
    /// <param name="CopiedFrom">Id of the earlier visit whose note was carried over; null when none was.</param>
    public sealed record Note(
        string? Reason = null,
        string? History = null,
        string? Examination = null,
        string? Plan = null,
        string? Version = null,
        string? CopiedFrom = null
    );

    /// <param name="Copied">Carried over from an earlier visit as it was.</param>
    public sealed record Line(string Text, bool Copied);

    /// <param name="Version">To be sent with the next save.</param>
    public sealed record Saved(string Version, DateTimeOffset At);

    private const string CopiedClass = "copied";

    private static readonly (string Loinc, string Title, Func<Note, string?> Text)[] Sections =
    [
        ("10164-2", "Bệnh sử", note => note.History),
        ("29545-1", "Khám lâm sàng", note => note.Examination),
        ("18776-5", "Hướng xử trí", note => note.Plan),
    ];

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapPost(
                "/health/encounters/{id}/note",
                (SaveNote feature, string id, Note note, CancellationToken cancel) =>
                    feature.Run(id, note, cancel)
            )
            .Requires(Permission.WriteHealthRecords);

    public async Task<Saved> Run(string encounterId, Note note, CancellationToken cancel = default)
    {
        var encounter = await fhir.OpenOne(encounterId, cancel);
        var now = clock.GetUtcNow().InVietnam();
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        var source = await Source(encounter, note.CopiedFrom, cancel);
        var reason = note.Reason?.Trim() ?? "";
        if (reason != (encounter.Reason() ?? ""))
        {
            encounter.ReasonCode =
                reason.Length == 0 ? [] : [new CodeableConcept { Text = reason }];
            changes.Update(encounter, encounter.Meta?.VersionId);
        }
        changes.Update(
            new Composition
            {
                Id = encounterId,
                Status = CompositionStatus.Preliminary,
                Type = new CodeableConcept(VnCore.Loinc, "34108-1", "Outpatient Note", null),
                Subject = encounter.Subject!,
                Encounter = VnCore.Reference(encounter),
                DateElement = new FhirDateTime(now),
                Author = [post.Practitioner],
                Custodian = post.Organisation,
                Title = "Phiếu khám bệnh",
                RelatesTo = source is null
                    ? []
                    :
                    [
                        new Composition.RelatesToComponent
                        {
                            Code = DocumentRelationshipType.Transforms,
                            Target = VnCore.Reference(source),
                        },
                    ],
                Section =
                [
                    .. Sections
                        .Where(section => !string.IsNullOrWhiteSpace(section.Text(note)))
                        .Select(section => new Composition.SectionComponent
                        {
                            Title = section.Title,
                            Code = new CodeableConcept(VnCore.Loinc, section.Loinc),
                            Text = Narrative(
                                section.Text(note)!,
                                LinesOf(source, section.Loinc)
                                    .Select(line => line.Text.Trim())
                                    .ToHashSet(StringComparer.Ordinal)
                            ),
                        }),
                ],
            },
            note.Version
        );
        var stored = await fhir.Commit(changes, cancel);
        return new Saved(stored[^1].Meta!.VersionId!, now);
    }

    /// <summary>The note as stored, or an empty one.</summary>
    public static Note Read(Encounter encounter, Composition? composition) =>
        new(
            encounter.Reason(),
            TextOf(composition, Sections[0].Loinc),
            TextOf(composition, Sections[1].Loinc),
            TextOf(composition, Sections[2].Loinc),
            composition?.Meta?.VersionId,
            composition
                ?.RelatesTo.Find(relation => relation.Code is DocumentRelationshipType.Transforms)
                ?.Target
                is ResourceReference source
                ? VnCore.IdOf(source)
                : null
        );

    /// <summary>What is said under each heading, line by line; for the page of a finished visit.</summary>
    public static IEnumerable<(string Title, IReadOnlyList<Line> Lines)> Headings(
        Composition? composition
    ) =>
        Sections
            .Select(section => (section.Title, Lines: LinesOf(composition, section.Loinc)))
            .Where(heading => heading.Lines.Count > 0);

    /// <exception cref="InvalidInput">That visit is another person's.</exception>
    private async Task<Composition?> Source(
        Encounter encounter,
        string? from,
        CancellationToken cancel
    )
    {
        if (
            string.IsNullOrEmpty(from)
            || await fhir.Read<Composition>(from, cancel) is not { } source
        )
        {
            return null;
        }
        return source.Subject?.Reference == encounter.Subject?.Reference
            ? source
            : throw new InvalidInput(
                "copiedFrom",
                T.Of(
                    "Lượt khám được chép thuộc người bệnh khác.",
                    "The visit copied from is another patient's."
                )
            );
    }

    internal static Narrative Narrative(string text, IReadOnlySet<string>? copied = null) =>
        new()
        {
            Status = Hl7.Fhir.Model.Narrative.NarrativeStatus.Additional,
            Div =
                "<div xmlns=\"http://www.w3.org/1999/xhtml\">"
                + string.Concat(
                    text.Trim()
                        .ReplaceLineEndings("\n")
                        .Split('\n')
                        .Select(line =>
                            copied?.Contains(line.Trim()) == true && line.Trim().Length > 0
                                ? $"<p class=\"{CopiedClass}\">{WebUtility.HtmlEncode(line)}</p>"
                                : $"<p>{WebUtility.HtmlEncode(line)}</p>"
                        )
                )
                + "</div>",
        };

    /// <summary>A narrative as plain lines.</summary>
    public static string Plain(Narrative? narrative) =>
        narrative?.Div is { } div
            ? string.Join('\n', XElement.Parse(div).Elements().Select(line => line.Value))
            : "";

    internal static string? TextOf(Composition? composition, string loinc) =>
        LinesOf(composition, loinc) is { Count: > 0 } lines
            ? string.Join('\n', lines.Select(line => line.Text))
            : null;

    private static IReadOnlyList<Line> LinesOf(Composition? composition, string loinc) =>
        composition
            ?.Section.Find(section =>
                section.Code?.Coding.Exists(code => code.Code == loinc) == true
            )
            ?.Text?.Div
            is { } narrative
            ?
            [
                .. XElement
                    .Parse(narrative)
                    .Elements()
                    .Select(line => new Line(
                        line.Value,
                        line.Attribute("class")?.Value == CopiedClass
                    )),
            ]
            : [];
}
