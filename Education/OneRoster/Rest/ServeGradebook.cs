using Education.LearningRecords;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Contracts;
using SharedKernel.Modules;

namespace Education.OneRoster.Rest;

/// <summary>The gradebook service of OneRoster 1.2: what is assessed with which weight, and every mark; marks are written by it too.</summary>
public sealed class ServeGradebook : IFeature
{
    public static void Map(IEndpointRouteBuilder routes)
    {
        var service = new OneRosterRoutes(routes, OpenApiDocument.Gradebook);
        service
            .Many("/categories", Kinds.Category)
            .One("/categories", Kinds.Category)
            .Many("/lineItems", Kinds.LineItems)
            .One("/lineItems", Kinds.LineItems)
            .Many("/results", Kinds.Results)
            .One("/results", Kinds.Results)
            .Many("/scoreScales", Kinds.ScoreScales)
            .One("/scoreScales", Kinds.ScoreScales);
        Nested(service);
        Assessments(service);
        Written(service);
    }

    private static void Nested(OneRosterRoutes service)
    {
        service
            .Within(
                "/classes/{classSourcedId}/categories",
                Kinds.Category,
                (_, _) => row => true,
                Class
            )
            .Within(
                "/classes/{classSourcedId}/lineItems",
                Kinds.LineItems,
                (_, part) =>
                    ClassId(part) is { } id ? row => row.Class == id || row.Homeroom == id : null,
                Class
            )
            .Within(
                "/classes/{classSourcedId}/results",
                Kinds.Results,
                (_, part) =>
                    ClassId(part) is { } id ? row => row.Class == id || row.Homeroom == id : null,
                Class
            )
            .Within(
                "/classes/{classSourcedId}/scoreScales",
                Kinds.ScoreScales,
                (_, part) => ClassId(part) is { } id ? row => row.Class == id : null,
                Class
            )
            .Within(
                "/classes/{classSourcedId}/lineItems/{lineItemSourcedId}/results",
                Kinds.Results,
                (_, part) =>
                    ClassId(part) is { } id
                    && Guid.TryParse(part("lineItemSourcedId"), out var item)
                        ? row => row.LineItem == item && (row.Class == id || row.Homeroom == id)
                        : null,
                async (read, part, cancel) =>
                {
                    await Class(read, part, cancel);
                    await read.DemandParent(Kinds.LineItems, part("lineItemSourcedId"), cancel);
                }
            )
            .Within(
                "/classes/{classSourcedId}/students/{studentSourcedId}/results",
                Kinds.Results,
                (_, part) =>
                    ClassId(part) is { } id
                    && CitizenId.TryParse(part("studentSourcedId"), null, out var student)
                        ? row => row.Student == student && (row.Class == id || row.Homeroom == id)
                        : null,
                async (read, part, cancel) =>
                {
                    await Class(read, part, cancel);
                    await read.DemandParent(Kinds.Users, part("studentSourcedId"), cancel);
                }
            )
            .Within(
                "/schools/{schoolSourcedId}/scoreScales",
                Kinds.ScoreScales,
                (_, part) =>
                {
                    var school = part("schoolSourcedId");
                    return row => row.School == school;
                },
                (read, part, cancel) =>
                    read.DemandParent(Kinds.Orgs, part("schoolSourcedId"), cancel)
            );
    }

    /// <summary>Assessments in parts are not kept here: the lists are empty, and nothing can be added.</summary>
    private static void Assessments(OneRosterRoutes service)
    {
        foreach (
            var (plural, single, schema) in new[]
            {
                ("assessmentLineItems", "assessmentLineItem", "AssessmentLineItemDType"),
                ("assessmentResults", "assessmentResult", "AssessmentResultDType"),
            }
        )
        {
            var none = Kinds.None(plural, single, schema);
            service.Many($"/{plural}", none).One($"/{plural}", none);
            service.Write(HttpMethods.Put, $"/{plural}/{{sourcedId}}", Fixed);
            service.Write(HttpMethods.Delete, $"/{plural}/{{sourcedId}}", NotThere(single));
        }
    }

    private static void Written(OneRosterRoutes service)
    {
        // The circular fixes categories and what a comment can be.
        foreach (var plural in new[] { "categories", "scoreScales" })
        {
            service.Write(HttpMethods.Put, $"/{plural}/{{sourcedId}}", Fixed);
            service.Write(HttpMethods.Delete, $"/{plural}/{{sourcedId}}", NotDeleted);
        }
        service
            .Write(
                HttpMethods.Put,
                "/lineItems/{sourcedId}",
                (http, write, cancel) => write.PutLineItem(http, Part(http, "sourcedId"), cancel)
            )
            .Write(
                HttpMethods.Delete,
                "/lineItems/{sourcedId}",
                (http, write, cancel) => write.DeleteLineItem(http, Part(http, "sourcedId"), cancel)
            )
            .Write(
                HttpMethods.Post,
                "/classes/{classSourcedId}/lineItems",
                (http, write, cancel) =>
                    write.PostLineItems(http, Part(http, "classSourcedId"), null, cancel)
            )
            .Write(
                HttpMethods.Post,
                "/schools/{schoolSourcedId}/lineItems",
                (http, write, cancel) =>
                    write.PostLineItems(http, null, Part(http, "schoolSourcedId"), cancel)
            )
            .Write(
                HttpMethods.Put,
                "/results/{sourcedId}",
                (http, write, cancel) => write.PutResult(http, Part(http, "sourcedId"), cancel)
            )
            .Write(
                HttpMethods.Delete,
                "/results/{sourcedId}",
                (http, write, cancel) => write.DeleteResult(http, Part(http, "sourcedId"), cancel)
            )
            .Write(
                HttpMethods.Post,
                "/lineItems/{lineItemSourcedId}/results",
                (http, write, cancel) =>
                    write.PostResults(http, Part(http, "lineItemSourcedId"), null, null, cancel)
            )
            .Write(
                HttpMethods.Post,
                "/classes/{classSourcedId}/academicSessions/{academicSessionSourcedId}/results",
                (http, write, cancel) =>
                    write.PostResults(
                        http,
                        null,
                        Part(http, "classSourcedId"),
                        Part(http, "academicSessionSourcedId"),
                        cancel
                    )
            );
    }

    private static Task<IResult> Fixed(
        HttpContext http,
        WriteGradebook write,
        CancellationToken cancel
    ) =>
        throw OneRosterProblem.Unprocessable(
            "These are fixed by the ministry's circular and cannot be written."
        );

    private static Task<IResult> NotDeleted(
        HttpContext http,
        WriteGradebook write,
        CancellationToken cancel
    ) =>
        throw new OneRosterProblem(
            StatusCodes.Status422UnprocessableEntity,
            "deletefailure",
            "These are fixed by the ministry's circular and cannot be deleted."
        );

    private static Func<HttpContext, WriteGradebook, CancellationToken, Task<IResult>> NotThere(
        string single
    ) => (http, _, _) => throw OneRosterProblem.Unknown(single, Part(http, "sourcedId"));

    private static string Part(HttpContext http, string name) =>
        (string)http.Request.RouteValues[name]!;

    private static Guid? ClassId(Func<string, string> part) =>
        Guid.TryParse(part("classSourcedId"), out var id) ? id : null;

    private static Task Class(
        ReadOneRoster read,
        Func<string, string> part,
        CancellationToken cancel
    ) => read.DemandParent(Kinds.Classes, part("classSourcedId"), cancel);
}
