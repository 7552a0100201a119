using System.Linq.Expressions;
using Education.LearningRecords;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Extensions.DependencyInjection;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.OneRoster.Rest;

/// <summary>
/// Routes of one service. Each is one operation of its OpenAPI document, which says what scopes it takes; every refusal answers with
/// imsx_StatusInfo.
/// </summary>
internal sealed class OneRosterRoutes(IEndpointRouteBuilder routes, OpenApiDocument service)
{
    private readonly RouteGroupBuilder group = routes
        .MapGroup(service.Base)
        .Requires(Permission.ExchangeRosters)
        .AddEndpointFilter(Answer);

    public OpenApiDocument Service => service;

    public OneRosterRoutes Many<TRow, TThing>(
        string path,
        Kind<TRow, TThing> kind,
        string? plural = null,
        Expression<Func<TRow, bool>>? only = null
    )
        where TThing : Thing =>
        Get(
            path,
            (http, read, cancel) =>
                read.Many(http, service, kind, plural ?? kind.Plural, only, cancel)
        );

    /// <param name="only">From the parts of the path; null when a part can be no id, and nothing is found then.</param>
    /// <param name="parents">Checks that what the path begins with is there.</param>
    public OneRosterRoutes Within<TRow, TThing>(
        string path,
        Kind<TRow, TThing> kind,
        Func<LearningRecordsDb, Func<string, string>, Expression<Func<TRow, bool>>?> only,
        Func<ReadOneRoster, Func<string, string>, CancellationToken, Task> parents,
        string? plural = null
    )
        where TThing : Thing =>
        Get(
            path,
            async (http, read, cancel) =>
            {
                string Part(string name) => (string)http.Request.RouteValues[name]!;
                await parents(read, Part, cancel);
                return await read.Many(
                    http,
                    service,
                    kind,
                    plural ?? kind.Plural,
                    only(read.Db, Part) ?? (row => false),
                    cancel
                );
            }
        );

    public OneRosterRoutes One<TRow, TThing>(
        string path,
        Kind<TRow, TThing> kind,
        string? single = null,
        Expression<Func<TRow, bool>>? only = null
    )
        where TThing : Thing =>
        Get(
            path + "/{sourcedId}",
            (http, read, cancel) =>
                read.One(
                    http,
                    service,
                    kind,
                    single ?? kind.Single,
                    (string)http.Request.RouteValues["sourcedId"]!,
                    only,
                    cancel
                )
        );

    public OneRosterRoutes Get(
        string path,
        Func<HttpContext, ReadOneRoster, CancellationToken, Task<IResult>> answer
    )
    {
        group
            .MapGet(
                path,
                (HttpContext http, ReadOneRoster read, CancellationToken cancel) =>
                    answer(http, read, cancel)
            )
            .WithMetadata(service.Of(HttpMethods.Get, path));
        return this;
    }

    public OneRosterRoutes Write(
        string method,
        string path,
        Func<HttpContext, WriteGradebook, CancellationToken, Task<IResult>> answer
    )
    {
        group
            .MapMethods(
                path,
                [method],
                (HttpContext http, WriteGradebook write, CancellationToken cancel) =>
                    answer(http, write, cancel)
            )
            .WithMetadata(service.Of(method, path));
        return this;
    }

    /// <summary>Asks for the scope of the operation, and puts every refusal into OneRoster's words.</summary>
    private static async ValueTask<object?> Answer(
        EndpointFilterInvocationContext context,
        EndpointFilterDelegate next
    )
    {
        var http = context.HttpContext;
        var operation = http.GetEndpoint()!.Metadata.GetRequiredMetadata<Operation>();
        var caller = http.RequestServices.GetRequiredService<ICurrentCaller>().Caller;
        try
        {
            if (!OneRosterScopes.Allow(caller, operation.Scopes))
            {
                throw new AccessDenied(Permission.ExchangeRosters);
            }
            return await next(context);
        }
        catch (OneRosterProblem problem)
        {
            return Refuse(problem);
        }
        catch (AccessDenied)
        {
            await http
                .RequestServices.GetRequiredService<IAudit>()
                .Record(
                    caller,
                    new(
                        AuditAction.Execute,
                        $"OneRoster{http.Request.Path}",
                        [],
                        Allowed: false,
                        operation.Id
                    )
                );
            return Refuse(
                new OneRosterProblem(
                    StatusCodes.Status403Forbidden,
                    "forbidden",
                    $"{operation.Id} takes one of the scopes {string.Join(' ', operation.Scopes)}."
                )
            );
        }
        catch (InvalidInput wrong)
        {
            return Refuse(OneRosterProblem.Unprocessable(wrong.Message));
        }
        catch (NotFound missing)
        {
            return Refuse(
                new OneRosterProblem(
                    StatusCodes.Status404NotFound,
                    "unknownobject",
                    missing.Message
                )
            );
        }
        catch (Conflict conflict)
        {
            return Refuse(OneRosterProblem.Unprocessable(conflict.Message));
        }
    }

    private static IResult Refuse(OneRosterProblem problem) =>
        Results.Json(problem.Body(), statusCode: problem.Status);
}
