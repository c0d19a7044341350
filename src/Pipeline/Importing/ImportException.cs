namespace Caudal.Importing;

/// <summary>A file cannot be imported. The message names the file, says why and what to do, and is fit to be shown as it is.</summary>
public sealed class ImportException(string message, Exception? inner = null) : IOException(message, inner);
