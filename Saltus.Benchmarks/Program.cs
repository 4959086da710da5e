using Saltus.Benchmarks;

int threads = Environment.ProcessorCount;
switch (args)
{
    case ["forward", string folder]:
        ModelBenchmarks.Forward(folder, threads, Console.Out);
        return 0;
    case ["larger-than-memory", string folder]:
        ModelBenchmarks.LargerThanMemory(folder, threads, Console.Out);
        return 0;
    case ["mapped-sae", string folder]:
        MappedSaeBenchmark.Run(folder, threads, Console.Out);
        return 0;
    default:
        return KernelBenchmarks.Run(args, Console.Error);
}
