using Saltus.Formats;

namespace Saltus.Cli.Info;

/// <summary>Describes a file of Neuronpedia, read as a whole and held against its limits.</summary>
internal static class NeuronpediaContents
{
    /// <summary>Describes a batch file or an upload; null where the object is neither.</summary>
    /// <param name="path">The file.</param>
    public static Contents? TryRead(string path)
    {
        JsonFields fields = JsonFields.Read(path, NeuronpediaLimits.MaxFileBytes);
        if (NeuronpediaBatchReader.IsOne(fields))
        {
            NeuronpediaBatch batch = NeuronpediaBatchReader.Read(path);
            return new Contents("Neuronpedia batch of SAEDashboard")
                .Add("model", batch.ModelId)
                .Add("layer", batch.Layer)
                .Add("set", batch.SaeSet)
                .Add("latents", batch.Features.Count)
                .Add("sequences", batch.Features.Sum(feature => feature.Sequences.Count));
        }

        if (NeuronpediaUploadFile.IsOne(fields))
        {
            NeuronpediaUpload upload = NeuronpediaUploadFile.Read(path);
            return new Contents("Neuronpedia upload")
                .Add("model", upload.ModelId)
                .Add("source", upload.Source)
                .Add("latents", upload.Features.Count)
                .Add("explanations", upload.Features.Sum(feature => feature.Explanations.Count))
                .Add("sequences", upload.Features.Sum(feature => feature.Sequences.Count));
        }

        return null;
    }
}
