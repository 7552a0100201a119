using Microsoft.AspNetCore.Components;
using SharedKernel.Contracts;

namespace Health.Emr;

/// <summary>A page with forms: what a feature refuses is shown beside its field, or above when it belongs to none.</summary>
public abstract class FormPage : ComponentBase
{
    protected Refusal? Refused { get; private set; }

    /// <summary>True when it went through.</summary>
    protected async Task<bool> Try(Func<Task> action)
    {
        try
        {
            await action();
            return true;
        }
        catch (Refusal refusal)
        {
            Refused = refusal;
            return false;
        }
    }

    protected string? ErrorOf(params IReadOnlyCollection<string> fields)
    {
        var errors = (Refused as InvalidInput)
            ?.Errors.Where(error => fields.Contains(error.Field, StringComparer.OrdinalIgnoreCase))
            .Select(error => error.Message)
            .ToList();
        return errors is { Count: > 0 } ? string.Join(" ", errors) : null;
    }

    /// <summary>What no field of the page shows.</summary>
    protected string? ErrorBeside(params IReadOnlyCollection<string> fields) =>
        Refused switch
        {
            null => null,
            InvalidInput input => string.Join(
                " ",
                input
                    .Errors.Where(error =>
                        !fields.Contains(error.Field, StringComparer.OrdinalIgnoreCase)
                    )
                    .Select(error => error.Message)
            )
                is { Length: > 0 } rest
                ? rest
                : null,
            _ => Refused.Message,
        };
}
