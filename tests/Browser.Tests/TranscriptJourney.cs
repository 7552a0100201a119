using System.Text;
using System.Text.Json;
using Education.LearningRecords;
using Education.LearningRecords.Transcripts;
using Microsoft.EntityFrameworkCore;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using Testing;
using static Microsoft.Playwright.Assertions;

namespace Browser.Tests;

/// <summary>
/// From the last signature to a stranger's phone: a class is signed and released by keyboard, a parent shares the record, an outsider's
/// browser checks it, and the parent takes it back.
/// </summary>
public sealed class TranscriptJourney(Browser browser)
{
    [Fact]
    public async Task A_class_is_released_a_parent_shares_and_a_stranger_checks()
    {
        var path = await ClassThatWaits();
        await Sign(path);

        var parent = await browser.NewPage("congdan", Screen.Phone);
        await parent.GotoAsync("/school");
        await OpenChildWithTranscript(parent);
        await parent.GetByRole(AriaRole.Link, new() { Name = "Chia sẻ" }).ClickAsync();
        await Browser.AssertAccessible(parent);
        await parent.GetByLabel("Cho ai").FillAsync("Trường THPT");
        await parent.GetByRole(AriaRole.Button, new() { Name = "Tạo liên kết" }).ClickAsync();
        await Expect(parent.GetByRole(AriaRole.Img, new() { Name = "Mã QR" })).ToBeVisibleAsync();
        await Browser.AssertAccessible(parent);
        await NoSidewaysScroll(parent);
        await Browser.Picture(parent, "record-share-phone");
        var link = await parent.GetByLabel("Liên kết", new() { Exact = true }).InputValueAsync();

        var stranger = await browser.NewPage(screen: Screen.Phone);
        await stranger.GotoAsync(link);
        await ExpectVerdict(stranger, "good");
        await Expect(stranger.GetByRole(AriaRole.Heading, new() { Name = "Học bạ năm học" }))
            .ToBeVisibleAsync();
        await Browser.AssertAccessible(stranger);
        await NoSidewaysScroll(stranger);
        await Browser.Picture(stranger, "record-verify-phone");

        // A copy that was changed on the way, or afterwards in a file.
        var token = link.Split('/')[^1];
        var kept = await Credential(stranger, token);
        var forged = Forge(kept);
        await stranger.RouteAsync(
            "**/education/shared/*",
            route =>
                route.FulfillAsync(
                    new()
                    {
                        ContentType = "application/json",
                        Body = JsonSerializer.Serialize(
                            new
                            {
                                state = "Open",
                                expiresAt = "2999-01-01T00:00:00Z",
                                credentials = new[] { forged },
                            }
                        ),
                    }
                )
        );
        await stranger.ReloadAsync();
        await ExpectVerdict(stranger, "tampered");
        await Expect(stranger.Locator("[data-records] section")).ToHaveCountAsync(0);
        await Browser.AssertAccessible(stranger);
        await Browser.Picture(stranger, "record-verify-tampered-phone");
        await stranger.UnrouteAllAsync();
        await stranger.GotoAsync("/verify");
        await Choose(stranger, kept);
        await ExpectVerdict(stranger, "good");
        await Choose(stranger, forged);
        await ExpectVerdict(stranger, "tampered");
        await Choose(stranger, "không phải học bạ");
        await ExpectVerdict(stranger, "unreadable");

        await parent
            .GetByRole(AriaRole.Button, new() { Name = "Thu hồi Trường THPT" })
            .ClickAsync();
        await Expect(parent.GetByText("đã thu hồi").First).ToBeVisibleAsync();
        await stranger.GotoAsync(link);
        await ExpectVerdict(stranger, "linkRevoked");
        await Choose(stranger, kept, open: true);
        await ExpectVerdict(stranger, "revoked");
        await Browser.AssertAccessible(stranger);
    }

    /// <summary>The homeroom teacher and the head, with the keyboard alone.</summary>
    private async Task Sign(string path)
    {
        var teacher = await browser.NewPage("giaovien");
        await teacher.GotoAsync(path);
        await Browser.AssertAccessible(teacher);
        await Browser.Picture(teacher, "transcripts-class");
        await Press(teacher, "Kí phần của tôi");
        await Expect(teacher.GetByText("Đã kí 6 chữ kí.")).ToBeVisibleAsync();

        var head = await browser.NewPage("hieutruong");
        await head.GotoAsync(path);
        await Press(head, "Kí hiệu trưởng");
        await Expect(head.GetByText("Đã kí 6 chữ kí.")).ToBeVisibleAsync();
        await Press(head, "Phát hành");
        await Expect(head.GetByText("Đã phát hành 6 học bạ số.")).ToBeVisibleAsync();
        await Browser.AssertAccessible(head);
        await Browser.Picture(head, "transcripts-released");
        await head.GetByRole(AriaRole.Link, new() { Name = "Xem" }).First.ClickAsync();
        await Expect(head.GetByText("Mọi chữ kí đều đúng")).ToBeVisibleAsync();
        await Browser.AssertAccessible(head);
        await Browser.Picture(head, "transcript");
    }

    /// <summary>Finds the button by Tab, as somebody without a mouse does.</summary>
    private static async Task Press(IPage page, string button)
    {
        await page.Locator("main a, main button").First.FocusAsync();
        for (var i = 0; i < 20; i++)
        {
            var focused = await page.EvaluateAsync<string>("document.activeElement.textContent");
            if (focused.TrimStart().StartsWith(button, StringComparison.Ordinal))
            {
                await page.Keyboard.PressAsync("Enter");
                return;
            }
            await page.Keyboard.PressAsync("Tab");
        }
        Assert.Fail($"The button '{button}' is not among the first that Tab reaches.");
    }

    private async Task<string> ClassThatWaits()
    {
        await using var scope = browser.Scope();
        var waiting = await scope
            .ServiceProvider.GetRequiredService<LearningRecordsDb>()
            .Transcripts.Where(known => known.State == TranscriptState.SubjectsSigned)
            .Select(known => known.ClassId)
            .FirstAsync();
        return $"/school/classes/{waiting}/transcripts";
    }

    private static async Task OpenChildWithTranscript(IPage page)
    {
        var children = await page.Locator("main a.class")
            .EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))");
        foreach (var child in children)
        {
            await page.GotoAsync(child);
            if (await page.GetByRole(AriaRole.Link, new() { Name = "Chia sẻ" }).CountAsync() > 0)
            {
                return;
            }
        }
        Assert.Fail("No child of the demo's parent has a released record.");
    }

    private static async Task<string> Credential(IPage page, string token)
    {
        var answer = await page.APIRequest.GetAsync($"/education/shared/{token}");
        return (await answer.JsonAsync())!.Value.GetProperty("credentials")[0].GetString()!;
    }

    /// <summary>One result is another; everything else stays.</summary>
    private static string Forge(string jwt)
    {
        var parts = jwt.Split('.');
        var payload = Encoding.UTF8.GetString(
            System.Buffers.Text.Base64Url.DecodeFromChars(parts[1])
        );
        var changed = payload.Replace("\"value\":\"Khá\"", "\"value\":\"Tốt\"");
        changed =
            changed == payload
                ? payload.Replace("\"value\":\"Tốt\"", "\"value\":\"Đạt\"")
                : changed;
        Assert.NotEqual(payload, changed);
        parts[1] = System.Buffers.Text.Base64Url.EncodeToString(Encoding.UTF8.GetBytes(changed));
        return string.Join('.', parts);
    }

    private static async Task Choose(IPage page, string text, bool open = false)
    {
        if (open)
        {
            await page.GetByText("Kiểm tra một tệp đã lưu").ClickAsync();
        }
        await page.Locator("#file")
            .SetInputFilesAsync(
                new FilePayload
                {
                    Name = "hoc-ba.jwt",
                    MimeType = "text/plain",
                    Buffer = Encoding.UTF8.GetBytes(text),
                }
            );
    }

    private static Task ExpectVerdict(IPage page, string state) =>
        Expect(page.Locator("[data-verdict]")).ToHaveAttributeAsync("data-state", state);

    private static async Task NoSidewaysScroll(IPage page) =>
        Assert.True(
            await page.EvaluateAsync<bool>(
                "document.documentElement.scrollWidth <= document.documentElement.clientWidth"
            ),
            "The page scrolls sideways."
        );
}
