namespace Caudal.Tests;

/// <summary>What this executable does instead of testing when a test starts it as a child. One line a program.</summary>
static class ChildProgram
{
    public const string Verb = "child";

    static readonly Dictionary<string, Func<string[], Task<int>>> Programs = new()
    {
        ["echo"] = EchoAsync,
        [LogChild.Name] = LogChild.RunAsync,
        ["hot"] = HotProgram.RunAsync,
        [IngestMemoryTests.ProgramName] = IngestMemoryTests.RunAsync,
        [HotFullDiskTests.ProgramName] = HotFullDiskTests.RunAsync,
    };

    public static Task<int> RunAsync(string name, string[] arguments) => Programs[name](arguments);

    static async Task<int> EchoAsync(string[] arguments)
    {
        foreach (var argument in arguments)
            await Console.Out.WriteLineAsync(argument);
        while (await Console.In.ReadLineAsync() is { } line)
            await Console.Out.WriteLineAsync(line);
        return 0;
    }
}
