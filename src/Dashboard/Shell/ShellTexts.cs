using Caudal.Dashboard.Languages;

namespace Caudal.Dashboard.Shell;

/// <summary>What stands around every page.</summary>
sealed class ShellTexts(Language language) : Texts(language)
{
    public string Pages => Of("Páginas", "Pages");

    public string Overview => Of("Panorama", "Overview");

    public string Discover => Of("Explorar", "Discover");

    public string Transaction => Of("Transacción", "Transaction");

    public string Reconciliation => Of("Cuadre", "Reconciliation");

    public string Batch => Of("Lote", "Batch");

    public string Rejections => Of("Rechazos", "Rejections");

    public string Health => Of("Salud", "Health");

    public string SkipToContent => Of("Ir al contenido", "Go to the content");

    public string Theme => Of("Cambiar entre claro y oscuro", "Change between light and dark");

    public string Leave => Of("Salir", "Leave");

    public string NotYours => Of(
        "Su sesión no da acceso a esta página: su rol es otro, o terminó. Vuelva a entrar con otro token.",
        "Your session does not open this page: its role is another, or it has ended. Come in again with another token.");

    public string NothingHere => Of("Aquí no hay nada", "There is nothing here");

    public string ToOverview => Of("Volver al panorama", "Back to the overview");

    public string Reconnecting => Of(
        "Sin conexión con Caudal. Reconectando… Lo que ve es lo último recibido.",
        "No connection to Caudal. Reconnecting… What you see is what came last.");

    public string ConnectionGone => Of("Caudal no responde o se reinició.", "Caudal does not answer, or was restarted.");

    public string Reload => Of("Volver a cargar", "Load again");

    public string PageFailed => Of("Esta página falló; el registro de Caudal dice más.", "This page failed; Caudal's log says more.");

    public string Reconciled => Of("Cuadrado", "Reconciled");

    public string NotReconciled => Of("No cuadra", "Not reconciled");

    public string NotKnown => Of("Sin dato", "Not known");

    public string AllAccounted(string messages) => Of($"{messages} mensajes, todos ubicados", $"{messages} messages, all accounted for");

    public string Differences(long count) => Of(
        $"{count} {Many(count, "diferencia", "diferencias")}", $"{count} {Many(count, "difference", "differences")}");

    public string StandsStill(string moment) => Of($"El último dato es de las {moment}", $"The last word is of {moment}");
}
