using System.Runtime.InteropServices;
using System.Globalization;

namespace Caudal.Bench;

static class Machine
{
    public static async Task DescribeAsync()
    {
        var cpu = (await File.ReadAllLinesAsync("/proc/cpuinfo"))
            .FirstOrDefault(line => line.StartsWith("model name", StringComparison.Ordinal))?.Split(':')[1].Trim();
        var load = (await File.ReadAllTextAsync("/proc/loadavg")).Split(' ')[0];
        Console.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{Environment.ProcessorCount} cores ({cpu}), {GC.GetGCMemoryInfo().TotalAvailableMemoryBytes >> 30} GiB, "
            + $"{RuntimeInformation.OSDescription}, {RuntimeInformation.FrameworkDescription}; load before: {load}"));
    }
}
