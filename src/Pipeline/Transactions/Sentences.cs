namespace Caudal.Transactions;

/// <summary>What is told to people of what others wrote.</summary>
public static class Sentences
{
    /// <summary>The first line alone: the rest of an engine's or a library's message is for those who wrote it.</summary>
    public static string FirstLine(string text) => text.AsSpan().IndexOfAny('\r', '\n') is >= 0 and var end ? text[..end] : text;
}
