using System.Text.Json.Serialization;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Health.Emr.Prescriptions;

/// <summary>
/// Draft → signed → sent → (partly) dispensed, and the ways it ends: dispensed, expired, replaced, cancelled. Read off the document: preliminary
/// is a draft, superseded is replaced, entered in error is cancelled, and a tag says how far a signed one has come.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<PrescriptionState>))]
public enum PrescriptionState
{
    Draft,
    Signed,

    /// <summary>The national prescription system has it.</summary>
    Sent,
    PartlyDispensed,
    Dispensed,

    /// <summary>Not bought, or not bought on, in time.</summary>
    Expired,
    Replaced,
    Cancelled,
}

/// <summary>
/// The one table of what may follow what. Pages and routes move a prescription by <see cref="Become"/>; every write of the store, by
/// whichever way it came, is held to the same table by <see cref="SignedStaysSigned"/>.
/// </summary>
public static class PrescriptionStates
{
    /// <summary>System of the tag on a signed document.</summary>
    public const string Tag = "http://fhir.ehealth.gov.vn/core/CodeSystem/prescription-state";

    /// <summary>
    /// A pharmacy does not wait for the national system, so a signed one may be dispensed before it is sent. What somebody has begun to buy can no
    /// longer be replaced or cancelled: a new prescription is written instead.
    /// </summary>
    private static readonly Dictionary<PrescriptionState, PrescriptionState[]> Following = new()
    {
        [PrescriptionState.Draft] = [PrescriptionState.Signed],
        [PrescriptionState.Signed] =
        [
            PrescriptionState.Sent,
            PrescriptionState.PartlyDispensed,
            PrescriptionState.Dispensed,
            PrescriptionState.Expired,
            PrescriptionState.Replaced,
            PrescriptionState.Cancelled,
        ],
        [PrescriptionState.Sent] =
        [
            PrescriptionState.PartlyDispensed,
            PrescriptionState.Dispensed,
            PrescriptionState.Expired,
            PrescriptionState.Replaced,
            PrescriptionState.Cancelled,
        ],
        [PrescriptionState.PartlyDispensed] =
        [
            PrescriptionState.PartlyDispensed,
            PrescriptionState.Dispensed,
            PrescriptionState.Expired,
        ],
        [PrescriptionState.Dispensed] = [],
        [PrescriptionState.Expired] = [],
        [PrescriptionState.Replaced] = [],
        [PrescriptionState.Cancelled] = [],
    };

    public static bool CanBecome(this PrescriptionState state, PrescriptionState next) =>
        Following[state].Contains(next);

    public static bool CanBeDispensed(this PrescriptionState state) =>
        state.CanBecome(PrescriptionState.Dispensed);

    public static PrescriptionState State(this DocumentReference document) =>
        Of(
            document.DocStatus is CompositionStatus.Preliminary,
            document.Status is DocumentReferenceStatus.Superseded,
            document.Status is DocumentReferenceStatus.EnteredInError,
            document.Meta?.Tag.Find(tag => tag.System == Tag)?.Code
        );

    /// <summary>As <see cref="State(DocumentReference)"/>, for a prescription that nobody has looked at since its last day.</summary>
    public static PrescriptionState StateOn(this DocumentReference document, DateOnly day) =>
        document.State() is var state
        && state is PrescriptionState.Signed or PrescriptionState.Sent
        && PrescriptionValidity.LastDayToBuy(document.Date!.Value.VietnamDay()) < day
            ? PrescriptionState.Expired
            : state;

    /// <param name="tag">Of <see cref="Tag"/>; documents of before have none and are signed.</param>
    internal static PrescriptionState Of(
        bool isPreliminary,
        bool isSuperseded,
        bool isInError,
        string? tag
    ) =>
        isPreliminary ? PrescriptionState.Draft
        : isSuperseded ? PrescriptionState.Replaced
        : isInError ? PrescriptionState.Cancelled
        : Enum.TryParse<PrescriptionState>(tag, out var state) ? state
        : PrescriptionState.Signed;

    /// <summary>Moves a signed prescription on.</summary>
    /// <exception cref="Conflict">Nothing leads there from where it is.</exception>
    public static void Become(this DocumentReference document, PrescriptionState next)
    {
        var state = document.State();
        if (!state.CanBecome(next))
        {
            throw new Conflict(
                T.Of(
                    $"Đơn {document.Id} {state.Text().ToLowerInvariant()}, không chuyển sang “{next.Text()}” được.",
                    $"Prescription {document.Id} is {state.Text().ToLowerInvariant()} and cannot become “{next.Text()}”."
                )
            );
        }
        document.Status = next switch
        {
            PrescriptionState.Replaced => DocumentReferenceStatus.Superseded,
            PrescriptionState.Cancelled => DocumentReferenceStatus.EnteredInError,
            _ => DocumentReferenceStatus.Current,
        };
        document.Meta ??= new Meta();
        document.Meta.Tag.RemoveAll(tag => tag.System == Tag);
        document.Meta.Tag.Add(new Coding(Tag, next.ToString()));
    }

    public static string Text(this PrescriptionState state) =>
        state switch
        {
            PrescriptionState.Draft => T.Of("Đơn nháp", "Draft"),
            PrescriptionState.Signed => T.Of("Đã ký", "Signed"),
            PrescriptionState.Sent => T.Of("Đã gửi hệ thống quốc gia", "Sent"),
            PrescriptionState.PartlyDispensed => T.Of("Đã bán một phần", "Partly dispensed"),
            PrescriptionState.Dispensed => T.Of("Đã bán đủ", "Dispensed"),
            PrescriptionState.Expired => T.Of("Đã hết hạn", "Expired"),
            PrescriptionState.Replaced => T.Of("Đã thay thế", "Replaced"),
            _ => T.Of("Đã hủy", "Cancelled"),
        };

    public static string Badge(this PrescriptionState state) =>
        state switch
        {
            PrescriptionState.Draft => "warn",
            PrescriptionState.Signed or PrescriptionState.Sent => "good",
            PrescriptionState.PartlyDispensed or PrescriptionState.Dispensed => "info",
            _ => "bad",
        };
}
