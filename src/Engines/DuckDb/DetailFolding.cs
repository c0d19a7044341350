using Caudal.Querying;
using DuckDB.NET.Data;
using DuckDB.NET.Data.DataChunk.Reader;
using DuckDB.NET.Data.DataChunk.Writer;

namespace Caudal.Engines.DuckDb;

/// <summary>Takes a table that has no folded details forward: the same rows in the same order, each with its own.</summary>
static class DetailFolding
{
    const string Function = "fold_detail";

    /// <summary>Within the transaction that is open on the connection.</summary>
    /// <param name="columns">For CREATE TABLE.</param>
    /// <param name="ownNames">What the table has after the standard columns, each with a comma before it.</param>
    public static void Rebuild(DuckDBConnection connection, string table, string columns, string ownNames = "")
    {
        connection.RegisterScalarFunction<string, string>(Function, Fold);
        connection.Execute(
            $"""
            ALTER TABLE {table} RENAME TO {table}_before;
            CREATE TABLE {table} ({columns});
            INSERT INTO {table} SELECT {TransactionColumns.Names}, {Function}(detalle){ownNames} FROM {table}_before;
            DROP TABLE {table}_before;
            """);
    }

    static void Fold(IReadOnlyList<IDuckDBDataReader> details, IDuckDBDataWriter folded, ulong rows)
    {
        for (var row = 0UL; row < rows; row++)
            folded.WriteValue(FoldedText.Fold(details[0].GetValue<string>(row)), row);
    }
}
