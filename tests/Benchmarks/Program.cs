Console.Error.WriteLine("No benchmark is chosen.");
return 2;
