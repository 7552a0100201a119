using Microsoft.AspNetCore.Http;

namespace Education.LearningRecords.Transcripts;

/// <summary>Under which address the reader reached this installation; what is signed names it, so that others find keys and status lists.</summary>
public static class PublicAddress
{
    public static string Of(HttpContext http) =>
        $"{http.Request.Scheme}://{http.Request.Host}{http.Request.PathBase}";
}
