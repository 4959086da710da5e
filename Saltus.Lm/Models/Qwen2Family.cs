namespace Saltus.Lm.Models;

/// <summary>Qwen 2: Llama with biases on queries, keys and values, and a window on the upper layers if use_sliding_window says so.</summary>
internal sealed class Qwen2Family : ModelFamily
{
    private const int AbsentKeyValueHeads = 32;
    private const int AbsentMaxPositions = 32768;

    /// <inheritdoc/>
    public override IReadOnlyList<string> ModelTypes => ["qwen2"];

    /// <inheritdoc/>
    public override TensorNames Names => LlamaFamily.LlamaNames;

    /// <inheritdoc/>
    public override ModelConfiguration Read(ModelConfigurationReader reader)
    {
        ModelConfiguration common = reader.ReadLlamaLike(AbsentKeyValueHeads, absentMaxPositions: AbsentMaxPositions).WithRope(reader);
        return common with { Activation = reader.Activation("hidden_act", "silu"), QueryKeyValueBias = true, Windows = ReadWindows(reader, common.Layers) };
    }

    /// <summary>Windows of Qwen 2 and 3.</summary>
    internal static IReadOnlyList<int?> ReadWindows(ModelConfigurationReader reader, int layers)
    {
        const int AbsentWindow = 4096;
        const int AbsentFirst = 28;
        bool used = reader.Flag("use_sliding_window", absent: false);
        int? window = reader.NullableSize("sliding_window", AbsentWindow);
        int first = reader.Number("max_window_layers", AbsentFirst);
        IReadOnlyList<bool> sliding = reader.SlidingLayers(layers, layer => layer >= first);
        return FamilyReading.WindowsOf(sliding, used ? window : null);
    }
}
