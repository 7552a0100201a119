using System.Buffers;
using Health.Fhir.Search.Definitions;
using Health.Fhir.Search.Reading;
using Health.Fhir.Store.Place;
using SharedKernel.Contracts;

namespace Health.Fhir.Store.Writing;

/// <summary>A transaction on its way through the writer: read and checked by its caller's thread, decided and written by the writer's.</summary>
internal sealed class PendingTransaction : IDisposable
{
    private readonly TaskCompletionSource<TransactionResult> done = new(
        TaskCreationOptions.RunContinuationsAsynchronously
    );

    public PendingTransaction(
        Transaction transaction,
        Visible writable,
        ResourceReader reader,
        CancellationToken cancel
    )
    {
        Transaction = transaction;
        Generation = reader.Model.Generation;
        Writable = writable;
        Cancel = cancel;
        Items = new PendingWrite[transaction.Writes.Count];
        try
        {
            for (var at = 0; at < Items.Length; at++)
            {
                Items[at] = new PendingWrite(at, transaction.Writes[at], reader);
            }
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    public Transaction Transaction { get; }

    /// <summary>Of the search parameters that its values were taken by.</summary>
    public long Generation { get; }
    public Visible Writable { get; }

    /// <summary>What staff may write; null for who is not bound by whom they treat.</summary>
    public WritableRows? Rows { get; set; }

    public CancellationToken Cancel { get; }
    public PendingWrite[] Items { get; }
    public Task<TransactionResult> Done => done.Task;

    /// <summary>Type and query of everything that must be looked up before it can be decided, for locking.</summary>
    public IEnumerable<string> Conditions() =>
        Items
            .Where(item => item.Write.Condition is not null)
            .Select(item => $"{item.Write.Type}?{item.Write.Condition}")
            .Concat(ConditionalLinks())
            .Select(SameForAll);

    /// <summary>One spelling for conditions that differ only in their escapes or their order: hosts must lock the same.</summary>
    private static string SameForAll(string condition)
    {
        var split = condition.IndexOf('?');
        var pairs = condition[(split + 1)..]
            .TrimStart('?')
            .Split('&', StringSplitOptions.RemoveEmptyEntries)
            .Select(pair => Uri.UnescapeDataString(pair.Replace('+', ' ')))
            .Order(StringComparer.Ordinal);
        return $"{condition[..split]}?{string.Join('&', pairs)}";
    }

    public IEnumerable<short> ConditionTypes() =>
        Conditions().Select(condition => Key.NumberOf(condition[..condition.IndexOf('?')]));

    /// <summary>
    /// Settles every id and every reference. Without conditions the caller's thread does it; otherwise the writer's, inside its
    /// transaction.
    /// </summary>
    /// <param name="match">Type, query, limit → ids.</param>
    public async Task Resolve(
        Func<string, string, int, Task<IReadOnlyList<string>>> match,
        TimeProvider clock
    )
    {
        if (resolved)
        {
            return;
        }
        foreach (var item in Items)
        {
            await item.FindId(match);
        }
        var links = new Dictionary<string, string>();
        foreach (
            var item in Items.Where(item => item.Write.FullUrl is not null && item.Id is not null)
        )
        {
            links[item.Write.FullUrl!] = $"{item.Write.Type}/{item.Id}";
        }
        foreach (var item in Items)
        {
            foreach (var link in item.Indexed?.Links ?? [])
            {
                if (IsConditional(link) && !links.ContainsKey(link.Text))
                {
                    links[link.Text] = await FindOne(item, link.Text, match);
                }
            }
        }
        var now = DateTimeOffset.FromUnixTimeMilliseconds(
            clock.GetUtcNow().ToUnixTimeMilliseconds()
        );
        foreach (var item in Items.Where(item => item.Indexed is not null))
        {
            if (links.Count > 0)
            {
                item.Indexed!.ResolveLinks(links.GetValueOrDefault);
            }
            if (item.IsNew)
            {
                item.CreatedAt = now;
                item.CreatedBody = item.Body(item.Id!, 1, now);
            }
        }
        // What a condition found may be gone when this is tried again.
        resolved = !Conditions().Any();
    }

    private static async Task<string> FindOne(
        PendingWrite item,
        string reference,
        Func<string, string, int, Task<IReadOnlyList<string>>> match
    )
    {
        var split = reference.IndexOf('?');
        var type = reference[..split];
        var found = await match(type, reference[(split + 1)..], 2);
        return found.Count == 1
            ? $"{type}/{found[0]}"
            : throw item.Refuse(
                new PreconditionFailed(
                    $"The conditional reference {reference} matches {(found.Count == 0 ? "nothing" : "more than one resource")}."
                )
            );
    }

    private IEnumerable<string> ConditionalLinks() =>
        Items
            .Where(item => item.Indexed is not null)
            .SelectMany(item => item.Indexed!.Links)
            .Where(IsConditional)
            .Select(link => link.Text);

    private static bool IsConditional(Link link)
    {
        var split = link.IsReference ? link.Text.IndexOf('?') : -1;
        return split > 0 && FhirModel.R4.IsResourceType(link.Text[..split]);
    }

    public void Finish(TransactionResult result) => done.TrySetResult(result);

    public void Fail(Exception why) => done.TrySetException(why);

    private bool resolved;

    public bool IsFinished => done.Task.IsCompleted;

    public void Dispose()
    {
        foreach (var item in Items)
        {
            item?.Dispose();
        }
    }
}

/// <summary>One write with what is known of it so far.</summary>
internal sealed class PendingWrite : IDisposable
{
    private readonly bool owned;

    public PendingWrite(int position, Write write, ResourceReader reader)
    {
        Position = position;
        Write = write;
        if (!reader.Model.IsResourceType(write.Type))
        {
            throw Refuse(new InvalidInput("type", $"{write.Type} is not a resource type of R4."));
        }
        Type = Key.NumberOf(write.Type);
        if (write.Verb is WriteVerb.Delete)
        {
            return;
        }
        owned = write.Resource is null;
        Indexed = write.Resource ?? reader.Read(write.Body);
        // The caller may have read it, and an attempt before this one failed, by search parameters that no longer hold.
        Indexed.Refresh();
        if (!Indexed.IsValid)
        {
            var errors = Indexed
                .Issues.Where(issue => issue.IsError)
                .Select(issue => new FieldError(issue.Expression, issue.Text))
                .ToList();
            Dispose();
            throw Refuse(new InvalidInput(errors));
        }
        if (Indexed.ResourceType != write.Type)
        {
            Dispose();
            throw Refuse(
                new InvalidInput(
                    "resourceType",
                    $"The body is a {Indexed.ResourceType}, but {write.Type} is to be written."
                )
            );
        }
    }

    public int Position { get; }
    public Write Write { get; }
    public short Type { get; }
    public IndexedResource? Indexed { get; }

    /// <summary>Null until <see cref="FindId"/>.</summary>
    public string? Id { get; set; }

    /// <summary>0 until looked up.</summary>
    public long ResourceKey { get; set; }

    /// <summary>What a conditional delete found, beside <see cref="Id"/>.</summary>
    public IReadOnlyList<string> Ids { get; set; } = [];

    /// <summary>The one match of a conditional create.</summary>
    public string? Existing { get; set; }

    public bool IsNew { get; set; }

    /// <summary>Of a new resource: its only version's time and body.</summary>
    public DateTimeOffset CreatedAt { get; set; }

    public byte[]? CreatedBody { get; set; }

    /// <summary>Ids of the existing (or deleted, or not yet existing) resources that this is about.</summary>
    public IEnumerable<string> Targets() =>
        Write.Verb is WriteVerb.Delete && Write.Condition is not null ? Ids : [Id!];

    /// <summary>https://hl7.org/fhir/R4/http.html#ccreate, #cond-update, #3.1.0.7.1 (conditional delete).</summary>
    public async Task FindId(Func<string, string, int, Task<IReadOnlyList<string>>> match)
    {
        (IsNew, Existing) = (false, null);
        if (Write.Condition is not { } condition)
        {
            IsNew = Write.Verb is WriteVerb.Create;
            Id ??= IsNew ? NewId() : Write.Id;
            return;
        }
        var limit = Write.Verb is WriteVerb.Delete ? Write.MaxDeletes + 1 : 2;
        var found = await match(Write.Type, condition, limit);
        if (found.Count == limit)
        {
            throw Refuse(
                new PreconditionFailed(
                    $"{Write.Type}?{condition} matches {(limit == 2 ? "more than one resource" : $"more than {limit - 1} resources")}."
                )
            );
        }
        if (Write.Verb is WriteVerb.Delete)
        {
            Ids = found;
            Id = found.Count > 0 ? found[0] : null;
            return;
        }
        var given = Write.Verb is WriteVerb.Update ? Indexed!.Id : null;
        if (found.Count == 0)
        {
            IsNew = given is null;
            Id = given ?? NewId();
            return;
        }
        if (given is not null && given != found[0])
        {
            throw Refuse(
                new InvalidInput(
                    $"{Write.Type}.id",
                    $"The condition matches {Write.Type}/{found[0]}, but the body has the id {given}."
                )
            );
        }
        Id = found[0];
        Existing = Write.Verb is WriteVerb.Create ? Id : null;
    }

    private static string NewId() => Guid.CreateVersion7().ToString("D");

    public WriteRefused Refuse(Refusal why) => new(Position, why);

    public byte[] Body(string id, int version, DateTimeOffset updated)
    {
        var output = new ArrayBufferWriter<byte>(2048);
        Indexed!.WriteBody(
            output,
            id,
            version.ToString(System.Globalization.CultureInfo.InvariantCulture),
            updated
        );
        return output.WrittenSpan.ToArray();
    }

    public void Dispose()
    {
        if (owned)
        {
            Indexed?.Dispose();
        }
    }
}
