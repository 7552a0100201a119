using Microsoft.AspNetCore.Components;
using Microsoft.AspNetCore.Components.Rendering;
using Microsoft.AspNetCore.Components.Web;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace SharedKernel.Tests.Ui;

public sealed class LoadedPageTests
{
    [Fact]
    public async Task A_page_is_never_drawn_half_loaded()
    {
        var gate = new TaskCompletionSource();
        var drawing = Draw(page =>
            page.Fetch = async () =>
            {
                page.First = "one";
                await gate.Task;
                page.Second = "two";
            }
        );
        Assert.False(drawing.IsCompleted);
        gate.SetResult();
        Assert.Equal("one two", await drawing);
    }

    [Fact]
    public async Task What_loading_refuses_is_said_in_the_page() =>
        Assert.Equal(
            "unavailable: year: no such year",
            await Draw(page => page.Fetch = () => throw new InvalidInput("year", "no such year"))
        );

    private static async Task<string> Draw(Action<TwoParts> arrange)
    {
        var services = new ServiceCollection()
            .AddSingleton<NavigationManager, Somewhere>()
            .BuildServiceProvider();
        await using var renderer = new HtmlRenderer(services, NullLoggerFactory.Instance);
        return await renderer.Dispatcher.InvokeAsync(async () =>
        {
            var parameters = ParameterView.FromDictionary(
                new Dictionary<string, object?> { [nameof(TwoParts.Arrange)] = arrange }
            );
            var page = await renderer.RenderComponentAsync<TwoParts>(parameters);
            return page.ToHtmlString();
        });
    }

    private sealed class TwoParts : LoadedPage
    {
        [Parameter]
        public Action<TwoParts> Arrange { get; set; } = null!;

        public Func<Task> Fetch { get; set; } = null!;

        public string? First { get; set; }

        public string? Second { get; set; }

        protected override async Task Load()
        {
            Arrange(this);
            await Fetch();
        }

        protected override void BuildRenderTree(RenderTreeBuilder builder) =>
            builder.AddContent(
                0,
                Unavailable is not null ? $"unavailable: {Unavailable}"
                    : First is null ? "nothing"
                    // What a page does in its markup once the first part is there.
                    : $"{First} {Second!.Trim()}"
            );
    }

    private sealed class Somewhere : NavigationManager
    {
        public Somewhere() => Initialize("http://127.0.0.1/", "http://127.0.0.1/");
    }
}
