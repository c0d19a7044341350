namespace Caudal.Engines.Elasticsearch;

/// <summary>
/// The cluster did not do what it was asked; the message says why and what to do, and never holds a value of a document.
/// </summary>
public sealed class ElasticsearchException(string message, Exception? inner = null) : IOException(message, inner);
