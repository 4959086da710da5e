using Saltus.Benchmarks;

int threads = args.Length > 0 ? int.Parse(args[0], System.Globalization.CultureInfo.InvariantCulture) : Environment.ProcessorCount;
EngineBenchmark.Run(Console.Out, threads);
return 0;
