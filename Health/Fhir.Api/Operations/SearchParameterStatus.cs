using Health.Fhir.Api.Formats;
using Health.Fhir.Store;
using Hl7.Fhir.Model;
using SharedKernel.Contracts;

namespace Health.Fhir.Api.Operations;

/// <summary>
/// Tells of each stored SearchParameter, and of each type it is for, whether it can be searched by, and how many resources are
/// indexed while it cannot. https://hl7.org/fhir/R4/searchparameter.html
/// </summary>
public sealed class SearchParameterStatus(FhirStore store) : IOperation<SearchParameterStatus>
{
    public static Operation Definition { get; } =
        new("status", Levels.Type | Levels.Instance, Permission.ReadHealthRecords, 'r')
        {
            Description = "How far the index of stored search parameters is.",
            Types = ["SearchParameter"],
            Out =
            [
                new("parameter", "", 0, "*")
                {
                    Parts =
                    [
                        new("id", "id", 1),
                        new("url", "uri", 1),
                        new("type", "code"),
                        new("code", "code", 1),
                        new("status", "code", 1),
                        new("done", "integer", 1),
                        new("total", "integer", 1),
                        new("reason", "string"),
                    ],
                },
            ],
        };

    public async Task<FhirAnswer> Run(
        FhirRequest request,
        Arguments arguments,
        CancellationToken cancel
    ) => FhirAnswer.Of(await Of(store, request, cancel));

    internal static async Task<Parameters> Of(
        FhirStore store,
        FhirRequest request,
        CancellationToken cancel
    )
    {
        var states = await store.SearchParameterStates(cancel);
        if (request.Id is { } id && !states.Any(state => state.Id == id))
        {
            throw new FhirRefusal(404, "not-found", $"There is no SearchParameter/{id}.");
        }
        var answer = new Parameters();
        foreach (var state in states.Where(state => request.Id is null || state.Id == request.Id))
        {
            answer.Parameter.Add(
                new Parameters.ParameterComponent
                {
                    Name = "parameter",
                    Part =
                    [
                        Part("id", new Id(state.Id)),
                        Part("url", new FhirUri(state.Url)),
                        .. state.Type is null ? [] : new[] { Part("type", new Code(state.Type)) },
                        Part("code", new Code(state.Code)),
                        Part("status", new Code(Word(state.State))),
                        Part("done", new Integer((int)Math.Min(state.Done, int.MaxValue))),
                        Part("total", new Integer((int)Math.Min(state.Total, int.MaxValue))),
                        .. state.Reason is null
                            ? []
                            : new[] { Part("reason", new FhirString(state.Reason)) },
                    ],
                }
            );
        }
        return answer;
    }

    private static string Word(IndexState state) =>
        state switch
        {
            IndexState.Ready => "ready",
            IndexState.Indexing => "indexing",
            IndexState.Waiting => "waiting",
            _ => "not-indexed",
        };

    private static Parameters.ParameterComponent Part(string name, DataType value) =>
        new() { Name = name, Value = value };
}
