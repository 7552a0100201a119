using Education.LearningRecords;
using Microsoft.AspNetCore.Routing;
using SharedKernel.Modules;

namespace Education.OneRoster.Rest;

/// <summary>The resources service of OneRoster 1.2. Learning materials are not kept here yet: every list is empty.</summary>
public sealed class ServeResources : IFeature
{
    private static readonly Kind<Nothing, Nothing> None = Kinds.None(
        "resources",
        "resource",
        "ResourceDType"
    );

    public static void Map(IEndpointRouteBuilder routes) =>
        new OneRosterRoutes(routes, OpenApiDocument.Resources)
            .Many("/resources", None)
            .One("/resources", None)
            .Within(
                "/classes/{classSourcedId}/resources",
                None,
                (_, _) => row => true,
                (read, part, cancel) =>
                    read.DemandParent(Kinds.Classes, part("classSourcedId"), cancel)
            )
            .Within(
                "/courses/{courseSourcedId}/resources",
                None,
                (_, _) => row => true,
                (read, part, cancel) =>
                    read.DemandParent(Kinds.Courses, part("courseSourcedId"), cancel)
            )
            .Within(
                "/users/{userSourcedId}/resources",
                None,
                (_, _) => row => true,
                (read, part, cancel) =>
                    read.DemandParent(Kinds.Users, part("userSourcedId"), cancel)
            );
}
