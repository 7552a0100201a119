using Microsoft.Extensions.Configuration;

namespace Health.Fhir.Subscriptions;

/// <summary>Section <c>fhir:subscriptions</c> of the configuration.</summary>
public sealed class SubscriptionOptions
{
    /// <summary>
    /// Hosts (<c>name</c> or <c>name:port</c>) that may be notified although they lie in a private network or speak plain http. All
    /// others must be public and speak https.
    /// </summary>
    public string[] Hosts { get; init; } = [];

    /// <summary>Subscriptions that one caller may have at once.</summary>
    public int PerOwner { get; init; } = 100;

    /// <summary>How often a host looks for what was written and for what is to be sent.</summary>
    public TimeSpan Look { get; init; } = TimeSpan.FromMilliseconds(500);

    /// <summary>
    /// A write is stamped before it commits, and clocks of hosts differ: what was stamped this long ago is looked at once more.
    /// </summary>
    public TimeSpan Overlap { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>How long a host that does not answer keeps its work.</summary>
    public TimeSpan Lease { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>A hold outlasts the slowest receiver.</summary>
    internal TimeSpan Hold => Lease + Timeout;

    /// <summary>Receivers that this host sends to at once.</summary>
    public int AtOnce { get; init; } = 64;

    /// <summary>Longest time that a receiver may take, and the time when the subscription names none.</summary>
    public TimeSpan Timeout { get; init; } = TimeSpan.FromSeconds(20);

    /// <summary>Wait after the first failure; doubled after each further one.</summary>
    public TimeSpan RetryAfter { get; init; } = TimeSpan.FromSeconds(1);

    public TimeSpan RetryAtMost { get; init; } = TimeSpan.FromHours(1);

    /// <summary>Failures in a row after which the status says <c>error</c>. It is tried on.</summary>
    public int ErrorAfter { get; init; } = 5;

    /// <summary>A receiver that has failed this long is given up: <c>off</c>.</summary>
    public TimeSpan GiveUpAfter { get; init; } = TimeSpan.FromDays(3);

    /// <summary>How long events can be asked for by <c>$events</c>.</summary>
    public TimeSpan Keep { get; init; } = TimeSpan.FromDays(7);

    /// <summary>Events in one notification when the subscription names no number, and the most that it may name.</summary>
    public int Count { get; init; } = 20;

    /// <summary>Bytes of resources after which a notification takes no more events.</summary>
    public int Bytes { get; init; } = 4 * 1024 * 1024;

    /// <summary>How long a web socket's token opens one.</summary>
    public TimeSpan TokenLasts { get; init; } = TimeSpan.FromMinutes(5);

    public static SubscriptionOptions From(IConfiguration configuration) =>
        configuration.GetSection("fhir:subscriptions").Get<SubscriptionOptions>() ?? new();
}
