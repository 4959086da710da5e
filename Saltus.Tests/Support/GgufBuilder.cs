using System.Text;

namespace Saltus.Tests.Support;

/// <summary>Writes GGUF files for tests: keys of a few types, float32 tensors with dimensions as the file has them, innermost first.</summary>
internal sealed class GgufBuilder
{
    private const uint Alignment = 32;
    private readonly List<(string Key, object Value)> _keys = [];
    private readonly List<(string Name, long[] Dimensions, float[] Values)> _tensors = [];

    public GgufBuilder Add(string key, object value)
    {
        _keys.Add((key, value));
        return this;
    }

    public GgufBuilder AddTensor(string name, long[] dimensions, float[] values)
    {
        _tensors.Add((name, dimensions, values));
        return this;
    }

    public byte[] Build(uint version = 3)
    {
        using var stream = new MemoryStream();
        using var writer = new BinaryWriter(stream, Encoding.UTF8);
        writer.Write("GGUF"u8);
        writer.Write(version);
        writer.Write((ulong)_tensors.Count);
        writer.Write((ulong)_keys.Count);
        foreach ((string key, object value) in _keys)
        {
            Text(writer, key);
            writer.Write(TypeOf(value));
            Value(writer, value);
        }

        ulong offset = 0;
        foreach ((string name, long[] dimensions, float[] values) in _tensors)
        {
            Text(writer, name);
            writer.Write(dimensions.Length);
            Array.ForEach(dimensions, writer.Write);
            writer.Write(0u);
            writer.Write(offset);
            offset += Align((ulong)values.Length * sizeof(float));
        }

        foreach ((_, _, float[] values) in _tensors)
        {
            Pad(writer);
            Array.ForEach(values, writer.Write);
        }

        Pad(writer);
        return stream.ToArray();
    }

    public void Write(string path) => File.WriteAllBytes(path, Build());

    private static ulong Align(ulong length) => (length + Alignment - 1) / Alignment * Alignment;

    private static void Pad(BinaryWriter writer)
    {
        while (writer.BaseStream.Position % Alignment != 0)
        {
            writer.Write((byte)0);
        }
    }

    private static void Text(BinaryWriter writer, string text)
    {
        byte[] bytes = Encoding.UTF8.GetBytes(text);
        writer.Write((ulong)bytes.Length);
        writer.Write(bytes);
    }

    private static uint TypeOf(object value) => value switch
    {
        uint => 4,
        int => 5,
        float => 6,
        bool => 7,
        string => 8,
        Array => 9,
        _ => throw new ArgumentException($"no type for {value}", nameof(value)),
    };

    private static void Value(BinaryWriter writer, object value)
    {
        switch (value)
        {
            case uint number: writer.Write(number); break;
            case int number: writer.Write(number); break;
            case float number: writer.Write(number); break;
            case bool flag: writer.Write(flag); break;
            case string text: Text(writer, text); break;
            default:
                Array array = (Array)value;
                writer.Write(array.Length == 0 ? 4u : TypeOf(array.GetValue(0)!));
                writer.Write((ulong)array.Length);
                foreach (object entry in array)
                {
                    Value(writer, entry);
                }

                break;
        }
    }
}
