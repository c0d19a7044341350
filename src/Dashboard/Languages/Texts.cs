namespace Caudal.Dashboard.Languages;

/// <summary>
/// What one part of the pages says: each text a property or a method that gives it in Spanish and in English side by side, so that neither
/// language can lack one.
/// </summary>
public abstract class Texts(Language language)
{
    protected Language Language { get; } = language;

    protected string Of(string spanish, string english) => Language == Language.Spanish ? spanish : english;

    /// <summary>The word that goes with a number of things.</summary>
    protected static string Many(long count, string one, string many) => count == 1 ? one : many;
}
