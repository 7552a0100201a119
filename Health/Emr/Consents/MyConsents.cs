using System.Security.Cryptography;
using System.Text;
using System.Text.RegularExpressions;
using Health.Emr.Patients;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Consents;

/// <summary>
/// A citizen allows or refuses an organisation, or everybody, the use of their own health record for a purpose: FHIR Consents of which
/// every query of the store asks, so that what is said here holds at once, on every host (https://hl7.org/fhir/R4/consent.html). Personal
/// Data Protection Law 91/2025/QH15: consent, for a purpose, which may be taken back.
/// </summary>
public sealed partial class MyConsents(
    FhirStore store,
    FhirSession fhir,
    IAccess access,
    ICurrentCaller current,
    IAudit audit,
    TimeProvider clock
) : IFeature
{
    private const int Most = 200;
    private static readonly FhirJsonSerializer Serializer = new();

    /// <param name="Organisation">Facility or school code; null for everybody.</param>
    /// <param name="Until">The last day; null for as long as it is not taken back.</param>
    public sealed record Choice(
        string? Organisation,
        PurposeOfUse Purpose,
        bool Allows,
        DateOnly? Until = null
    );

    /// <param name="Id">Of the Consent.</param>
    /// <param name="Name">Of the organisation; null for everybody.</param>
    public sealed record Given(string Id, Choice Choice, string? Name, DateTimeOffset Since);

    /// <param name="Code">Facility code.</param>
    public sealed record Facility(string Code, string Name);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapGet(
                "/health/my/consents",
                (MyConsents feature, CancellationToken cancel) => feature.Run(cancel)
            )
            .Requires(Permission.GiveConsent);
        routes
            .MapPost(
                "/health/my/consents",
                async (MyConsents feature, Choice choice, CancellationToken cancel) =>
                    Results.Ok(new { id = await feature.Give(choice, cancel) })
            )
            .Requires(Permission.GiveConsent);
        routes
            .MapDelete(
                "/health/my/consents/{id}",
                async (string id, MyConsents feature, CancellationToken cancel) =>
                {
                    await feature.TakeBack(id, cancel);
                    return Results.NoContent();
                }
            )
            .Requires(Permission.GiveConsent);
    }

    /// <summary>What holds now.</summary>
    public async Task<IReadOnlyList<Given>> Run(CancellationToken cancel = default)
    {
        var consents = await fhir.Search<Consent>(
            $"patient={Own()}&status=active&_count={Most}",
            cancel
        );
        return
        [
            .. consents
                .Where(consent => consent.Meta?.Tag.Exists(IsOurs) == true)
                .Select(Read)
                .Where(given => given.Choice.Until is not { } until || until >= clock.Today())
                .OrderBy(given => given.Name, StringComparer.CurrentCulture)
                .ThenBy(given => given.Choice.Purpose),
        ];
    }

    /// <summary>The facilities that the law lets in because they treat the caller.</summary>
    public async Task<IReadOnlyList<Facility>> Treating(CancellationToken cancel = default)
    {
        var own = Own();
        var treating = new List<ResourceReference?>();
        if (await fhir.Read<Patient>(own, cancel) is { } patient)
        {
            treating.Add(patient.ManagingOrganization);
        }
        treating.AddRange(
            (
                await fhir.Search<Encounter>($"patient={own}&_sort=-date&_count={Most}", cancel)
            ).Select(visit => visit.ServiceProvider)
        );
        treating.AddRange(
            (await fhir.Search<EpisodeOfCare>($"patient={own}&_count={Most}", cancel)).Select(
                episode => episode.ManagingOrganization
            )
        );
        return
        [
            .. treating
                .Where(one => VnCore.IdOf(one) is not null)
                .Select(one => new Facility(VnCore.IdOf(one)!, one!.Display ?? VnCore.IdOf(one)!))
                .DistinctBy(facility => facility.Code),
        ];
    }

    /// <summary>Facilities that can be named.</summary>
    public async Task<IReadOnlyList<Facility>> Known(CancellationToken cancel = default) =>
        [
            .. (await fhir.Search<Organization>($"_sort=name&_count={Most}", cancel)).Select(
                organisation => new Facility(
                    organisation.Id!,
                    organisation.Name ?? organisation.Id!
                )
            ),
        ];

    /// <summary>What was said before about the same organisation and purpose is replaced.</summary>
    /// <returns>Id of the Consent.</returns>
    /// <exception cref="InvalidInput">The organisation is no code, the purpose none, or the day is past.</exception>
    public async Task<string> Give(Choice choice, CancellationToken cancel = default)
    {
        var own = Own();
        var code = choice.Organisation?.Trim() is { Length: > 0 } text ? text : null;
        if (code is not null && !Code().IsMatch(code))
        {
            throw new InvalidInput(
                "organisation",
                T.Of(
                    "Mã cơ sở gồm chữ, số và dấu gạch, tối đa 20 ký tự, vd: 40012.",
                    "A facility's code has letters, digits and dashes, at most 20, e.g. 40012."
                )
            );
        }
        if (!Enum.IsDefined(choice.Purpose))
        {
            throw new InvalidInput("purpose", T.Of("Hãy chọn mục đích.", "Pick a purpose."));
        }
        if (choice.Until < clock.Today())
        {
            throw new InvalidInput(
                "until",
                T.Of("Ngày hết hạn đã qua.", "The last day lies in the past.")
            );
        }
        var name = code is null
            ? null
            : (await fhir.Read<Organization>(code, cancel))?.Name ?? code;
        var consent = Resource(own, choice with { Organisation = code }, name);
        await Write(consent, AuditAction.Update, cancel);
        return consent.Id!;
    }

    /// <exception cref="NotFound">It is none of the caller's.</exception>
    public async Task TakeBack(string id, CancellationToken cancel = default)
    {
        var own = Own();
        if (
            await fhir.Read<Consent>(id, cancel) is not { } consent
            || consent.Patient?.Reference != $"Patient/{own}"
            || consent.Meta?.Tag.Exists(IsOurs) != true
        )
        {
            throw new NotFound($"Consent {id}");
        }
        consent.Status = Consent.ConsentState.Inactive;
        await Write(consent, AuditAction.Delete, cancel);
    }

    /// <summary>As the citizen's own act, past the table of who may write health records: nothing but this is written so.</summary>
    private async Task Write(Consent consent, AuditAction action, CancellationToken cancel)
    {
        var own = Own();
        await store.Transact(
            new Transaction([
                new Write(WriteVerb.Update, "Consent")
                {
                    Id = consent.Id,
                    Body = Encoding.UTF8.GetBytes(Serializer.SerializeToString(consent)),
                },
            ]),
            Visible.Only(own),
            cancel
        );
        await audit.Record(
            current.Caller,
            new(action, $"Consent/{consent.Id}", [own]),
            // What is written is written.
            CancellationToken.None
        );
    }

    private string Own()
    {
        var caller = current.Caller;
        access.Demand(caller, Permission.GiveConsent, caller.Citizen);
        return caller.Citizen.ToString()!;
    }

    private Consent Resource(string own, Choice choice, string? name)
    {
        var (system, code) = PurposeCodes.Of(choice.Purpose);
        var now = clock.GetUtcNow().InVietnam();
        return new Consent
        {
            Id = IdOf(own, choice),
            Meta = new() { Tag = [new(TagSystem, OwnTag)] },
            Status = Consent.ConsentState.Active,
            Scope = new("http://terminology.hl7.org/CodeSystem/consentscope", "patient-privacy"),
            Category = [new("http://loinc.org", "59284-0", "Consent Document", null)],
            Patient = VnCore.ToPatient(own),
            Performer = [VnCore.ToPatient(own)],
            DateTimeElement = new(now),
            PolicyRule = new() { Text = "Luật Bảo vệ dữ liệu cá nhân số 91/2025/QH15" },
            Provision = new()
            {
                Type = choice.Allows
                    ? Consent.ConsentProvisionType.Permit
                    : Consent.ConsentProvisionType.Deny,
                Period = choice.Until is { } until
                    ? new()
                    {
                        StartElement = new(now),
                        EndElement = new FhirDateTime(until.ToString("yyyy-MM-dd")),
                    }
                    : null,
                Actor = choice.Organisation is { } organisation
                    ?
                    [
                        new()
                        {
                            Role = new(
                                "http://terminology.hl7.org/CodeSystem/v3-ParticipationType",
                                "PRCP",
                                "primary information recipient",
                                null
                            ),
                            Reference = new($"Organization/{organisation}", name),
                        },
                    ]
                    : [],
                Purpose = [new(system, code)],
            },
        };
    }

    private static Given Read(Consent consent)
    {
        var provision = consent.Provision!;
        var grantee = provision.Actor.FirstOrDefault()?.Reference;
        var purpose = provision.Purpose.FirstOrDefault();
        return new(
            consent.Id!,
            new(
                VnCore.IdOf(grantee),
                PurposeCodes.Find(purpose?.System, purpose?.Code) ?? PurposeOfUse.Treatment,
                provision.Type is Consent.ConsentProvisionType.Permit,
                DateOnly.TryParse(provision.Period?.End, out var until) ? until : null
            ),
            grantee?.Display ?? VnCore.IdOf(grantee),
            consent.DateTimeElement?.ToDateTimeOffset(VietnamTime.Offset) ?? default
        );
    }

    /// <summary>One for each person, organisation and purpose: to say something else is to change it.</summary>
    private static string IdOf(string own, Choice choice) =>
        new Guid(
            SHA256
                .HashData(Encoding.UTF8.GetBytes($"{own}|{choice.Organisation}|{choice.Purpose}"))
                .AsSpan(0, 16)
        ).ToString();

    private const string TagSystem = "urn:records:consent";
    private const string OwnTag = "by-the-person";

    private static bool IsOurs(Coding tag) => tag is { System: TagSystem, Code: OwnTag };

    [GeneratedRegex("^[A-Za-z0-9-]{1,20}$")]
    private static partial Regex Code();
}
