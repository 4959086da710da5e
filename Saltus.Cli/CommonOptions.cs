using System.CommandLine;
using Saltus.Training;

namespace Saltus.Cli;

/// <summary>Options that read the same wherever they stand.</summary>
internal static class CommonOptions
{
    /// <summary>Results for machines.</summary>
    public static Option<bool> Json { get; } = new("--json") { Description = "Print the result as one JSON document.", Recursive = true };

    /// <summary>Threads to work with.</summary>
    public static Option<int?> Threads { get; } = OptionKinds.Whole(
        "--threads", "N", "Threads to work with; default: one for each core. No result depends on it.", 1);

    /// <summary>Seed of everything random.</summary>
    public static Option<long?> Seed { get; } = OptionKinds.Seed("--seed", "N", "Seed of everything random; default 0.");

    /// <summary>A language model that is needed.</summary>
    public static Option<string> RequiredModel { get; } = OptionKinds.Text(
        "--model", "DIR", "Language model: a folder with config.json, safetensors and tokenizer.json, a .gguf file, or the name of a repository that was pulled.", isRequired: true);

    /// <summary>An SAE that is needed.</summary>
    public static Option<string> RequiredSae { get; } = OptionKinds.Text("--sae", "DIR", "Sparse autoencoder: a folder or file of any format that is read, a run folder, or the name of a published SAE that was pulled.", isRequired: true);

    /// <summary>Tokens of a window.</summary>
    public static Option<int?> Context { get; } = OptionKinds.Whole(
        "--context", "N", "Tokens of a window, its BOS included; default 1,024, or what the model allows (256 for the sample model).", 2);

    /// <summary>When checkpoints are written, by time.</summary>
    public static Option<double?> CheckpointMinutes { get; } = OptionKinds.Real(
        "--checkpoint-minutes", "N", "Write a checkpoint every so many minutes; default 10. No result depends on it.");

    /// <summary>A reference that another program wrote.</summary>
    public static Option<string> Reference(string valueName) =>
        OptionKinds.Text("--reference", valueName, "What another program computed; a meta.json beside it is used.", isRequired: true);

    /// <summary>Gets when checkpoints are written.</summary>
    public static CheckpointPolicy CheckpointsOf(ParseResult values) => values.GetValue(CheckpointMinutes) is double minutes
        ? new CheckpointPolicy { Every = TimeSpan.FromMinutes(Math.Min(minutes, TimeSpan.MaxValue.TotalMinutes / 2)) }
        : new CheckpointPolicy();

    /// <summary>Gets the number of threads to work with.</summary>
    public static int ThreadsOf(ParseResult values) => values.GetValue(Threads) ?? Environment.ProcessorCount;
}
