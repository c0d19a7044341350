using System.Reflection;
using Caudal.Dashboard.Languages;

namespace Caudal.Tests.Languages;

/// <summary>Walks every text of the pages, in both languages.</summary>
public sealed class TextsTests
{
    /// <summary>What is the same word in both.</summary>
    static readonly string[] SameInBoth = ["Token"];

    static IEnumerable<Type> Kinds => typeof(Texts).Assembly.GetTypes().Where(type => type.IsSubclassOf(typeof(Texts)));

    [Fact]
    public void Every_text_is_there_in_both_languages_and_is_not_the_same_by_mistake()
    {
        var faults = new List<string>();
        foreach (var kind in Kinds)
            foreach (var (name, say) in TextsOf(kind))
            {
                var (spanish, english) = (say(In(kind, Language.Spanish)), say(In(kind, Language.English)));
                if (string.IsNullOrWhiteSpace(spanish) || string.IsNullOrWhiteSpace(english))
                    faults.Add($"{kind.Name}.{name} is blank");
                else if (spanish == english && !SameInBoth.Contains(spanish))
                    faults.Add($"{kind.Name}.{name} says '{spanish}' in both languages");
            }
        faults.ShouldBeEmpty();
        Kinds.Count().ShouldBeGreaterThan(1);
    }

    static IEnumerable<(string Name, Func<object, string?> Say)> TextsOf(Type kind)
    {
        const BindingFlags Own = BindingFlags.Instance | BindingFlags.Public | BindingFlags.DeclaredOnly;
        foreach (var property in kind.GetProperties(Own).Where(each => each.PropertyType == typeof(string)))
            yield return (property.Name, texts => (string?)property.GetValue(texts));
        foreach (var method in kind.GetMethods(Own).Where(each => each.ReturnType == typeof(string) && !each.IsSpecialName))
            yield return (method.Name, texts => (string?)method.Invoke(texts, [.. method.GetParameters().Select(Some)]));
    }

    static object In(Type kind, Language language) => Activator.CreateInstance(kind, language)!;

    static object? Some(ParameterInfo parameter) =>
        parameter.ParameterType == typeof(string) ? "x" : Activator.CreateInstance(parameter.ParameterType);
}
