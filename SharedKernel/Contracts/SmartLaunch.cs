namespace SharedKernel.Contracts;

/// <summary>Answered by whoever keeps the resources that SMART scopes are about.</summary>
public interface IScopeConditions
{
    /// <summary>
    /// Whether the search condition of the scope can be kept to; true when it has none. A scope whose condition is not understood grants
    /// nothing and is left out of the token.
    /// </summary>
    bool Understands(SmartScope scope);
}
