namespace Saltus.Formats;

/// <summary>The SAE of qresearch for DeepSeek-R1-Distill-Llama-8B, and any file of that kind.</summary>
internal sealed class DeepSeekR1Format : TorchLinearFormat
{
    public override string Name => "deepseek_r1";

    public override IReadOnlyList<string> Loaders => ["deepseek_r1"];

    protected override string EncoderName => "encoder";

    protected override string DecoderName => "decoder";

    protected override string ModelOwner => "deepseek-ai";
}
