using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using SharedKernel.Contracts;

namespace SharedKernel.Ui;

/// <summary>
/// A page of the server: it is drawn once <see cref="Load"/> has ended and never half loaded. What <see cref="Load"/> refuses is
/// said in the page's frame with the refusal's status; what a form's action refuses is said beside its field.
/// </summary>
public abstract class LoadedPage : ComponentBase
{
    private bool loading;
    private bool loaded;

    [CascadingParameter]
    public HttpContext? Http { get; set; }

    [Inject]
    public NavigationManager Navigation { get; set; } = null!;

    /// <summary>Why there is nothing to show; null when the page was loaded.</summary>
    protected string? Unavailable { get; private set; }

    /// <summary>Why the last action was refused; null when it went through.</summary>
    protected Refusal? Refused { get; private set; }

    /// <summary>Fetches what the page shows. Runs once, after the parameters are set and before anything is drawn.</summary>
    protected virtual Task Load() => Task.CompletedTask;

    /// <remarks>
    /// <see cref="ComponentBase"/> draws a component while it still waits for its data. State that is set piece by piece between
    /// waits is then drawn torn, so a page waits first.
    /// </remarks>
    public sealed override async Task SetParametersAsync(ParameterView parameters)
    {
        parameters.SetParameterProperties(this);
        if (!loading)
        {
            loading = true;
            await LoadOrRefuse();
            loaded = true;
        }
        if (loaded)
        {
            StateHasChanged();
        }
    }

    /// <summary>Runs a form's action. True when it went through, else <see cref="Refused"/> says why not.</summary>
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

    /// <summary>What was wrong with any of these fields, null when nothing.</summary>
    protected string? ErrorOf(params IReadOnlyCollection<string> fields)
    {
        var errors = (Refused as InvalidInput)
            ?.Errors.Where(error => fields.Contains(error.Field, StringComparer.OrdinalIgnoreCase))
            .Select(error => error.Message)
            .ToList();
        return errors is { Count: > 0 } ? string.Join(" ", errors) : null;
    }

    /// <summary>What is wrong and none of these fields shows.</summary>
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

    private async Task LoadOrRefuse()
    {
        try
        {
            await Load();
        }
        catch (NotFound)
        {
            Unavailable = T.Of("Không có dữ liệu này.", "There is no such record.");
            Navigation.NotFound();
        }
        catch (Refusal refusal)
        {
            var status =
                refusal is AccessDenied
                    ? StatusCodes.Status403Forbidden
                    : StatusCodes.Status400BadRequest;
            Unavailable =
                refusal is AccessDenied
                    ? T.Of(
                        "Tài khoản của bạn không có quyền xem dữ liệu này.",
                        "Your account may not see this."
                    )
                    : refusal.Message;
            if (Http is { Response.HasStarted: false } http)
            {
                http.Response.StatusCode = status;
            }
        }
    }
}
