using Saltus.Formats;
using Saltus.Training;

namespace Saltus.Lm.Activations;

/// <summary>The shards of a store; one is open at a time, and its checksum is compared when it is opened for the first time.</summary>
internal sealed class ShardBlocks(string folder, ActivationStoreIndex index) : IVectorBlocks
{
    private readonly bool[] _checked = new bool[index.Shards.Count];
    private SafetensorsFile? _file;
    private TensorInfo? _vectors;
    private int[] _documents = [];
    private int[] _positions = [];
    private int[] _tokens = [];
    private int _open = -1;

    public int Width => index.Settings.Width;

    public int Blocks => index.Shards.Count;

    public int Rows(int block) => index.Shards[block].Rows;

    public void Read(int block, int first, int count, ActivationBatch batch, int at)
    {
        if (_open != block)
        {
            Open(block);
        }

        _file!.ReadFloat32(_vectors!, (long)first * Width, batch.Vectors.RowRange(at, count));
        _documents.AsSpan(first, count).CopyTo(batch.Documents.AsSpan(at));
        _positions.AsSpan(first, count).CopyTo(batch.Positions.AsSpan(at));
        _tokens.AsSpan(first, count).CopyTo(batch.Tokens.AsSpan(at));
    }

    public void Dispose() => _file?.Dispose();

    private void Open(int block)
    {
        _file?.Dispose();
        _file = null;
        _open = -1;
        StoreShard shard = index.Shards[block];
        string path = Path.Combine(folder, shard.File);
        if (!_checked[block])
        {
            ActivationStore.CheckChecksum(folder, shard);
            _checked[block] = true;
        }

        _file = SafetensorsFile.Open(path);
        _vectors = _file.Require(ActivationStore.VectorsName, shard.Rows, Width);
        if (_vectors.Dtype != index.Settings.Dtype)
        {
            throw new ActivationStoreException(
                ActivationStoreError.WrongTensor,
                $"tensor '{_vectors.Name}' in '{path}': expected {index.Settings.Dtype.Name()}, found {_vectors.Description}; harvest again");
        }

        _documents = Origins(ActivationStore.DocumentName, shard.Rows);
        _positions = Origins(ActivationStore.PositionName, shard.Rows);
        _tokens = Origins(ActivationStore.TokenName, shard.Rows);
        _open = block;
    }

    private int[] Origins(string name, int rows)
    {
        _file!.Require(name, rows);
        return _file!.ReadInt32(name);
    }
}
