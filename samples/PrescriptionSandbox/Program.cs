using PrescriptionSandbox;

await using var sandbox = new Sandbox();
await sandbox.Start(args.FirstOrDefault() ?? "http://127.0.0.1:5090");
Console.WriteLine($"The sandbox of the national prescription system listens on {sandbox.Address}");
await sandbox.Stopped;
