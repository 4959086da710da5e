namespace Saltus.Formats;

/// <summary>A folder of SAELens: version 6, older ones, training checkpoints.</summary>
internal sealed class SaeLensFormat : SaeFormat
{
    private const string SparsityName = "sparsity.safetensors";

    public override string Name => "saelens";

    public override IReadOnlyList<string> Loaders => ["sae_lens"];

    public override string LooksFor => $"{SaeLensReader.ConfigName} and {SaeLensReader.WeightsName}";

    public override bool Recognizes(SaePlace place) => !place.IsFile && place.Has(SaeLensReader.ConfigName) && place.Has(SaeLensReader.WeightsName);

    public override LoadedSae Read(SaePlace place)
    {
        if (place.Has(SparsityName))
        {
            place.Use(SparsityName);
        }

        return SaeLensReader.Read(place);
    }
}
