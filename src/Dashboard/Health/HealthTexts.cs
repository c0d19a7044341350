using Caudal.Auditing;
using Caudal.Dashboard.Languages;

namespace Caudal.Dashboard.Health;

/// <summary>What the page on health says.</summary>
sealed class HealthTexts(Language language) : Texts(language)
{
    public string Title => Of("Salud", "Health");

    public string AsOf(string moment, string zone) => Of($"al {moment}, {zone}", $"as of {moment}, {zone}");

    public string Log => Of("El log", "The log");

    public string Holds(string messages) => Of($"{messages} mensajes", $"{messages} messages");

    public string TakesWrites => Of("recibe", "takes writes");

    public string TakesNone => Of("no recibe", "takes no writes");

    public string Ingest => Of("Ingesta", "Ingest");

    public string Runs => Of("en marcha", "running");

    public string RunsElsewhere => Of("en otros procesos", "in other processes");

    public string Stands => Of("detenida", "stands still");

    public string Lag(string messages, string rate) => Of($"{messages} en cola, {rate} por s", $"{messages} queued, {rate} per s");

    public string Batch => Of("Lote", "Batch");

    public string Idle => Of("en reposo", "idle");

    public string AtWork(long run) => Of($"corrida {run} en marcha", $"run {run} at work");

    public string Schedule => Of("Horario", "Schedule");

    public string Next(string moment) => Of($"próxima: {moment}", $"next: {moment}");

    public string Off => Of("apagado", "off");

    public string Attends => Of("atendiendo", "attending");

    public string Memory => Of("Memoria", "Memory");

    public string MemoryOf(string managed) => Of($"{managed} de objetos propios", $"{managed} of our own objects");

    public string Disk => Of("Disco libre", "Disk free");

    public string DiskOf(string total, string data) => Of($"de {total}; los datos ocupan {data}", $"of {total}; the data take {data}");

    public string FullIn(string span) => Of($"al ritmo de ahora se llena en {span}", $"at today's pace it is full in {span}");

    public string Processor => Of("Procesador", "Processor");

    public string ProcessorOf(string cores) => Of(
        $"de un núcleo, desde la última mirada; hay {cores}",
        $"of one core, since the last look; there are {cores}");

    public string Engines => Of("Motores", "Engines");

    public string Port => Of("Puerto", "Port");

    public string Engine => Of("Motor", "Engine");

    public string Version => Of("Versión", "Version");

    public string Program => Of("Programa", "Program");

    public string Events => Of("Avisos y errores", "Warnings and errors");

    public string NoEvents => Of("Nada: ni un aviso con estas condiciones.", "Nothing: not one warning under these conditions.");

    public string Audit => Of("Auditoría", "Audit");

    public string AuditUnit => Of("quién hizo qué, lo más reciente primero", "who did what, newest first");

    public string NoAudit => Of("Nada con estas condiciones.", "Nothing under these conditions.");

    public string Search => Of("Buscar en los textos", "Search the texts");

    public string Level => Of("Gravedad", "Severity");

    public string Of(EventLevel level) => level switch
    {
        EventLevel.Warning => Of("Aviso", "Warning"),
        EventLevel.Error => Of("Falla", "Error"),
        _ => Of("Alarma", "Alarm"),
    };

    public string AtLeast(EventLevel level) => level switch
    {
        EventLevel.Warning => Of("Todo", "All"),
        EventLevel.Error => Of("Fallas", "Errors"),
        _ => Of("Alarmas", "Alarms"),
    };

    public string When => Of("Cuándo", "When");

    public string What => Of("Qué", "What");

    public string Part => Of("Parte", "Part");

    public string Who => Of("Quién", "Who");

    public string Object => Of("Sobre", "On");

    public string Outcome => Of("Resultado", "Outcome");

    public string Latest(string count) => Of($"hasta {count}, lo más reciente primero", $"up to {count}, newest first");

    public string Stale(string why) => Of($"Lo que ve es lo último que se pudo leer: {why}", $"You see what could be read last: {why}");
}
