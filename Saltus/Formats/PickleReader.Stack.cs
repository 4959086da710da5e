using System.Text;

namespace Saltus.Formats;

/// <summary>Bytes, stack and memo of the pickle machine, with their limits.</summary>
internal ref partial struct PickleReader
{
    private ReadOnlySpan<byte> Take(ulong count)
    {
        int end = _frameEnd < 0 ? _bytes.Length : _frameEnd;
        if (count > (ulong)(end - _position))
        {
            throw Fail(TorchError.PickleInvalid, _position, $"expected {count} more bytes, found {end - _position}; the file may be cut short");
        }

        ReadOnlySpan<byte> taken = _bytes.Slice(_position, (int)count);
        _position += (int)count;
        if (_position == _frameEnd)
        {
            _frameEnd = -1;
        }

        return taken;
    }

    private void BeginFrame(int at)
    {
        ulong length = System.Buffers.Binary.BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)));
        if (_frameEnd >= 0 || length == 0 || length > (ulong)(_bytes.Length - _position))
        {
            throw Fail(TorchError.PickleInvalid, at, $"expected a frame of at most {_bytes.Length - _position} bytes that begins where none is open, found one of {length}");
        }

        _frameEnd = _position + (int)length;
    }

    private string Text(ulong length, int at)
    {
        try
        {
            return s_utf8.GetString(Take(length));
        }
        catch (DecoderFallbackException)
        {
            throw Fail(TorchError.PickleInvalid, at, "expected text of valid UTF-8, found other bytes");
        }
    }

    private string Line(int at)
    {
        ReadOnlySpan<byte> rest = _bytes[_position..];
        int length = rest.IndexOf((byte)'\n');
        if (length < 0)
        {
            throw Fail(TorchError.PickleInvalid, at, "expected a name that ends with a line, found no end; the file may be cut short");
        }

        string line = Text((ulong)length, at);
        Take(1);
        return line;
    }

    private int PopMark(int at)
    {
        if (_marks.Count == 0)
        {
            throw Fail(TorchError.PickleInvalid, at, "expected a mark below, found none");
        }

        int mark = _marks[^1];
        _marks.RemoveAt(_marks.Count - 1);
        return mark;
    }

    /// <summary>Where the last values begin, none of which lies below a mark.</summary>
    private readonly int Below(int count, int at)
    {
        int first = _stack.Count - count;
        return first >= (_marks.Count == 0 ? 0 : _marks[^1])
            ? first
            : throw Fail(TorchError.PickleInvalid, at, "expected a value, found none");
    }

    private readonly object? Pop(int at)
    {
        int last = Below(1, at);
        object? value = _stack[last];
        _stack.RemoveAt(last);
        return value;
    }

    private readonly void Drop(int first) => _stack.RemoveRange(first, _stack.Count - first);

    private readonly void MakeTuple(int first)
    {
        PickleList tuple = PickleList.Tuple(_stack, first);
        Drop(first);
        _stack.Add(tuple);
    }

    private readonly void Append(int first, int at)
    {
        if (first == 0 || _stack[first - 1] is not PickleList { IsTuple: false } list)
        {
            throw Fail(TorchError.PickleInvalid, at, "expected a list to append to, found none");
        }

        list.Add(_stack, first);
        Drop(first);
    }

    private readonly void SetItems(int first, int at)
    {
        if (first == 0 || _stack[first - 1] is not PickleDictionary dictionary || (_stack.Count - first) % 2 != 0)
        {
            throw Fail(TorchError.PickleInvalid, at, "expected a dictionary and pairs for it, found none");
        }

        for (int i = first; i < _stack.Count; i += 2)
        {
            if (_stack[i] is not (string or long or bool or double or null))
            {
                throw Fail(TorchError.PickleInvalid, at, $"expected a text or number as key, found {TorchObjects.Describe(_stack[i])}");
            }

            if (!dictionary.TryAdd(_stack[i] ?? DBNull.Value, _stack[i + 1]))
            {
                throw Fail(TorchError.PickleInvalid, at, $"key '{TorchObjects.Quote((string)_stack[i]!)}' is there twice");
            }
        }

        Drop(first);
    }

    private readonly void Remember(uint index, int at)
    {
        if (index > TorchLimits.MaxMemo)
        {
            throw Fail(TorchError.LimitExceeded, at, $"expected at most {TorchLimits.MaxMemo} values to remember, found {index}");
        }

        _memo[(int)index] = _stack[Below(1, at)];
    }

    private readonly void Recall(uint index, int at) => _stack.Add(index <= int.MaxValue && _memo.TryGetValue((int)index, out object? value)
        ? value
        : throw Fail(TorchError.PickleInvalid, at, $"expected a value remembered as {index}, found none"));
}
