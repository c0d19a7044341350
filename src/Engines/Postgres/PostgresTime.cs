using Caudal.Transactions;
using Npgsql;
using NpgsqlTypes;

namespace Caudal.Engines.Postgres;

/// <summary>Moments as PostgreSQL counts them: microseconds from 2000. Never by way of a type that holds fewer of them.</summary>
static class PostgresTime
{
    public const long Microseconds1970To2000 = 946_684_800_000_000;

    public static NpgsqlParameter Parameter(Instant moment) =>
        new NpgsqlParameter<long>
        {
            TypedValue = moment.Microseconds - Microseconds1970To2000, NpgsqlDbType = NpgsqlDbType.Timestamp,
        };

    public static Instant Read(NpgsqlDataReader reader, int column) =>
        reader.IsDBNull(column) ? default : new(reader.GetFieldValue<long>(column) + Microseconds1970To2000);
}
