using Microsoft.AspNetCore.Http;

namespace Education.OneRoster.Rest;

/// <summary>A refusal in OneRoster's words: an HTTP status, its code, and what to do about it.</summary>
/// <param name="minor">Value of imsx_codeMinorFieldValue, one of the list in the OpenAPI documents.</param>
public sealed class OneRosterProblem(int status, string minor, string description)
    : Exception(description)
{
    public int Status => status;

    public static OneRosterProblem Filter(string description) =>
        new(StatusCodes.Status400BadRequest, "invalid_filter_field", description);

    public static OneRosterProblem Selection(string description) =>
        new(StatusCodes.Status400BadRequest, "invalid_selection_field", description);

    public static OneRosterProblem Invalid(string description) =>
        new(StatusCodes.Status400BadRequest, "invaliddata", description);

    public static OneRosterProblem Unprocessable(string description) =>
        new(StatusCodes.Status422UnprocessableEntity, "invaliddata", description);

    public static OneRosterProblem Unknown(string what, string id) =>
        new(StatusCodes.Status404NotFound, "unknownobject", $"There is no {what} '{id}'.");

    /// <summary>The body imsx_StatusInfo of every answer that is no success.</summary>
    public object Body() =>
        new
        {
            imsx_codeMajor = "failure",
            imsx_severity = "error",
            imsx_description = Message,
            imsx_CodeMinor = new
            {
                imsx_codeMinorField = new[]
                {
                    new
                    {
                        imsx_codeMinorFieldName = "TargetEndSystem",
                        imsx_codeMinorFieldValue = minor,
                    },
                },
            },
        };
}
