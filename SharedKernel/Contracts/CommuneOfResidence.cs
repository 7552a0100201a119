namespace SharedKernel.Contracts;

/// <summary>A commune as it was typed at a counter, read into what <see cref="CitizenDetails"/> carries.</summary>
/// <param name="Code">Five digits.</param>
/// <param name="AsOf">The day on which the code meant this; null for today.</param>
/// <param name="Note">What an old name is now, in the reader's language; null when a present one was typed.</param>
public sealed record CommuneOfResidence(string Code, DateOnly? AsOf = null, string? Note = null);
