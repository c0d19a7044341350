using Caudal.Dashboard.Languages;

namespace Caudal.Dashboard.Shell;

/// <summary>What stands on the page that asks who comes in.</summary>
sealed class EnterTexts(Language language) : Texts(language)
{
    public string Invitation => Of(
        "Para entrar, abra el enlace que «caudal up» mostró al iniciar, o pegue aquí un token.",
        "To come in, open the link that “caudal up” printed when it started, or paste a token here.");

    public string Refused => Of(
        "Eso no abre nada: un enlace sirve una sola vez y por una hora, y un token puede haber vencido o estar revocado.",
        "That opens nothing: a link works once and for an hour, and a token may have expired or been revoked.");

    public string Secret => Of("Token", "Token");

    public string Enter => Of("Entrar", "Come in");

    public string How => Of("Un token se crea en la terminal:", "A token is made in the terminal:");
}
