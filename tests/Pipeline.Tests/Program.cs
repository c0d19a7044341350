using Caudal;
using Caudal.Tests;
using Xunit.MicrosoftTestingPlatform;

// What takes minutes runs only where its trait is asked for, as bench/long-run does.
const string Minutes = "Takes=minutes";
var asked = args.Contains(Minutes) ? args : (string[])[.. args, "--filter-not-trait", Minutes];

// Tests that need a real process start this executable again as a child; everything else is the test platform's.
return args is [ChildProgram.Verb, var program, .. var rest]
    ? await ChildProgram.RunAsync(program, rest)
    : args.Any(argument => argument is "-automated" or "@@")
        ? await Xunit.Runner.InProc.SystemConsole.ConsoleRunner.Run(args)
        : await TestPlatformTestFramework.RunAsync(asked, SelfRegisteredExtensions.AddSelfRegisteredExtensions);
