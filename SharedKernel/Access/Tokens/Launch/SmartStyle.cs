using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using MudBlazor;
using SharedKernel.Modules;
using SharedKernel.Ui;

namespace SharedKernel.Access.Tokens.Launch;

/// <summary>
/// Our colours and sizes, for apps that want to look at home:
/// https://hl7.org/fhir/smart-app-launch/STU2.2/scopes-and-launch-context.html#styling-details
/// </summary>
public sealed class SmartStyle : IFeature
{
    public const string Path = "/smart-style.json";

    private static Palette Colours => Theme.Records.PaletteLight;

    private static string Font =>
        string.Join(", ", Theme.Records.Typography.Default.FontFamily ?? []);

    public static void Map(IEndpointRouteBuilder routes) =>
        routes
            .MapGet(
                Path,
                (HttpContext http) =>
                {
                    http.Response.Headers.AccessControlAllowOrigin = "*";
                    return Results.Json(
                        new
                        {
                            color_background = Colours.Background.ToString(),
                            color_error = Colours.Error.ToString(),
                            color_highlight = Colours.Primary.ToString(),
                            color_success = Colours.Success.ToString(),
                            color_text = Colours.TextPrimary.ToString(),
                            dim_border_radius = Theme.Records.LayoutProperties.DefaultBorderRadius,
                            dim_font_size = "15px",
                            font_family_body = Font,
                            font_family_heading = Font,
                        }
                    );
                }
            )
            .AllowAnonymous();
}
