using Health.Emr.Encounters;
using Health.Fhir.Store;
using Health.Fhir.Terminology.Diseases;
using Hl7.Fhir.Model;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace Health.Emr.Patients;

/// <summary>
/// Keeps the problem list: a long-lasting disease comes on it with its first diagnosis, anything else by hand; a problem is resolved when
/// it is over and active again when it returns. Nothing leaves the record.
/// </summary>
public sealed class KeepProblemList(
    FhirSession fhir,
    PatientIds ids,
    Workplace workplace,
    TimeProvider clock
) : IFeature
{
    /// <param name="Code">ICD-10.</param>
    public sealed record Input(string? Code);

    public static void Map(IEndpointRouteBuilder routes)
    {
        routes
            .MapPost(
                "/health/patients/{id}/problems",
                async (KeepProblemList feature, string id, Input input, CancellationToken cancel) =>
                    Results.Ok(new { id = await feature.Add(id, input.Code, cancel) })
            )
            .Requires(Permission.WriteHealthRecords);
        foreach (
            var (step, resolved) in (ReadOnlySpan<(string, bool)>)
                [("resolve", true), ("reopen", false)]
        )
        {
            routes
                .MapPost(
                    $"/health/problems/{{id}}/{step}",
                    async (KeepProblemList feature, string id, CancellationToken cancel) =>
                    {
                        await feature.Move(id, resolved, cancel);
                        return Results.NoContent();
                    }
                )
                .Requires(Permission.WriteHealthRecords);
        }
    }

    /// <summary>Active ones first, then resolved ones, newest first.</summary>
    public async Task<IReadOnlyList<Condition>> List(
        string patient,
        CancellationToken cancel = default
    ) =>
        [
            .. (
                await fhir.Search<Condition>(
                    Problem.SearchFor(await ids.Run(patient, cancel)),
                    cancel
                )
            )
                .OrderByDescending(problem => problem.IsActive())
                .ThenByDescending(problem => problem.RecordedDate, StringComparer.Ordinal),
        ];

    /// <returns>Id of the Condition on the list, the one already there included.</returns>
    /// <exception cref="InvalidInput">There is no such code.</exception>
    public async Task<string> Add(string patient, string? code, CancellationToken cancel = default)
    {
        var known =
            Icd10.On(clock.Today()).Find(code)
            ?? throw new InvalidInput(
                "problem",
                T.Of("Chọn một mã ICD-10 trong danh sách.", "Choose an ICD-10 code from the list.")
            );
        if (await fhir.Read<Patient>(patient, cancel) is null)
        {
            throw new NotFound($"Patient {patient}");
        }
        var changes = new FhirChanges();
        var post = await workplace.OfCaller(changes, cancel);
        var problem = await Follow(
            changes,
            VnCore.ToPatient(patient),
            new CodeableConcept(VnCore.Icd10, known.Code, known.Vietnamese, known.Vietnamese),
            new FhirDateTime(clock.GetUtcNow().InVietnam()),
            post,
            cancel
        );
        await fhir.Commit(changes, cancel);
        return problem.Id!;
    }

    /// <exception cref="NotFound">It is not on a problem list.</exception>
    public async Task Move(string problemId, bool resolved, CancellationToken cancel = default)
    {
        var problem = await fhir.Read<Condition>(problemId, cancel);
        if (
            problem?.Category.Exists(kind =>
                kind.Coding.Exists(code => code.Code == Problem.Category)
            ) != true
        )
        {
            throw new NotFound($"Problem {problemId}");
        }
        if (resolved)
        {
            problem.Resolve(new FhirDateTime(clock.GetUtcNow().InVietnam()));
        }
        else
        {
            problem.Reopen();
        }
        var changes = new FhirChanges();
        changes.Update(problem, problem.Meta?.VersionId);
        await fhir.Commit(changes, cancel);
    }

    /// <summary>Puts the disease on the list, or wakes it there; stored with the caller's other changes.</summary>
    internal async Task<Condition> Follow(
        FhirChanges changes,
        ResourceReference subject,
        CodeableConcept code,
        FhirDateTime at,
        Post post,
        CancellationToken cancel
    )
    {
        var there = await fhir.Search<Condition>(
            Problem.SearchFor(await ids.Run(VnCore.IdOf(subject)!, cancel), code.Coding[0].Code),
            cancel
        );
        if (there.FirstOrDefault() is { } problem)
        {
            if (!problem.IsActive())
            {
                problem.Reopen();
                changes.Update(problem, problem.Meta?.VersionId);
            }
            return problem;
        }
        problem = Problem.New(subject, code, at, post.Practitioner);
        changes.Update(problem);
        return problem;
    }
}
