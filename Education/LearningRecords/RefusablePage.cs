using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Http;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace Education.LearningRecords;

/// <summary>A page whose feature may refuse what the address asks for: it then says why in the page's frame, with the refusal's status.</summary>
public abstract class RefusablePage : ComponentBase
{
    [CascadingParameter]
    public HttpContext? Http { get; set; }

    [Inject]
    public NavigationManager Navigation { get; set; } = null!;

    /// <summary>Why nothing is shown; null when the page was loaded.</summary>
    protected string? Refused { get; private set; }

    protected abstract Task Load();

    protected override async Task OnInitializedAsync()
    {
        try
        {
            await Load();
        }
        catch (NotFound)
        {
            Refused = T.Of("Không có dữ liệu này.", "There is no such record.");
            Navigation.NotFound();
        }
        catch (Refusal refusal)
        {
            var (status, reason) = refusal switch
            {
                AccessDenied => (
                    StatusCodes.Status403Forbidden,
                    T.Of(
                        "Tài khoản của bạn không có quyền xem dữ liệu này.",
                        "Your account may not see this."
                    )
                ),
                _ => (StatusCodes.Status400BadRequest, refusal.Message),
            };
            Refused = reason;
            if (Http is { Response.HasStarted: false } http)
            {
                http.Response.StatusCode = status;
            }
        }
    }
}
