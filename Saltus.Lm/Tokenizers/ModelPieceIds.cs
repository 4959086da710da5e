using System.Runtime.InteropServices;

namespace Saltus.Lm.Tokenizers;

/// <summary>Any model, on pieces as the pre-tokenizers left them.</summary>
internal sealed class ModelPieceIds(TokenModel model) : PieceIds
{
    /// <inheritdoc/>
    protected override ReadOnlySpan<int> Compute(ReadOnlySpan<char> piece, PieceWorkspace workspace)
    {
        if (model is BpeModel { Options.IgnoreMerges: false } bpe)
        {
            bpe.Merge(piece, workspace.Merge);
            return workspace.Merge.Ids;
        }

        List<ModelToken> tokens = [];
        model.Tokenize(piece, tokens);
        return CollectionsMarshal.AsSpan(tokens.ConvertAll(token => token.Id));
    }
}
