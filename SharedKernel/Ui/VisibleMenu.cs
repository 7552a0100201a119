using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using SharedKernel.Modules;

namespace SharedKernel.Ui;

public static class VisibleMenu
{
    /// <summary>The lines of the menu that this user may follow.</summary>
    public static async Task<IReadOnlyList<MenuItem>> MenuOf(
        this Composition composition,
        ClaimsPrincipal user,
        IAuthorizationService authorization
    )
    {
        var visible = new List<MenuItem>();
        foreach (var item in composition.Menu)
        {
            if (
                item.Permission is null
                || (await authorization.AuthorizeAsync(user, item.Permission.ToString()!)).Succeeded
            )
            {
                visible.Add(item);
            }
        }
        return visible;
    }

    public static string Title(this Part part) =>
        part switch
        {
            Part.Health => T.Of("Y tế", "Health"),
            Part.Education => T.Of("Giáo dục", "Education"),
            Part.Interop => T.Of("Báo cáo và công khai", "Reports and open data"),
            _ => T.Of("Chung", "General"),
        };
}
