using Caudal.Dashboard.Languages;

namespace Caudal.Dashboard.Viewing;

/// <summary>How far back a page looks, in words.</summary>
sealed class ReachTexts(Language language) : Texts(language)
{
    public string Range => Of("Período", "Range");

    public string ReachName(string name) => name switch
    {
        "15m" => "15 min",
        "1h" => "1 h",
        "24h" => "24 h",
        "7d" => Of("7 días", "7 days"),
        "30d" => Of("30 días", "30 days"),
        "all" => Of("Todo", "All"),
        _ => Of("Elegido", "Chosen"),
    };
}
