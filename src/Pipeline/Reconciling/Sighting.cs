using Caudal.Hot;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Reconciling;

/// <summary>What a store holds at one position.</summary>
/// <param name="Row">The row, or null where it is a duplicate.</param>
/// <param name="IsAltered">True where the columns no longer give the digest that stands beside them.</param>
readonly record struct Sighting(Position Position, TransactionId Id, Money Amount, Digest Digest, Transaction? Row, bool IsAltered);

/// <summary>A batch of a store whose rows were hashed again.</summary>
sealed record HashedBatch(IndexedBatch Batch, bool[] Altered)
{
    public static HashedBatch Of(IndexedBatch batch)
    {
        var altered = new bool[batch.Rows.Count];
        for (var index = 0; index < altered.Length; index++)
            altered[index] = CanonicalForm.DigestOf(batch.Rows[index]) != batch.Rows[index].Digest;
        return new(batch, altered);
    }
}

/// <summary>A batch of the log whose messages were judged again.</summary>
sealed record JudgedBatch(LogBatch Batch, Judgement[] Judgements)
{
    public static JudgedBatch Of(LogBatch batch, TransactionDecoder decoder, string topic)
    {
        var judgements = new Judgement[batch.Records.Count];
        for (var index = 0; index < judgements.Length; index++)
            judgements[index] = decoder.Decode(batch.Records[index].Message.Value, MessageOrigin.Of(topic, batch.Records[index]));
        return new(batch, judgements);
    }
}
