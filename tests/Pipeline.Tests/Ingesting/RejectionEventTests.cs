using System.Text;
using Caudal.Ingesting;
using Caudal.Log;
using Caudal.Transactions;

namespace Caudal.Tests;

public sealed class RejectionEventTests
{
    static readonly Fault Fault = new(FaultCode.AmountNegative, Wire.Amount, "valor is negative.");

    [Fact]
    public void An_event_reads_back_as_it_was_written()
    {
        var rejected = RejectionEvent.Rejected(Some.Topic, Some.Record(7), Fault, Some.Start);

        var read = Read(rejected);

        read.Kind.ShouldBe(RejectionEventKind.Rejected);
        read.Origin.ShouldBe(Some.Position(7));
        read.At.ShouldBe(Some.Start);
        read.Fault.ShouldBe(Fault);
        read.Bytes.ToArray().ShouldBe(Some.Message(7));
        read.Length.ShouldBe(Some.Message(7).Length);
        read.Sha256.ShouldBe(RejectionEvent.Sha256Of(Some.Message(7)));
        read.AssignedId.ShouldBe(DerivedId.OfPosition(Some.Topic, Some.Position(7)));
    }

    [Fact]
    public void What_a_person_did_reads_back_with_name_and_reason()
    {
        var read = Read(new(RejectionEventKind.Discarded, Some.Position(3), Some.Start) { Actor = "ana", Why = "prueba, no es un pago" });

        read.ShouldSatisfyAllConditions(
            () => read.Kind.ShouldBe(RejectionEventKind.Discarded),
            () => read.Actor.ShouldBe("ana"),
            () => read.Why.ShouldBe("prueba, no es un pago"),
            () => read.Fault.ShouldBeNull());
    }

    [Fact]
    public void The_id_that_came_as_a_header_stays_the_message_s_identity()
    {
        var record = Some.Record(7) with { Message = Some.LogMessage(7) with { Headers = MessageOrigin.HeadersOf(Some.Id(99)) } };

        Read(RejectionEvent.Rejected(Some.Topic, record, Fault, Some.Start)).AssignedId.ShouldBe(Some.Id(99));
    }

    [Theory]
    [InlineData(0, 0)]
    [InlineData(Wire.MessageBytesMax, Wire.MessageBytesMax)]
    [InlineData(Wire.MessageBytesMax + 1, Wire.MessageBytesMax)]
    [InlineData(10_000_000, Wire.MessageBytesMax)]
    public void Of_a_large_message_the_first_64_KiB_are_kept_with_the_length_and_hash_of_all(int length, int kept)
    {
        var bytes = Encoding.UTF8.GetBytes(new string('x', length));
        var record = Some.Record(0) with { Message = new(bytes) };

        var read = Read(RejectionEvent.Rejected(Some.Topic, record, new(FaultCode.TooLarge, null, "Too large."), Some.Start));

        read.Bytes.Length.ShouldBe(kept);
        read.Length.ShouldBe(length);
        read.Sha256.ShouldBe(RejectionEvent.Sha256Of(bytes));
        read.Fault!.Field.ShouldBeNull();
    }

    [Fact]
    public void Headers_carry_the_names_of_Kafka_Connect()
    {
        var message = RejectionEvent.Rejected(Some.Topic, Some.Record(7), Fault, Some.Start).ToMessage(Some.Topic);

        Encoding.UTF8.GetString(message.Key.Span).ShouldBe(Some.Position(7).ToString());
        message.Headers.Select(header => $"{header.Key}: {Encoding.UTF8.GetString(header.Value.Span)}").ShouldBe(
        [
            "caudal.version: 1",
            "caudal.event: rejected",
            "caudal.at: 2025-09-13T05:12:15.093369Z",
            "__connect.errors.topic: financial_transactions",
            "caudal.epoch: 6e0d5f0a-4f5c-4d57-9a8e-1f2b3c4d5e6f",
            "__connect.errors.partition: 0",
            "__connect.errors.offset: 7",
            "caudal.code: amount_negative",
            "caudal.field: valor",
            "__connect.errors.exception.message: valor is negative.",
            $"caudal.length: {Some.Message(7).Length}",
            $"caudal.sha256: {RejectionEvent.Sha256Of(Some.Message(7))}",
            $"caudal.assigned_id: {DerivedId.OfPosition(Some.Topic, Some.Position(7))}",
        ]);
    }

    [Fact]
    public void A_newer_version_is_refused()
    {
        var message = RejectionEvent.Rejected(Some.Topic, Some.Record(7), Fault, Some.Start).ToMessage(Some.Topic);
        var newer = message with { Headers = [new("caudal.version", "2"u8.ToArray()), .. message.Headers.Skip(1)] };

        Should.Throw<InvalidDataException>(() => RejectionEvent.Read(Some.Record(0) with { Message = newer }))
            .Message.ShouldContain("version 2");
    }

    static RejectionEvent Read(RejectionEvent written) =>
        RejectionEvent.Read(new(new(Some.Partition, 0), Some.Start, written.ToMessage(Some.Topic)));
}
