return Saltus.Benchmarks.KernelBenchmarks.Run(args, Console.Error);
