using Interop.Host.Commands;

return await CommandLine.Run(args);
