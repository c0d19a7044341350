using Caudal.Transactions;

namespace Caudal.Dashboard.Health;

/// <summary>What the process and its files take, at one moment, in bytes.</summary>
/// <param name="Resident">Of the process, its stores' memory included.</param>
/// <param name="Managed">Of that, our own objects.</param>
/// <param name="Busy">Time of processor since the start.</param>
public sealed record Room(Instant At, long Resident, long Managed, TimeSpan Busy, long DataBytes, long DiskFree, long DiskTotal)
{
    public static Room Measure(string folder, TimeProvider time)
    {
        var disk = new DriveInfo(folder);
        var data = new DirectoryInfo(folder).EnumerateFiles("*", SearchOption.AllDirectories).Sum(LengthOf);
        return new(
            Instant.Now(time), Environment.WorkingSet, GC.GetTotalMemory(false), Environment.CpuUsage.TotalTime, data,
            disk.AvailableFreeSpace, disk.TotalSize);
    }

    /// <summary>When the disk is full if it goes on as since an earlier moment; null where nothing grows, or too little was seen.</summary>
    public TimeSpan? FullIn(Room before)
    {
        var (grown, passed) = (DataBytes - before.DataBytes, At - before.At);
        if (grown <= 0 || passed < TimeSpan.FromSeconds(30))
            return null;
        var seconds = (Int128)DiskFree * passed.Ticks / TimeSpan.TicksPerSecond / grown;
        return seconds > 3650L * 86_400 ? null : TimeSpan.FromSeconds((long)seconds);
    }

    /// <summary>Files come and go under the eyes of who counts them.</summary>
    static long LengthOf(FileInfo file)
    {
        try
        {
            return file.Length;
        }
        catch (IOException)
        {
            return 0;
        }
    }
}
