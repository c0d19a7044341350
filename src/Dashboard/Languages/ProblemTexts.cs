using System.Data.Common;
using Caudal.Auditing;
using Caudal.Dashboard.Api;
using Caudal.History;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Querying;
using Caudal.Reconciling;

namespace Caudal.Dashboard.Languages;

/// <summary>
/// What the program says of itself, in the reader's language: told by the kind of what went wrong, since its own words are English. Those
/// stand behind where they name what a person has to know, such as the run that is in the way.
/// </summary>
sealed class ProblemTexts(Language language) : Texts(language)
{
    const int OursFrom = 500;

    public string Say(Exception fault)
    {
        var problem = Problems.Of(fault);
        var behind = problem.Status < OursFrom ? $" ({problem.Detail})" : "";
        return Of(SpanishOf(fault) + behind, problem.Detail!);
    }

    public string IngestStands => Of(
        "La ingesta no avanza y lo sigue intentando. Lo que dice el programa:",
        "Ingest is not getting on and keeps trying. The program says:");

    public string LogTakesNone => Of(
        "El log no acepta transacciones; leer sigue funcionando. Lo que dice el programa:",
        "The log takes no transactions; reading goes on. The program says:");

    public string LogCaution => Of("El log necesita atención. Lo que dice el programa:", "The log needs attention. The program says:");

    public string ScheduleWaits => Of(
        "El horario espera a que pase una falla y lo vuelve a intentar solo.",
        "The schedule waits for a fault to pass, and tries again by itself.");

    public string ScheduleFailed => Of(
        "El horario desistió hasta su próxima hora. Lo que dice el programa:",
        "The schedule gave up until its next time. The program says:");

    public string Action(string code) => code switch
    {
        AuditActions.Send => Of("Enviar transacciones", "Send transactions"),
        AuditActions.Export => Of("Exportar", "Export"),
        AuditActions.Reveal => Of("Ver números completos", "See whole numbers"),
        AuditActions.Import => Of("Importar un archivo", "Import a file"),
        AuditActions.Generate => Of("Generar de muestra", "Generate samples"),
        AuditActions.CreateRun => Of("Crear una corrida", "Make a run"),
        AuditActions.TakeRun => Of("Llevar una corrida", "Take a run on"),
        AuditActions.StepRun => Of("Dar un paso", "Take a step"),
        AuditActions.ApproveRun => Of("Aprobar una corrida", "Approve a run"),
        AuditActions.DeclineRun => Of("Rechazar filas de una corrida", "Decline rows of a run"),
        AuditActions.ResendRejection => Of("Reenviar un rechazo", "Re-send a rejection"),
        AuditActions.DiscardRejection => Of("Descartar un rechazo", "Discard a rejection"),
        AuditActions.BeginEpoch => Of("Empezar otra época del log", "Begin an epoch of the log"),
        AuditActions.CreateToken => Of("Crear un token", "Make a token"),
        AuditActions.RevokeToken => Of("Revocar un token", "Revoke a token"),
        _ => Of($"Otra acción: {code}", $"Another action: {code}"),
    };

    public string Port(string name) => name switch
    {
        "log" => Of("Log", "The log"),
        "hot" => Of("Reciente", "Hot"),
        "history" => Of("Historia", "History"),
        _ => Of($"Otro: {name}", $"Another: {name}"),
    };

    static string SpanishOf(Exception fault) => fault switch
    {
        MissingReasonException => "Falta el motivo: escríbalo, queda en la auditoría",
        QueryException => "La consulta no se entiende: corríjala donde se señala",
        AnswerTooLargeException => "La respuesta es demasiado grande: acote el período o la consulta",
        RunConflictException => "Otra corrida está en medio o ya cubrió esto: espere a que termine, o continúela",
        RejectionConflictException => "Este rechazo ya cambió, o no se puede reenviar así",
        LogUnsupportedException => "El log no puede hacer esto tal como está configurado",
        ReconciliationException => "No cuadra: abra Cuadre, que nombra la diferencia",
        LogUnavailableException { OutcomeUnknown: true } => "No se sabe si quedó guardado: mírelo antes de repetir",
        LogUnavailableException => "El log no acepta escrituras ahora: vuelva a intentar cuando Salud lo muestre bien",
        OperationCanceledException => "Caudal se está deteniendo: vuelva a intentar cuando esté de nuevo arriba",
        ApiProblemException { Status: 403 } => "Su rol no permite esto",
        ApiProblemException { Status: 400 } => "Falta algo, o no es como debe ser",
        IOException or DbException or TimeoutException => "Un almacén no responde: vuelva a intentar; el registro de Caudal dice más",
        _ => "Caudal falló en esto; su registro dice más",
    };
}
