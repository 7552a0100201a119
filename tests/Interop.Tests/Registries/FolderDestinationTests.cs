using System.Security.Cryptography;
using Interop.Registries.Sending;

namespace Interop.Tests.Registries;

/// <summary>A folder as a destination: whole files only, once, and never another content under the same name.</summary>
public sealed class FolderDestinationTests : IDisposable
{
    private readonly string folder = Directory.CreateTempSubdirectory("records-folder-").FullName;

    [Fact]
    public async Task A_file_is_put_once_with_its_receipt_and_known_again()
    {
        var destination = new FolderDestination(folder);
        var shipment = Of("figures");
        Assert.Equal(Answer.Absent, (await destination.Ask(shipment, default)).Answer);
        var sent = await destination.Send(shipment, default);
        Assert.Equal(Answer.Acknowledged, sent.Answer);
        Assert.Equal(sent, await destination.Ask(shipment, default));
        await destination.Send(shipment, default);
        Assert.Equal(
            ["v1.json", "v1.json.receipt.json"],
            Directory
                .EnumerateFiles(folder, "*", SearchOption.AllDirectories)
                .Select(Path.GetFileName)
                .Order()
        );
    }

    [Fact]
    public async Task Another_content_under_the_same_name_is_refused_when_asked_for()
    {
        var destination = new FolderDestination(folder);
        await destination.Send(Of("figures"), default);
        Assert.Equal(Answer.Refused, (await destination.Ask(Of("others"), default)).Answer);
    }

    [Fact]
    public async Task A_folder_that_cannot_be_written_is_tried_again()
    {
        var file = Path.Combine(folder, "file");
        await File.WriteAllTextAsync(file, "");
        var reply = await new FolderDestination(file).Send(Of("figures"), default);
        Assert.Equal(Answer.Failed, reply.Answer);
        Assert.NotNull(reply.Reason);
    }

    private static Shipment Of(string content)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(content);
        return new(
            Guid.Empty,
            "tally/2026-10/v1.json",
            "application/json",
            bytes,
            Convert.ToHexStringLower(SHA256.HashData(bytes)),
            null
        );
    }

    public void Dispose() => Directory.Delete(folder, recursive: true);
}
