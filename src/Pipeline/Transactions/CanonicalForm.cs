namespace Caudal.Transactions;

/// <summary>
/// The bytes that a transaction's digest is taken over, versioned and length-prefixed, so that no two transactions share them.
/// Stores call this with what stands in their columns to prove that a row is still what was accepted.
/// </summary>
public static class CanonicalForm
{
    /// <summary>XxHash128 of the canonical form; ignores <see cref="Transaction.Digest"/>, batch date, position and the two times.</summary>
    public static Digest DigestOf(Transaction transaction) => throw new NotImplementedException(transaction.Id.ToString());
}
