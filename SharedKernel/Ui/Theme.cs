using MudBlazor;

namespace SharedKernel.Ui;

/// <summary>One theme for both sectors: calm, high contrast (WCAG 2.2 AA), readable on a cheap tablet in daylight.</summary>
public static class Theme
{
    public static readonly MudTheme Records = new()
    {
        PaletteLight = new PaletteLight
        {
            Primary = "#0b5cad",
            Secondary = "#0f766e",
            Tertiary = "#7c3aed",
            Info = "#0b5cad",
            Success = "#15703c",
            Warning = "#9a5b00",
            Error = "#b42318",
            Background = "#f5f7fa",
            Surface = "#ffffff",
            AppbarBackground = "#ffffff",
            AppbarText = "#14212e",
            DrawerBackground = "#ffffff",
            DrawerText = "#14212e",
            DrawerIcon = "#44566b",
            TextPrimary = "#14212e",
            TextSecondary = "#44566b",
            LinesDefault = "#d5dde6",
            TableLines = "#e3e9f0",
            Divider = "#e3e9f0",
        },
        LayoutProperties = new LayoutProperties
        {
            DefaultBorderRadius = "8px",
            DrawerWidthLeft = "232px",
            AppbarHeight = "56px",
        },
        Typography = new Typography
        {
            Default = new DefaultTypography
            {
                FontFamily = ["Be Vietnam Pro", "system-ui", "Segoe UI", "sans-serif"],
                FontSize = "0.9375rem",
                LineHeight = "1.5",
                LetterSpacing = "normal",
            },
            Button = new ButtonTypography
            {
                TextTransform = "none",
                FontWeight = "600",
                LetterSpacing = "normal",
            },
        },
    };
}
