using System.Collections;

namespace Saltus.Tests.Training.Twin;

/// <summary>Parameters, gradients or moments by name: W_enc, b_enc, W_dec, b_dec, threshold, log_threshold, r_mag, b_gate, b_mag, W_skip.</summary>
internal sealed class NamedTensors : IEnumerable<KeyValuePair<string, DoubleMatrix>>
{
    private readonly SortedDictionary<string, DoubleMatrix> _tensors = new(StringComparer.Ordinal);

    public IEnumerable<string> Names => _tensors.Keys;

    public DoubleMatrix this[string name]
    {
        get => _tensors.TryGetValue(name, out DoubleMatrix? tensor) ? tensor : throw new KeyNotFoundException($"no tensor {name} among {string.Join(", ", Names)}");
        set => _tensors[name] = value;
    }

    public bool Has(string name) => _tensors.ContainsKey(name);

    public NamedTensors Clone() => Map(tensor => tensor.Clone());

    public NamedTensors ZeroLike() => Map(tensor => new DoubleMatrix(tensor.Rows, tensor.Columns));

    public IEnumerator<KeyValuePair<string, DoubleMatrix>> GetEnumerator() => _tensors.GetEnumerator();

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();

    private NamedTensors Map(Func<DoubleMatrix, DoubleMatrix> map)
    {
        NamedTensors result = new();
        foreach ((string name, DoubleMatrix tensor) in _tensors)
        {
            result[name] = map(tensor);
        }

        return result;
    }
}
