using System.Text;

namespace Saltus.Lm.Tokenizers;

/// <summary>The bytes of a part written in the byte alphabet, for what follows to see.</summary>
internal sealed class ByteAlphabetStep : IdStep
{
    /// <inheritdoc/>
    public override void Run(IdPipeline pipeline, int next, ReadOnlySpan<char> text, bool atStart, PieceWorkspace workspace, List<int> ids)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text.ToString());
        char[] units = Array.ConvertAll(bytes, value => ByteAlphabet.OfBytes[value]);
        pipeline.Run(next, units, atStart, workspace, ids);
    }
}
