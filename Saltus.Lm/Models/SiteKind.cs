namespace Saltus.Lm.Models;

/// <summary>The named places of a block, in the order in which a run comes by them.</summary>
public enum SiteKind
{
    /// <summary>What enters block 0: positions added, Gemma's scale applied. The same values as <see cref="ResidPre"/> of layer 0.</summary>
    Embed,

    /// <summary>The residual stream that enters the block.</summary>
    ResidPre,

    /// <summary>The heads side by side, before the output projection.</summary>
    AttnZ,

    /// <summary>What attention adds to the residual: after the post-norm where the family has one.</summary>
    AttnOut,

    /// <summary>The residual between attention and MLP; parallel blocks have none.</summary>
    ResidMid,

    /// <summary>What the MLP reads: after the norm and its gain.</summary>
    MlpIn,

    /// <summary>What the MLP adds to the residual: after the post-norm where the family has one.</summary>
    MlpOut,

    /// <summary>The residual stream that leaves the block.</summary>
    ResidPost,
}
