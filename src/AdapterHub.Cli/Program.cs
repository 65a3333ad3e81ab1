using AdapterHub.Cli;

return await CommandLine.RunAsync(args).ConfigureAwait(false);
