namespace Education.University.Rules;

/// <summary>Why a result is what it is.</summary>
/// <param name="Article">Rule set and article: <c>Thông tư 08/2021/TT-BGDĐT, Điều 10</c>.</param>
/// <param name="Text">Which marks or credits, in the reader's language.</param>
public sealed record Reason(string Article, string Text);
