using Caudal.Host.Verbs;

return await CommandLine.RunAsync(args);
