using System.IO.Compression;
using ClosedXML.Excel;
using SharedKernel.Contracts;
using SharedKernel.Ui;

namespace SharedKernel.Documents;

/// <param name="Cell">Such as <c>E12</c>.</param>
public sealed record CellError(string Cell, string Message);

/// <summary>Reading .xlsx that people send (ECMA-376): what is too large, damaged, old or locked is refused with words they can act on.</summary>
public static class Workbook
{
    public const int MaximumFileBytes = 20 * 1024 * 1024;
    private const long MaximumUnpackedBytes = 400L * 1024 * 1024;

    /// <exception cref="InvalidInput">It is no workbook; the field is <c>file</c>.</exception>
    public static XLWorkbook Open(Stream file)
    {
        var head = new byte[4];
        var read = file.ReadAtLeast(head, head.Length, throwOnEndOfStream: false);
        file.Position = 0;
        if (file.Length > MaximumFileBytes)
        {
            throw Bad(
                T.Of(
                    $"tệp lớn hơn {MaximumFileBytes / 1024 / 1024} MB.",
                    $"the file is larger than {MaximumFileBytes / 1024 / 1024} MB."
                )
            );
        }
        if (read == 4 && head is [0xD0, 0xCF, 0x11, 0xE0])
        {
            throw Bad(
                T.Of(
                    "đây là tệp .xls cũ hoặc có mật khẩu; hãy lưu lại dạng Excel Workbook (.xlsx) không mật khẩu.",
                    "this is an old .xls file or one with a password; save it as Excel Workbook (.xlsx) without a password."
                )
            );
        }
        var notAWorkbook = Bad(
            T.Of(
                "đây không phải tệp Excel (.xlsx), hoặc tệp đã hỏng.",
                "this is not an Excel workbook (.xlsx), or it is damaged."
            )
        );
        try
        {
            using (var zip = new ZipArchive(file, ZipArchiveMode.Read, leaveOpen: true))
            {
                if (
                    zip.GetEntry("[Content_Types].xml") is null
                    || zip.Entries.Sum(entry => entry.Length) > MaximumUnpackedBytes
                )
                {
                    throw notAWorkbook;
                }
            }
            file.Position = 0;
            return new XLWorkbook(file);
        }
        // ClosedXML meets a damaged package with whatever its parsers throw.
        catch (Exception error) when (error is not (InvalidInput or OutOfMemoryException))
        {
            throw notAWorkbook;
        }
    }

    /// <summary>How a heading is compared: lower case, without diacritics, signs as single blanks.</summary>
    public static string Plain(string heading) =>
        string.Join(
            ' ',
            new string([
                .. heading.WithoutDiacritics().Select(c => char.IsLetterOrDigit(c) ? c : ' '),
            ]).Split(' ', StringSplitOptions.RemoveEmptyEntries)
        );

    public static InvalidInput Bad(string message) => new("file", message);
}
