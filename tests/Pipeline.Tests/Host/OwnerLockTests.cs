using System.Text;
using Caudal.Host.Composition;

namespace Caudal.Tests;

public sealed class OwnerLockTests : IDisposable
{
    readonly TemporaryFolder _folder = new();

    DataFolder Data => new(_folder.Path);

    [Fact]
    public void One_has_the_lock_and_others_can_read_who()
    {
        using var taken = OwnerLock.TryTake(Data, "batch run");

        taken.ShouldNotBeNull();
        OwnerLock.TryTake(Data, "status").ShouldBeNull();
        OwnerLock.ReadOwner(Data).ShouldBe(new Owner(Environment.ProcessId, "batch run"));
    }

    [Fact]
    public void It_is_free_when_it_is_let_go()
    {
        OwnerLock.TryTake(Data, "up")!.Dispose();

        using var next = OwnerLock.TryTake(Data, "status");
        next.ShouldNotBeNull();
        OwnerLock.ReadOwner(Data)!.Verb.ShouldBe("status");
    }

    [Theory]
    [InlineData("up", true)]
    [InlineData("ingest", true)]
    [InlineData("batch run", false)]
    public void Roles_serve_and_verbs_do_not(string verb, bool serves) => new Owner(1, verb).Serves.ShouldBe(serves);

    [Theory]
    [InlineData("")]
    [InlineData("123 up")]
    [InlineData("up\n")]
    public void A_file_that_is_being_written_names_nobody(string content)
    {
        File.WriteAllText(Data.OwnerLock, content);
        OwnerLock.ReadOwner(Data).ShouldBeNull();
    }

    [Fact]
    public void The_socket_lies_in_the_folder_while_its_path_is_short_and_in_a_private_one_else()
    {
        Data.Socket.ShouldBe(Path.Combine(_folder.Path, "caudal.sock"));

        var far = new DataFolder(Path.Combine(_folder.Path, new string('x', 100)));
        DataFolder.CreateSocketFolder(far.Socket);

        Encoding.UTF8.GetByteCount(far.Socket).ShouldBeLessThanOrEqualTo(100);
        File.GetUnixFileMode(Path.GetDirectoryName(far.Socket)!)
            .ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
    }

    public void Dispose() => _folder.Dispose();
}
