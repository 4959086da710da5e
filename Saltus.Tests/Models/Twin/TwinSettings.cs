namespace Saltus.Tests.Models.Twin;

/// <summary>What a forward pass of models.md needs to know, in its own words.</summary>
internal sealed record TwinSettings
{
    public required string Family { get; init; }

    public required int Width { get; init; }

    public required int Layers { get; init; }

    public required int Heads { get; init; }

    public required int KeyHeads { get; init; }

    public required int HeadWidth { get; init; }

    public required int Hidden { get; init; }

    public required int Vocabulary { get; init; }

    public required int Positions { get; init; }

    public required double Epsilon { get; init; }

    /// <summary>"sequential", "sandwich", "post", "parallel" (two norms) or "shared" (one).</summary>
    public string Block { get; init; } = "sequential";

    public bool IsLayerNorm { get; init; }

    /// <summary>Whether RMS norms multiply by 1 + w.</summary>
    public bool PlusOne { get; init; }

    /// <summary>"gelu", "tanh" or "silu".</summary>
    public string Activation { get; init; } = "silu";

    public bool Gated { get; init; } = true;

    public bool LearnedPositions { get; init; }

    public double EmbeddingScale { get; init; } = 1;

    public bool Tied { get; init; }

    public required double[] Scale { get; init; }

    public required int?[] Window { get; init; }

    public required TwinRope?[] Rope { get; init; }

    public double? ScoreCap { get; init; }

    public double? LogitCap { get; init; }

    /// <summary>"", "head" or "whole".</summary>
    public string QueryKeyNorm { get; init; } = "";

    public bool QueryBias { get; init; }

    public bool OutputBias { get; init; }

    public bool MlpBias { get; init; }

    public bool HeadBias { get; init; }
}
