namespace Saltus.Training;

/// <summary>Stored vectors in blocks (shards of a store, ranges of a file) whose rows can be read in any order.</summary>
internal interface IVectorBlocks : IDisposable
{
    /// <summary>Width of the vectors, d.</summary>
    int Width { get; }

    /// <summary>Number of blocks.</summary>
    int Blocks { get; }

    /// <summary>Number of vectors in a block.</summary>
    int Rows(int block);

    /// <summary>Reads consecutive vectors of one block, with their origins.</summary>
    void Read(int block, int first, int count, ActivationBatch batch, int at);
}
