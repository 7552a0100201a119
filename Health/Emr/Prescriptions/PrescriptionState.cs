using System.Text.Json.Serialization;
using Hl7.Fhir.Model;
using SharedKernel.Ui;

namespace Health.Emr.Prescriptions;

/// <summary>
/// Draft → signed → replaced or cancelled. Read off the document: preliminary is a draft; final and current is signed; superseded
/// is replaced; entered in error is cancelled.
/// </summary>
[JsonConverter(typeof(JsonStringEnumConverter<PrescriptionState>))]
public enum PrescriptionState
{
    Draft,
    Signed,
    Replaced,
    Cancelled,
}

public static class PrescriptionStates
{
    public static PrescriptionState State(this DocumentReference document) =>
        (document.DocStatus, document.Status) switch
        {
            (CompositionStatus.Preliminary, _) => PrescriptionState.Draft,
            (_, DocumentReferenceStatus.Superseded) => PrescriptionState.Replaced,
            (_, DocumentReferenceStatus.EnteredInError) => PrescriptionState.Cancelled,
            _ => PrescriptionState.Signed,
        };

    public static string Text(this PrescriptionState state) =>
        state switch
        {
            PrescriptionState.Draft => T.Of("Đơn nháp", "Draft"),
            PrescriptionState.Signed => T.Of("Đã ký", "Signed"),
            PrescriptionState.Replaced => T.Of("Đã thay thế", "Replaced"),
            _ => T.Of("Đã hủy", "Cancelled"),
        };

    public static string Badge(this PrescriptionState state) =>
        state switch
        {
            PrescriptionState.Draft => "warn",
            PrescriptionState.Signed => "good",
            _ => "bad",
        };
}
