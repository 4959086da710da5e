using Saltus.Evaluation;
using Saltus.Formats;
using Saltus.Kernels;

namespace Saltus.Lm.Models;

/// <summary>
/// Compares a model with activations, logits and losses that another program computed. Two kinds of reference file are read: one batch
/// with tensors at every site, splices and gradients ("lm": it holds input_ids), and passages of text with losses and best logits
/// ("passages": it holds passage0.input_ids).
/// </summary>
public static class LanguageModelVerification
{
    /// <summary>The file beside a reference that says what its tensors were made with.</summary>
    public const string MetaName = "meta.json";

    /// <summary>Compares every tensor of a reference file that the model can make.</summary>
    /// <param name="team">Threads.</param>
    /// <param name="model">The model.</param>
    /// <param name="referencePath">A safetensors file; meta.json beside it is read if it is there.</param>
    /// <returns>One record a tensor, in ordinal order of the names.</returns>
    /// <exception cref="InputException">A file cannot be read, is no reference that is known, or was made with a model of other sizes.</exception>
    public static IReadOnlyList<TensorComparison> Compare(WorkTeam team, LanguageModel model, string referencePath)
    {
        ArgumentNullException.ThrowIfNull(team);
        ArgumentNullException.ThrowIfNull(model);
        using SafetensorsFile reference = SafetensorsFile.Open(referencePath);
        string metaPath = Path.Combine(Path.GetDirectoryName(Path.GetFullPath(referencePath))!, MetaName);
        JsonFields? meta = File.Exists(metaPath) ? JsonFields.Read(metaPath) : null;
        IReadOnlyDictionary<string, TensorComparison> made;
        if (reference.Find(SitesReference.Tokens) is not null)
        {
            made = new SitesReference(team, model, reference, meta).Compare();
        }
        else if (reference.Find(PassagesReference.TokensOf(0)) is not null)
        {
            made = new PassagesReference(team, model, reference).Compare();
        }
        else
        {
            throw new ModelException(
                ModelError.UnknownReference,
                $"'{referencePath}': expected a tensor '{SitesReference.Tokens}' or '{PassagesReference.TokensOf(0)}', found neither; it is no reference for a language model");
        }

        return
        [
            .. reference.Tensors.Select(tensor => tensor.Name).Order(StringComparer.Ordinal)
                .Select(name => made.GetValueOrDefault(name) ?? TensorComparison.NotCompared(name, "nothing here makes a tensor of this name")),
        ];
    }

    /// <summary>Reads token ids, one sequence a row.</summary>
    internal static int[][] ReadTokens(ITensorSource reference, string name)
    {
        TensorInfo tensor = reference.Require(name);
        int[] tokens = reference.ReadInt32(name);
        return [.. tokens.Chunk((int)Math.Max(1, tensor.ColumnCount))];
    }
}
