using Saltus.Benchmarks;

// benchmarks tokenizer TOKENIZER.json CORPUS.jsonl.gz: text to ids; anything else: the kernels
if (args is ["tokenizer", string tokenizer, string corpus])
{
    TokenizerBenchmark.Run(Console.Out, tokenizer, corpus);
    return 0;
}

return KernelBenchmarks.Run(args, Console.Error);
