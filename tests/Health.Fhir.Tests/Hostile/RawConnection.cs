using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Health.Fhir.Tests.Hostile;

/// <summary>What came back: the status and the first bytes of the body. Status 0: the server closed without a word.</summary>
public sealed record RawAnswer(int Status, string Head, string Body);

/// <summary>
/// HTTP/1.1 over a socket, written as it is told: no client library that puts a path or a header right before it is sent. Keeps
/// the connection while the server does.
/// </summary>
public sealed class RawConnection(Uri address) : IDisposable
{
    private readonly byte[] buffer = new byte[64 * 1024];
    private TcpClient? socket;
    private int from;
    private int until;

    /// <exception cref="OperationCanceledException">The server did not answer in time: a hang.</exception>
    public async Task<RawAnswer> Send(byte[] request, bool hasNoBody, TimeSpan atMost)
    {
        using var limit = new CancellationTokenSource(atMost);
        try
        {
            return await Exchange(request, hasNoBody, limit.Token);
        }
        // A kept connection may have been closed by the server just before.
        catch (Exception error) when (error is IOException or SocketException)
        {
            Close();
            try
            {
                return await Exchange(request, hasNoBody, limit.Token);
            }
            catch (Exception again) when (again is IOException or SocketException)
            {
                Close();
                return new(0, "", "");
            }
        }
        catch (OperationCanceledException)
        {
            Close();
            throw;
        }
    }

    public void Dispose() => Close();

    private async Task<RawAnswer> Exchange(byte[] request, bool hasNoBody, CancellationToken cancel)
    {
        if (socket is null)
        {
            socket = new TcpClient { NoDelay = true };
            await socket.ConnectAsync(address.Host, address.Port, cancel);
            (from, until) = (0, 0);
        }
        var stream = socket.GetStream();
        await stream.WriteAsync(request, cancel);
        string head;
        do
        {
            head = await Head(stream, cancel);
        } while (head.StartsWith("HTTP/1.1 100", StringComparison.Ordinal));
        var status = int.Parse(head.AsSpan(9, 3), CultureInfo.InvariantCulture);
        var body = hasNoBody || status is 204 or 304 ? "" : await Body(stream, head, cancel);
        if (Field(head, "Connection") is "close")
        {
            Close();
        }
        return new(status, head, body);
    }

    private async Task<string> Head(NetworkStream stream, CancellationToken cancel)
    {
        var line = new StringBuilder();
        while (true)
        {
            line.Append((char)await Byte(stream, cancel));
            if (
                line.Length >= 4
                && line[^1] == '\n'
                && line[^2] == '\r'
                && line[^3] == '\n'
                && line[^4] == '\r'
            )
            {
                return line.ToString();
            }
        }
    }

    private async Task<string> Body(NetworkStream stream, string head, CancellationToken cancel)
    {
        var kept = new MemoryStream();
        if (Field(head, "Content-Length") is { } length)
        {
            await Take(stream, long.Parse(length, CultureInfo.InvariantCulture), kept, cancel);
        }
        else if (Field(head, "Transfer-Encoding") == "chunked")
        {
            while (true)
            {
                var size = new StringBuilder();
                int next;
                while ((next = await Byte(stream, cancel)) != '\n')
                {
                    size.Append((char)next);
                }
                var bytes = Convert.ToInt64(size.ToString().Trim(), 16);
                await Take(stream, bytes, kept, cancel);
                await Byte(stream, cancel);
                await Byte(stream, cancel);
                if (bytes == 0)
                {
                    break;
                }
            }
        }
        return Encoding.UTF8.GetString(kept.GetBuffer(), 0, (int)kept.Length);
    }

    /// <summary>Reads all, keeps the first 100 kB.</summary>
    private async Task Take(
        NetworkStream stream,
        long bytes,
        MemoryStream kept,
        CancellationToken cancel
    )
    {
        while (bytes > 0)
        {
            if (from == until)
            {
                await Fill(stream, cancel);
            }
            var part = (int)Math.Min(bytes, until - from);
            if (kept.Length < 100_000)
            {
                kept.Write(buffer, from, part);
            }
            from += part;
            bytes -= part;
        }
    }

    private async ValueTask<int> Byte(NetworkStream stream, CancellationToken cancel)
    {
        if (from == until)
        {
            await Fill(stream, cancel);
        }
        return buffer[from++];
    }

    private async Task Fill(NetworkStream stream, CancellationToken cancel)
    {
        from = 0;
        until = await stream.ReadAsync(buffer, cancel);
        if (until == 0)
        {
            throw new IOException("The server closed the connection.");
        }
    }

    private static string? Field(string head, string name)
    {
        var at = head.IndexOf($"\r\n{name}: ", StringComparison.OrdinalIgnoreCase);
        if (at < 0)
        {
            return null;
        }
        at += name.Length + 4;
        return head[at..head.IndexOf('\r', at)];
    }

    private void Close()
    {
        socket?.Dispose();
        socket = null;
    }
}
