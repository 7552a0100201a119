namespace SharedKernel.Contracts;

/// <summary>An expected refusal that the caller can act on. The host turns each kind into its HTTP status.</summary>
public abstract class Refusal(string message) : Exception(message);

/// <summary>What was sent is wrong: 400. Each error names the field (a path such as <c>lines[0].quantity</c>) and what to do.</summary>
public sealed class InvalidInput(IReadOnlyList<FieldError> errors)
    : Refusal(string.Join("; ", errors.Select(error => $"{error.Field}: {error.Message}")))
{
    public InvalidInput(string field, string message)
        : this([new FieldError(field, message)]) { }

    public IReadOnlyList<FieldError> Errors { get; } = errors;
}

public sealed record FieldError(string Field, string Message);

/// <summary>There is no such thing, or the caller may not know that there is: 404.</summary>
public sealed class NotFound(string what) : Refusal($"{what} was not found.");

/// <summary>The state of the record does not allow it, such as changing what was signed: 409.</summary>
public sealed class Conflict(string message) : Refusal(message);

/// <summary>The caller may not do this: 403 (401 when nobody is signed in).</summary>
public sealed class AccessDenied(Permission permission)
    : Refusal($"This needs the permission {permission}, which the caller does not have here.")
{
    public Permission Permission { get; } = permission;
}
