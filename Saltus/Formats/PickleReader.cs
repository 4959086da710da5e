using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Saltus.Formats;

/// <summary>
/// Reads Python's pickle, as far as it holds plain values and tensors: a stack machine whose instructions only build values here.
/// Classes and functions are looked up in a fixed table (<see cref="TorchObjects"/>), whatever is not in it is refused by name, and
/// nothing is ever run. Protocols 2 to 5; strict where Python is lenient: values left over, memo entries not written, keys twice.
/// </summary>
internal ref partial struct PickleReader
{
    private const int OldestProtocol = 2;
    private const int NewestProtocol = 5;
    private static readonly UTF8Encoding s_utf8 = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    // One object for each small integer: they are most of a pickle.
    private static readonly object[] s_small = [.. Enumerable.Range(0, 256).Select(value => (object)(long)value)];
    private static readonly object s_true = true;
    private static readonly object s_false = false;

    private readonly ReadOnlySpan<byte> _bytes;
    private readonly string _source;
    private readonly TorchObjects _objects;
    private readonly List<object?> _stack = [];
    private readonly List<int> _marks = [];
    private readonly Dictionary<int, object?> _memo = [];
    private int _position;
    private int _frameEnd = -1;

    /// <summary>Begins at a byte.</summary>
    /// <param name="bytes">The pickle, and what may follow it.</param>
    /// <param name="position">Where it begins.</param>
    /// <param name="source">What errors name.</param>
    /// <param name="objects">What globals and persistent ids become.</param>
    public PickleReader(ReadOnlySpan<byte> bytes, int position, string source, TorchObjects objects)
    {
        _bytes = bytes;
        _position = position;
        _source = source;
        _objects = objects;
    }

    /// <summary>Where the next byte is: after reading, the first behind the pickle.</summary>
    public readonly int Position => _position;

    /// <summary>Reads one pickle.</summary>
    /// <returns>Its value.</returns>
    /// <exception cref="TorchFormatException">Something is wrong with it, or not allowed.</exception>
    public object? Read()
    {
        if (Take(1)[0] != (byte)PickleOpcode.Protocol)
        {
            throw Fail(TorchError.PickleInvalid, _position - 1, "expected a pickle of protocol 2 or newer, found none; save the file again with torch.save");
        }

        int protocol = Take(1)[0];
        if (protocol is < OldestProtocol or > NewestProtocol)
        {
            throw Fail(TorchError.VersionUnsupported, _position - 1, $"expected protocol {OldestProtocol} to {NewestProtocol}, found {protocol}");
        }

        while (true)
        {
            int at = _position;
            PickleOpcode opcode = (PickleOpcode)Take(1)[0];
            if (opcode == PickleOpcode.Stop)
            {
                return _stack.Count == 1 && _marks.Count == 0 && _frameEnd < 0
                    ? _stack[0]
                    : throw Fail(TorchError.PickleInvalid, at, $"expected one value at its end, found {_stack.Count} and {_marks.Count} marks");
            }

            Execute(opcode, at);
            if (_stack.Count > TorchLimits.MaxStack || _marks.Count > TorchLimits.MaxMarks)
            {
                throw Fail(TorchError.LimitExceeded, at, $"expected at most {TorchLimits.MaxStack} values and {TorchLimits.MaxMarks} marks at once, found more");
            }
        }
    }

    private void Execute(PickleOpcode opcode, int at)
    {
        switch (opcode)
        {
            case PickleOpcode.Mark:
                _marks.Add(_stack.Count);
                break;
            case PickleOpcode.Pop when _marks.Count > 0 && _marks[^1] == _stack.Count:
            case PickleOpcode.PopMark:
                Drop(PopMark(at));
                break;
            case PickleOpcode.Pop:
                Pop(at);
                break;
            case PickleOpcode.EmptyTuple:
                _stack.Add(PickleList.EmptyTuple);
                break;
            case PickleOpcode.EmptyList:
                _stack.Add(new PickleList(isTuple: false));
                break;
            case PickleOpcode.EmptyDictionary:
                _stack.Add(new PickleDictionary(isOrdered: false));
                break;
            case PickleOpcode.Tuple:
                MakeTuple(PopMark(at));
                break;
            case PickleOpcode.Tuple1 or PickleOpcode.Tuple2 or PickleOpcode.Tuple3:
                MakeTuple(Below(opcode - PickleOpcode.Tuple1 + 1, at));
                break;
            case PickleOpcode.Append:
                Append(Below(1, at), at);
                break;
            case PickleOpcode.Appends:
                Append(PopMark(at), at);
                break;
            case PickleOpcode.SetItem:
                SetItems(Below(2, at), at);
                break;
            case PickleOpcode.SetItems:
                SetItems(PopMark(at), at);
                break;
            case PickleOpcode.Frame:
                BeginFrame(at);
                break;
            case PickleOpcode.Global:
                string module = Line(at);
                _stack.Add(_objects.Global(module, Line(at), at));
                break;
            case PickleOpcode.StackGlobal:
                (object? name, object? from) = (Pop(at), Pop(at));
                _stack.Add(from is string first && name is string second
                    ? _objects.Global(first, second, at)
                    : throw Fail(TorchError.PickleInvalid, at, "expected the name of a class or function, found no text"));
                break;
            case PickleOpcode.Reduce:
                (object? arguments, object? callee) = (Pop(at), Pop(at));
                _stack.Add(_objects.Call(callee, arguments, at));
                break;
            case PickleOpcode.Build:
                // The attributes of a module's state ("_metadata"): nothing of the tensors.
                Pop(at);
                if (_stack.Count == 0 || _stack[^1] is not PickleDictionary { IsOrdered: true })
                {
                    throw Fail(TorchError.OpcodeUnsupported, at, "attributes are set on something that is no OrderedDict; save a state_dict, not an object");
                }

                break;
            case PickleOpcode.BinPersistentId:
                _stack.Add(_objects.Storage(Pop(at), at));
                break;
            case PickleOpcode.BinPut:
                Remember(Take(1)[0], at);
                break;
            case PickleOpcode.LongBinPut:
                Remember(BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint))), at);
                break;
            case PickleOpcode.Memoize:
                Remember((uint)_memo.Count, at);
                break;
            case PickleOpcode.BinGet:
                Recall(Take(1)[0], at);
                break;
            case PickleOpcode.LongBinGet:
                Recall(BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint))), at);
                break;
            default:
                _stack.Add(Constant(opcode, at));
                break;
        }
    }

    private object? Constant(PickleOpcode opcode, int at)
    {
        switch (opcode)
        {
            case PickleOpcode.None:
                return null;
            case PickleOpcode.True:
                return s_true;
            case PickleOpcode.False:
                return s_false;
            case PickleOpcode.BinInt1:
                return s_small[Take(1)[0]];
            case PickleOpcode.BinInt2:
                return (long)BinaryPrimitives.ReadUInt16LittleEndian(Take(sizeof(ushort)));
            case PickleOpcode.BinInt:
                return (long)BinaryPrimitives.ReadInt32LittleEndian(Take(sizeof(int)));
            case PickleOpcode.Long1:
                BigInteger integer = new(Take(Take(1)[0]));
                return integer >= long.MinValue && integer <= long.MaxValue ? (object)(long)integer : integer;
            case PickleOpcode.BinFloat:
                return BinaryPrimitives.ReadDoubleBigEndian(Take(sizeof(double)));
            case PickleOpcode.ShortBinUnicode or PickleOpcode.ShortBinString:
                return Text(Take(1)[0], at);
            case PickleOpcode.BinUnicode or PickleOpcode.BinString:
                return Text(BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint))), at);
            case PickleOpcode.BinUnicode8:
                return Text(BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong))), at);
            case PickleOpcode.ShortBinBytes:
                return Take(Take(1)[0]).ToArray();
            case PickleOpcode.BinBytes:
                return Take(BinaryPrimitives.ReadUInt32LittleEndian(Take(sizeof(uint)))).ToArray();
            case PickleOpcode.BinBytes8:
                return Take(BinaryPrimitives.ReadUInt64LittleEndian(Take(sizeof(ulong)))).ToArray();
            default:
                throw Fail(TorchError.OpcodeUnsupported, at, $"operation 0x{(byte)opcode:x2} is not one that tensors, numbers and texts need; save a state_dict with torch.save");
        }
    }

    private readonly TorchFormatException Fail(TorchError error, int at, string message) => new(error, $"'{_source}': pickle, byte {at}: {message}");
}
