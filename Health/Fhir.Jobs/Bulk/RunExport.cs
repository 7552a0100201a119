using System.Buffers;
using System.Globalization;
using System.Text.Json;
using Health.Fhir.Api;
using Health.Fhir.Api.Formats;
using Health.Fhir.Search.Queries;
using Health.Fhir.Store;
using SharedKernel.Contracts;

namespace Health.Fhir.Jobs.Bulk;

/// <summary>
/// Writes an export's files: step by step, page by page, with the rights of whoever asked. A page is as large as its bytes allow,
/// not as its count, so that memory stays what it is; after every few megabytes it writes down how far it is.
/// </summary>
public sealed class RunExport(
    FhirStore store,
    SearchParser parser,
    IAccess access,
    ICurrentCaller current,
    JobOptions options,
    StoreOptions limits,
    TimeProvider clock
) : IJobKind
{
    public const string Kind = "export";

    private const string Output = "output";
    private const int FirstPage = 50;
    private const int HistoryPage = 100;
    private const int Patience = 5;

    public string Name => Kind;

    public async Task<JobResult> Run(JobRun run, CancellationToken cancel)
    {
        var input = run.Input<ExportInput>();
        var at = run.Checkpoint<Position>() ?? new Position(0, null, FirstPage, [], []);
        await using var files = new NdjsonFiles(run, options.FileBytes, at.Files);
        var export = new Export(input, files, at);
        if (at is { Step: 0, Page: null, Files: [] })
        {
            foreach (var note in input.Notes)
            {
                export.Note(note);
            }
        }
        while (export.Step < export.Steps)
        {
            await (
                export.PatientOfStep is { } patient ? OfPatient(run, export, patient, cancel)
                : export.DeletedOfStep is { } deleted ? Deletions(run, export, deleted, cancel)
                : OfType(run, export, export.TypeOfStep!, cancel)
            );
            export.Next();
            if (files.Unsaved >= options.CheckpointBytes)
            {
                await Save(run, export, "next", cancel);
            }
        }
        files.Flush();
        var made = input.IsParquet
            ? await ParquetFiles.Of(run, files.State, Output, cancel)
            : files.State;
        return new JobResult(made, input.Time);
    }

    /// <summary>https://hl7.org/fhir/uv/bulkdata/STU2/export.html#response---output-manifest</summary>
    public FhirAnswer Answer(Job job, JobResult result, FhirRequest request) =>
        FhirAnswer.Json(
            200,
            json =>
            {
                json.WriteStartObject();
                json.WriteString(
                    "transactionTime",
                    result.Time!.Value.UtcDateTime.ToString(
                        "yyyy-MM-dd'T'HH:mm:ss.fff'Z'",
                        CultureInfo.InvariantCulture
                    )
                );
                json.WriteString("request", job.Request);
                json.WriteBoolean("requiresAccessToken", true);
                foreach (var section in (string[])[Output, "deleted", "error"])
                {
                    json.WriteStartArray(section);
                    foreach (
                        var file in result.Files.Where(file =>
                            file.Section == section && file.Count > 0
                        )
                    )
                    {
                        json.WriteStartObject();
                        json.WriteString("type", file.Type);
                        json.WriteString(
                            "url",
                            string.Create(
                                CultureInfo.InvariantCulture,
                                $"{ReadJob.AddressOf(job, request.BaseUrl)}/{file.Number}"
                            )
                        );
                        json.WriteNumber("count", file.Count);
                        json.WriteEndObject();
                    }
                    json.WriteEndArray();
                }
                json.WriteEndObject();
            }
        );

    private Task OfType(JobRun run, Export export, string type, CancellationToken cancel) =>
        Pages(
            run,
            export,
            Request(export.Input, type, patient: null),
            VisibleFor(type),
            found => export.Input.Level is not ExportLevel.Patient || found.Compartment > 0,
            type,
            cancel
        );

    /// <summary>One person's record lies together, so that it is one walk whatever the number of types.</summary>
    private async Task OfPatient(
        JobRun run,
        Export export,
        string patient,
        CancellationToken cancel
    )
    {
        var types = export
            .TypesOfPatientStep.Where(type =>
                VisibleFor(type).Patients is not { } seen || seen.Contains(patient)
            )
            .ToList();
        if (types.Count == 0)
        {
            return;
        }
        var visible = VisibleFor(types[0]).Within(patient) with
        {
            Types = TypeScopes.Of(current.Caller),
        };
        if (
            await store.Read("Patient", patient, visible with { Types = null }, cancel)
            is not { Deleted: false } person
        )
        {
            return;
        }
        await Pages(
            run,
            export,
            types is [var only] && export.Input.Filters.ContainsKey(only)
                ? Request(export.Input, only, patient)
                : Request(export.Input, types, patient),
            visible,
            found =>
                found.Compartment == person.Compartment || export.SharedSeen.Add(found.Reference),
            $"Patient/{patient}",
            cancel
        );
    }

    private async Task Pages(
        JobRun run,
        Export export,
        SearchRequest request,
        Visible visible,
        Func<StoredResource, bool> belongs,
        string what,
        CancellationToken cancel
    )
    {
        var subset = Subset.Parse(null, export.Input.Elements is { } some ? [some] : []);
        do
        {
            var page = await Page(export, request, visible, cancel);
            long bytes = 0;
            foreach (var found in page.Matches)
            {
                bytes += found.Body.Length;
                if (belongs(found))
                {
                    export.Files.Add(Output, found.Type, Cut(found.Body, subset).Span);
                }
            }
            export.PageSize = Math.Clamp(
                (int)(options.PageBytes / Math.Max(1, bytes / Math.Max(1, page.Matches.Count))),
                1,
                limits.PageSize
            );
            export.Page = page.Next;
            // The end of a step is written down as the beginning of the next one: without a page it would be begun again.
            if (export.Page is not null && export.Files.Unsaved >= options.CheckpointBytes)
            {
                await Save(run, export, what, cancel);
            }
        } while (export.Page is not null);
    }

    private static ReadOnlyMemory<byte> Cut(ReadOnlyMemory<byte> body, Subset subset)
    {
        if (subset.IsWhole)
        {
            return body;
        }
        var part = new ArrayBufferWriter<byte>(body.Length);
        subset.Copy(body.Span, part);
        return part.WrittenMemory;
    }

    /// <summary>A page; when the store is busy or slow it waits and asks for less.</summary>
    private async Task<SearchPage> Page(
        Export export,
        SearchRequest request,
        Visible visible,
        CancellationToken cancel
    )
    {
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await store.Search(
                    request with
                    {
                        Count = export.PageSize,
                    },
                    export.Page,
                    visible,
                    cancel
                );
            }
            catch (Refusal refusal)
                when (refusal is StoreBusy or SearchTimedOut && attempt < Patience)
            {
                export.PageSize = Math.Max(1, export.PageSize / 4);
                await Task.Delay(TimeSpan.FromSeconds(attempt), clock, cancel);
            }
        }
    }

    /// <summary>What was deleted since, as the guide has it: Bundles of DELETE entries.</summary>
    private async Task Deletions(JobRun run, Export export, string type, CancellationToken cancel)
    {
        if (VisibleFor(type).Types is { } some && !some.Whole.Contains(type))
        {
            // Whether it would have met the scope's condition cannot be told any more.
            return;
        }
        do
        {
            var page = await store.History(
                new HistoryRequest(
                    type,
                    Since: export.Input.Since,
                    Count: HistoryPage,
                    Page: export.Page
                ),
                Visible.All,
                cancel
            );
            foreach (var version in page.Versions.Where(version => version.Deleted))
            {
                // It may have come back since.
                if (
                    await store.Read(type, version.Id, Visible.All, cancel) is { Deleted: true } now
                    && now.Version == version.Version
                )
                {
                    export.Files.Add(
                        "deleted",
                        "Bundle",
                        JsonSerializer.SerializeToUtf8Bytes(
                            new
                            {
                                resourceType = "Bundle",
                                type = "transaction",
                                entry = new[]
                                {
                                    new
                                    {
                                        request = new
                                        {
                                            method = "DELETE",
                                            url = version.Reference,
                                        },
                                    },
                                },
                            }
                        )
                    );
                }
            }
            export.Page = page.Next;
            if (export.Page is not null && export.Files.Unsaved >= options.CheckpointBytes)
            {
                await Save(run, export, $"deletions of {type}", cancel);
            }
        } while (export.Page is not null);
    }

    private static Task Save(JobRun run, Export export, string what, CancellationToken cancel)
    {
        export.Files.Flush();
        return run.Save(
            export.Position,
            string.Create(
                CultureInfo.InvariantCulture,
                $"{export.Files.Lines:N0} resources; step {Math.Min(export.Step + 1, export.Steps):N0} of {export.Steps:N0}: {what}"
            ),
            cancel
        );
    }

    private Visible VisibleFor(string type) =>
        Visible.To(
            StartExport.For(current.Caller, type)
                ?? throw new AccessDenied(Permission.ReadHealthRecords),
            Permission.ReadHealthRecords,
            access
        );

    private SearchRequest Request(ExportInput input, string type, string? patient)
    {
        var request = Parse(input, type, []);
        var clauses = new List<SearchClause>(request.Clauses);
        if (patient is not null)
        {
            clauses.Insert(0, parser.Compartment("Patient", patient, type));
        }
        if (input.Filters.TryGetValue(type, out var filters))
        {
            var any = filters
                .Select(query => Parse(input, type, FhirHttp.Decode(query), withSince: false))
                .Select(filter =>
                    filter.Clauses is [var one]
                        ? one
                        : (SearchClause)new AndClause([.. filter.Clauses])
                )
                .ToList();
            clauses.Add(any is [var only] ? only : new OrClause(any));
        }
        return request with { Clauses = clauses };
    }

    private SearchRequest Request(ExportInput input, List<string> types, string patient)
    {
        var request = Parse(input, null, [new("_type", string.Join(',', types))]);
        return request with
        {
            Clauses = [parser.Compartment("Patient", patient, null), .. request.Clauses],
        };
    }

    private SearchRequest Parse(
        ExportInput input,
        string? type,
        IEnumerable<KeyValuePair<string, string>> query,
        bool withSince = true
    )
    {
        if (withSince && input.Since is { } since)
        {
            query = query.Append(
                new("_lastUpdated", "ge" + since.ToString("O", CultureInfo.InvariantCulture))
            );
        }
        return parser.Parse(type, query, SearchHandling.Strict, [input.BaseUrl + "/"]) with
        {
            Sort = [],
            Includes = [],
            Total = TotalMode.None,
        };
    }

    private sealed record Position(
        int Step,
        string? Page,
        int PageSize,
        IReadOnlyList<JobFile> Files,
        IReadOnlyList<string> SharedSeen
    );

    /// <summary>
    /// The steps of an export by number: with certain patients, for each of them one walk over the types without a filter and one
    /// for each type with one; else one for each type; then the deletions of each type.
    /// </summary>
    private sealed class Export(ExportInput input, NdjsonFiles files, Position at)
    {
        private readonly string[] filtered = [.. input.Types.Where(input.Filters.ContainsKey)];
        private readonly string[] plain =
        [
            .. input.Types.Where(type => !input.Filters.ContainsKey(type)),
        ];

        public ExportInput Input => input;
        public NdjsonFiles Files => files;
        public int Step { get; private set; } = at.Step;
        public string? Page { get; set; } = at.Page;
        public int PageSize { get; set; } = at.PageSize;

        /// <summary>Resources of several patients that were written already; few are.</summary>
        public HashSet<string> SharedSeen { get; } = [.. at.SharedSeen];

        public Position Position => new(Step, Page, PageSize, [.. files.State], [.. SharedSeen]);

        private int PerPatient => filtered.Length + (plain.Length > 0 ? 1 : 0);

        private int Walks => input.Patients?.Length * PerPatient ?? input.Types.Length;

        // What was deleted lies with nobody any more: only who sees everything may know of it.
        public int Steps =>
            Walks + (input is { Since: not null, Patients: null } ? input.Types.Length : 0);

        public string? PatientOfStep =>
            Step < Walks && input.Patients is { } patients ? patients[Step / PerPatient] : null;

        public IReadOnlyList<string> TypesOfPatientStep =>
            Step % PerPatient is var part && part < filtered.Length ? [filtered[part]] : plain;

        public string? DeletedOfStep => Step >= Walks ? input.Types[Step - Walks] : null;

        public string? TypeOfStep => Step < Walks ? input.Types[Step] : null;

        public void Next()
        {
            Step++;
            Page = null;
        }

        public void Note(string what) =>
            files.Add(
                "error",
                "OperationOutcome",
                JsonSerializer.SerializeToUtf8Bytes(
                    new
                    {
                        resourceType = "OperationOutcome",
                        issue = new[]
                        {
                            new
                            {
                                severity = "warning",
                                code = "not-supported",
                                diagnostics = what,
                            },
                        },
                    }
                )
            );
    }
}
