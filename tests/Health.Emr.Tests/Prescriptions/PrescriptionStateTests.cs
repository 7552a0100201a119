using System.Text;
using System.Text.Json.Nodes;
using CsCheck;
using Health.Emr.Prescriptions;
using Hl7.Fhir.Model;
using Hl7.Fhir.Serialization;
using SharedKernel.Contracts;

namespace Health.Emr.Tests.Prescriptions;

/// <summary>No path leads out of the allowed states: neither through the features nor through a write of the store.</summary>
public sealed class PrescriptionStateTests
{
    private static readonly PrescriptionState[] All = Enum.GetValues<PrescriptionState>();

    /// <summary>The law once more, written out by hand: what may follow what.</summary>
    private static readonly HashSet<(PrescriptionState, PrescriptionState)> Allowed =
    [
        (PrescriptionState.Draft, PrescriptionState.Signed),
        (PrescriptionState.Signed, PrescriptionState.Sent),
        (PrescriptionState.Signed, PrescriptionState.PartlyDispensed),
        (PrescriptionState.Signed, PrescriptionState.Dispensed),
        (PrescriptionState.Signed, PrescriptionState.Expired),
        (PrescriptionState.Signed, PrescriptionState.Replaced),
        (PrescriptionState.Signed, PrescriptionState.Cancelled),
        (PrescriptionState.Sent, PrescriptionState.PartlyDispensed),
        (PrescriptionState.Sent, PrescriptionState.Dispensed),
        (PrescriptionState.Sent, PrescriptionState.Expired),
        (PrescriptionState.Sent, PrescriptionState.Replaced),
        (PrescriptionState.Sent, PrescriptionState.Cancelled),
        (PrescriptionState.PartlyDispensed, PrescriptionState.PartlyDispensed),
        (PrescriptionState.PartlyDispensed, PrescriptionState.Dispensed),
        (PrescriptionState.PartlyDispensed, PrescriptionState.Expired),
    ];

    private static readonly Gen<PrescriptionState> AnyState = Gen.Int[0, All.Length - 1]
        .Select(i => All[i]);

    [Fact]
    public void The_table_is_the_law() =>
        Assert.Equal(
            Allowed.Order(),
            (from a in All from b in All where a.CanBecome(b) select (a, b)).Order()
        );

    [Fact]
    public void Whatever_is_tried_a_prescription_walks_only_along_the_table() =>
        AnyState
            .Array[1, 30]
            .Sample(attempts =>
            {
                var document = Signed();
                foreach (var attempt in attempts)
                {
                    var was = document.State();
                    var refused = false;
                    try
                    {
                        document.Become(attempt);
                    }
                    catch (Conflict)
                    {
                        refused = true;
                    }
                    var now = document.State();
                    if (
                        refused
                            ? now != was || Allowed.Contains((was, attempt))
                            : now != attempt || !Allowed.Contains((was, now))
                    )
                    {
                        return false;
                    }
                }
                return true;
            });

    [Fact]
    public void No_write_of_the_store_leaves_the_table() =>
        Gen.Select(AnyState, AnyState)
            .Sample(
                (was, next) =>
                {
                    if (was is PrescriptionState.Draft || next is PrescriptionState.Draft)
                    {
                        return true; // a draft is another document
                    }
                    var stays = was == next || Allowed.Contains((was, next));
                    return stays == Passes(Stored(was), Stored(next));
                }
            );

    [Fact]
    public void What_was_signed_is_the_same_in_every_state() =>
        AnyState.Sample(state =>
        {
            if (state is PrescriptionState.Draft)
            {
                return true;
            }
            var changed = Stored(state);
            changed["description"] = "Khác";
            return !Passes(Stored(state), changed)
                && !Passes(Stored(PrescriptionState.Signed), changed);
        });

    [Theory]
    [InlineData("2026-11-23", "2026-11-28", PrescriptionState.Signed)]
    [InlineData("2026-11-23", "2026-11-29", PrescriptionState.Expired)]
    public void It_is_first_bought_within_five_days(
        string written,
        string today,
        PrescriptionState expected
    )
    {
        var document = Signed();
        document.Date = new DateTimeOffset(
            DateOnly.Parse(written).ToDateTime(new TimeOnly(9, 0)),
            VietnamTime.Offset
        );
        Assert.Equal(expected, document.StateOn(DateOnly.Parse(today)));
    }

    private static bool Passes(JsonObject current, JsonObject next)
    {
        try
        {
            new SignedStaysSigned().Check(Bytes(current), Bytes(next));
            return true;
        }
        catch (Conflict)
        {
            return false;
        }
    }

    private static ReadOnlyMemory<byte> Bytes(JsonObject json) =>
        Encoding.UTF8.GetBytes(json.ToJsonString());

    private static JsonObject Stored(PrescriptionState state)
    {
        var document = Signed();
        document.Meta!.Tag[0].Code = state.ToString();
        document.Status = state switch
        {
            PrescriptionState.Replaced => DocumentReferenceStatus.Superseded,
            PrescriptionState.Cancelled => DocumentReferenceStatus.EnteredInError,
            _ => DocumentReferenceStatus.Current,
        };
        return JsonNode.Parse(new FhirJsonSerializer().SerializeToString(document))!.AsObject();
    }

    private static DocumentReference Signed() =>
        new()
        {
            Id = "40012a1b2c3d-c",
            Meta = new Meta
            {
                Tag = [new Coding(PrescriptionStates.Tag, nameof(PrescriptionState.Signed))],
            },
            MasterIdentifier = new Identifier(VnCore.PrescriptionCode, "40012a1b2c3d-c"),
            Status = DocumentReferenceStatus.Current,
            DocStatus = CompositionStatus.Final,
            Description = "Paracetamol 500 mg",
        };
}
