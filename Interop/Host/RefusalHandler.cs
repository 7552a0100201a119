using Microsoft.AspNetCore.Antiforgery;
using Microsoft.AspNetCore.Diagnostics;
using Microsoft.AspNetCore.Mvc;
using SharedKernel.Contracts;
using SharedKernel.Persistence;

namespace Interop.Host;

/// <summary>Turns an expected refusal into problem+json with its status (RFC 9457). Anything else is a 500 without details.</summary>
public sealed class RefusalHandler(IProblemDetailsService problems) : IExceptionHandler
{
    public async ValueTask<bool> TryHandleAsync(
        HttpContext context,
        Exception exception,
        CancellationToken cancel
    )
    {
        var status = exception switch
        {
            InvalidInput => StatusCodes.Status400BadRequest,
            NotFound => StatusCodes.Status404NotFound,
            Conflict => StatusCodes.Status409Conflict,
            AccessDenied when context.User.Identity?.IsAuthenticated != true =>
                StatusCodes.Status401Unauthorized,
            AccessDenied => StatusCodes.Status403Forbidden,
            BadHttpRequestException bad => bad.StatusCode,
            // A page's typed parameter, such as ?year=abc; the framework has no exception of its own for it.
            InvalidOperationException bad
                when bad.Message.StartsWith("Cannot parse the value", StringComparison.Ordinal) =>
                StatusCodes.Status400BadRequest,
            InvalidOperationException when IsForged(context) => StatusCodes.Status400BadRequest,
            _ when Providers.RefusedText(exception) => StatusCodes.Status400BadRequest,
            _ when Providers.IsFull(exception) => StatusCodes.Status507InsufficientStorage,
            _ => 0,
        };
        if (status == 0)
        {
            return false;
        }
        context.Response.StatusCode = status;
        var problem = new ProblemDetails
        {
            Status = status,
            Detail = exception switch
            {
                _ when Providers.RefusedText(exception) =>
                    "A text holds the character NUL, which no record can keep.",
                InvalidOperationException when IsForged(context) =>
                    "The form does not come from a page of this session: open the page again and send it from there.",
                _ when Providers.IsFull(exception) =>
                    "No room is left where the database lies: whoever runs the server must make some. What was to be written may have been: look, then try again.",
                _ => exception.Message,
            },
        };
        if (exception is InvalidInput invalid)
        {
            problem.Extensions["errors"] = invalid
                .Errors.GroupBy(error => error.Field)
                .ToDictionary(
                    field => field.Key,
                    field => field.Select(error => error.Message).ToArray()
                );
        }
        return await problems.TryWriteAsync(
            new()
            {
                HttpContext = context,
                ProblemDetails = problem,
                Exception = exception,
            }
        );
    }

    /// <summary>A form without the token of a page of ours: the framework refuses to read it, and has no exception of its own for it.</summary>
    private static bool IsForged(HttpContext context) =>
        context.Features.Get<IAntiforgeryValidationFeature>() is { IsValid: false };
}
