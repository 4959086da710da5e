namespace Saltus.Formats;

/// <summary>The SAEs of Goodfire for Llama.</summary>
internal sealed class GoodfireFormat : TorchLinearFormat
{
    public override string Name => "goodfire";

    public override IReadOnlyList<string> Loaders => ["goodfire"];

    protected override string EncoderName => "encoder_linear";

    protected override string DecoderName => "decoder_linear";

    protected override string ModelOwner => "meta-llama";
}
